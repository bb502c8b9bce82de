// Forms: sent once, not left by accident, sent by themselves where that is asked for.

import { define } from "./binder";
import { refuse, unreadable } from "./typed";

const RELEASE_MS = 5000;

function free(form: HTMLFormElement): void {
  delete form.dataset["sent"];
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-many")) return;
  if (form.dataset["sent"]) {
    event.preventDefault();
    return;
  }
  // htmx sends by itself and says when it is done.
  if (form.matches("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]")) return;
  form.dataset["sent"] = "yes";
  delete form.dataset["dirty"];
  (event as SubmitEvent).submitter?.setAttribute("aria-busy", "true");
  // A download leaves the page where it is.
  window.setTimeout(() => free(form), RELEASE_MS);
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach(free);
});

document.addEventListener("change", (event) => {
  const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("form[data-autosubmit]") : null;
  if (!form) return;
  const wrong = unreadable(form);
  // While one is still in the field, Enter says it.
  if (wrong && document.activeElement !== wrong) refuse(wrong);
  if (!wrong) form.requestSubmit();
});

define("guard", (element) => {
  const form = element as HTMLFormElement;
  const dirty = () => (form.dataset["dirty"] = "yes");
  const ask = (event: BeforeUnloadEvent) => {
    if (form.dataset["dirty"] && form.isConnected) event.preventDefault();
  };
  const clean = () => delete form.dataset["dirty"];
  form.addEventListener("input", dirty);
  form.addEventListener("htmx:afterRequest", clean);
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
});

// The first error is where one goes on.
define("first-error", (element) => {
  const around = element.closest("form") ?? element.parentElement;
  around?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
});
