// The board and the waiting room follow what other workstations do, without taking anything from who works here.

import { define } from "../shell/binder";
import { follow } from "../shell/live";
import { htmx } from "../shell/requests";
import { focusBoard } from "./focus";

const SOON_MS = 150;
const SPREAD_MS = 350;
const BUSY_MS = 400;
// A gesture under way, a form on its way: what they hold would be drawn away under them.
const HELD = ".is-pressed, .is-dragging, .is-lifted, .is-lengthened, .is-sent, #agenda-reception :active";
const BUSY = `${HELD}, .htmx-request`;

/** The control that has the keys, by what it does: it is found again after it was drawn anew. */
function sameAs(control: Element | null): (() => HTMLElement | undefined) | undefined {
  if (!control || !document.getElementById("agenda-reception")?.contains(control)) return undefined;
  const href = control.getAttribute("href");
  const action = control.closest("form")?.getAttribute("action");
  return () =>
    [...document.querySelectorAll<HTMLElement>("#agenda-reception a, #agenda-reception button")].find((each) =>
      href ? each.getAttribute("href") === href : each.closest("form")?.getAttribute("action") === action,
    );
}

define("agenda-live", (element) => {
  const address = element.dataset["address"] ?? "";
  let timer = 0;
  let asked = false;
  let giveBack: (() => void) | undefined;

  const refresh = async () => {
    if (document.visibilityState !== "visible") return;
    // News that came while an answer is on its way may not be in it.
    if (asked || document.querySelector(BUSY)) {
      timer = window.setTimeout(refresh, BUSY_MS);
      return;
    }
    window.clearTimeout(timer);
    timer = 0;
    asked = true;
    try {
      await htmx.ajax("get", address, { source: element, target: element, swap: "none" });
    } finally {
      asked = false;
    }
    if (document.activeElement === document.body) giveBack?.();
    giveBack = undefined;
  };

  const changed = () => {
    if (timer) return;
    timer = window.setTimeout(refresh, SOON_MS + Math.random() * SPREAD_MS);
  };
  // A gesture that began after the board was asked for keeps the one it holds; it is asked for again afterwards.
  const kept = (event: Event) => {
    if (event.target !== element) return;
    if (document.querySelector(HELD)) {
      (event as CustomEvent<{ shouldSwap: boolean }>).detail.shouldSwap = false;
      changed();
      return;
    }
    // Who has the keys is seen now and not when the board was asked for: they may have come back from the panel since.
    const focused = document.activeElement;
    const again = sameAs(focused);
    giveBack = document.getElementById("agenda-board")?.contains(focused)
      ? focusBoard
      : () => again?.()?.focus({ preventScroll: true });
  };
  // What was told while nobody looked is asked for when somebody does.
  const seen = () => {
    if (timer && document.visibilityState === "visible") void refresh();
  };

  const unfollow = follow((element.dataset["topics"] ?? "").split(" "), changed);
  element.addEventListener("htmx:beforeSwap", kept);
  document.addEventListener("visibilitychange", seen);
  return () => {
    window.clearTimeout(timer);
    unfollow();
    element.removeEventListener("htmx:beforeSwap", kept);
    document.removeEventListener("visibilitychange", seen);
  };
});
