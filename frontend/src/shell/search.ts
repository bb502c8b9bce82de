// The one box that finds everything: Ctrl+K or /, arrows, Enter. Without this script it is a form with a results page.

import { define } from "./binder";
import { htmx } from "./requests";

define("search", (element) => {
  const form = element as HTMLFormElement;
  const input = form.querySelector<HTMLInputElement>("input[name=text]");
  const panel = form.querySelector<HTMLElement>(".search-panel");
  if (!input || !panel) return;
  let before: Element | null = null;
  let answered = "";
  let opening = false;

  const hits = () => [...panel.querySelectorAll<HTMLAnchorElement>(".search-hit")];
  const chosen = () => panel.querySelector<HTMLAnchorElement>(".search-hit[aria-selected=true]");

  const choose = (hit: HTMLElement | undefined) => {
    for (const other of hits()) other.setAttribute("aria-selected", String(other === hit));
    if (!hit) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", hit.id);
    hit.scrollIntoView({ block: "nearest" });
  };

  const open = (yes: boolean) => {
    panel.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) choose(undefined);
  };

  const ask = () => htmx.trigger(form, "ask", {});

  const focus = () => {
    if (document.activeElement !== input) before = document.activeElement;
    input.focus();
    input.select();
  };

  const onKey = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      focus();
    } else if (event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey) {
      const at = event.target instanceof HTMLElement ? event.target : null;
      if (at?.isContentEditable || at?.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      focus();
    }
  };

  const onInputKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const all = hits();
    const at = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (panel.hidden) ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      const hit = chosen();
      // Answers to what was typed before are not followed: the name could be another's.
      if (!panel.hidden && hit && answered === input.value) {
        event.preventDefault();
        hit.click();
      } else if (input.value.trim()) {
        event.preventDefault();
        opening = true;
        ask();
      } else {
        event.preventDefault();
      }
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (!panel.hidden) open(false);
      else {
        input.value = "";
        input.blur();
        if (before instanceof HTMLElement) before.focus();
      }
    } else if (event.key === "Tab") {
      open(false);
    }
  };

  const onAnswer = () => {
    answered = panel.querySelector<HTMLElement>("[data-answer]")?.dataset["answer"] ?? "";
    const first = hits().find((hit) => hit.dataset["offer"] === undefined);
    if (opening && first && answered === input.value) {
      opening = false;
      first.click();
      return;
    }
    opening = false;
    const here = form.contains(document.activeElement);
    open(here);
    if (here) choose(first);
  };

  const onFail = () => {
    // The results page is the way that needs nothing.
    if (opening) form.submit();
    opening = false;
  };

  const onOutside = (event: Event) => {
    if (!form.contains(event.target as Node)) open(false);
  };

  const onSubmit = (event: Event) => {
    if (!input.value.trim()) event.preventDefault();
  };

  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", onOutside);
  input.addEventListener("keydown", onInputKey);
  input.addEventListener("focus", () => {
    if (answered === input.value && panel.childElementCount) open(true);
    else ask();
  });
  input.addEventListener("input", () => (opening = false));
  form.addEventListener("htmx:afterSwap", onAnswer);
  form.addEventListener("htmx:sendError", onFail);
  form.addEventListener("submit", onSubmit);
  open(false);
  return () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("pointerdown", onOutside);
  };
});
