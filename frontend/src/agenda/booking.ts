// The booking form: the type gives the duration, until somebody typed another.

import { define } from "../shell/binder";

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
  type?.addEventListener("change", chosen);
  minutes?.addEventListener("input", changed);
  text?.addEventListener("keydown", keys);
  return () => {
    type?.removeEventListener("change", chosen);
    minutes?.removeEventListener("input", changed);
    text?.removeEventListener("keydown", keys);
  };
});
