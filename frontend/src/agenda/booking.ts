// The booking form: the type gives the duration, until somebody typed another.

import { define } from "../shell/binder";
import { readDay, readHour } from "../shell/dates";

const carried = ["site", "type", "day", "time", "chair", "practitioner"];

/** What cannot be read stays behind: the link is followed without it. */
function carryOne(address: URL, name: string, value: string): void {
  const read = name === "day" ? readDay(value) : name === "time" ? readHour(value) : value;
  if (read) address.searchParams.set(name, read);
}

define("agenda-booking", (form) => {
  const type = form.querySelector<HTMLSelectElement>("select[name=type]");
  const minutes = form.querySelector<HTMLInputElement>("input[name=minutes]");
  const text = form.querySelector<HTMLInputElement>("input[name=patient_text]");
  let typed = false;
  // Enter presses the first button of a form, in sight or not: with scripts that must be the one that books.
  form.querySelector("button.no-script")?.remove();
  const chosen = () => {
    const usual = type?.selectedOptions[0]?.dataset["minutes"];
    if (minutes && usual && !typed) minutes.value = usual;
  };
  const changed = () => (typed = true);
  // From the search, arrow down goes to the patients found; Enter takes the first of them.
  const keys = (event: KeyboardEvent) => {
    const first = form.querySelector<HTMLInputElement>(".found input[type=radio]");
    if (!first || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
    event.preventDefault();
    if (!form.querySelector(".found input:checked")) first.checked = true;
    if (event.key === "ArrowDown") form.querySelector<HTMLInputElement>(".found input:checked")?.focus();
    else type?.focus();
  };
  // Who has chosen is past searching: a late answer takes the chosen one not away.
  const late = (event: Event) => {
    if (!(event.target as Element).matches(".patient-results") || document.activeElement === text) return;
    if (form.querySelector(".found input:checked"))
      (event as CustomEvent<{ shouldSwap: boolean }>).detail.shouldSwap = false;
  };
  // Links that leave the form take along the place as it now stands in it.
  const carry = (event: Event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-carry]");
    if (!link) return;
    const address = new URL(link.href);
    for (const [name, value] of new FormData(form as HTMLFormElement))
      if (carried.includes(name) && typeof value === "string" && value) carryOne(address, name, value);
    link.href = address.href;
  };
  type?.addEventListener("change", chosen);
  minutes?.addEventListener("input", changed);
  text?.addEventListener("keydown", keys);
  form.addEventListener("htmx:beforeSwap", late);
  form.addEventListener("click", carry, true);
  return () => {
    type?.removeEventListener("change", chosen);
    minutes?.removeEventListener("input", changed);
    text?.removeEventListener("keydown", keys);
    form.removeEventListener("htmx:beforeSwap", late);
    form.removeEventListener("click", carry, true);
  };
});
