// htmx without eval and without injected styles; what it answers when a request fails or the session has ended.

import htmx from "htmx.org";
import { idle } from "./attention";
import { bind, release } from "./binder";
import { say } from "./toast";
import { translate } from "./words";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
// A page holds patient data: no copy of it is kept in the browser's storage.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.defaultSwapDelay = 0;
htmx.config.defaultSettleDelay = 0;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  // A form with errors, a conflict: the answer says what to do.
  { code: "409|422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

const ATTENDED_MS = 10_000;
let waiting = 0;

function busy(change: 1 | -1): void {
  waiting = Math.max(0, waiting + change);
  document.querySelector(".progress-line")?.classList.toggle("busy", waiting > 0);
}

function detail<T>(event: Event): T {
  return (event as CustomEvent<T>).detail;
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content;
  const { headers } = detail<{ headers: Record<string, string> }>(event);
  if (token) headers["X-CSRFToken"] = token;
  // Asked by the page itself: it keeps no workstation open.
  if (idle() > ATTENDED_MS) headers["X-Unattended"] = "yes";
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = detail<{ xhr: XMLHttpRequest }>(event);
  // The session ended and the sign-in page came instead of a fragment: go there.
  if (/<html[^>]*data-page="plain"/.test(xhr.responseText.slice(0, 2000))) {
    event.preventDefault();
    window.location.assign(xhr.status < 400 ? xhr.responseURL : window.location.href);
  }
});

/** What a page asks for by itself: nobody waits for it, and nobody is told when it fails; the status line knows. */
function isQuiet(event: Event): boolean {
  return event.target instanceof Element && event.target.closest("[data-quiet]") !== null;
}

document.addEventListener("htmx:load", (event) => bind(detail<{ elt: HTMLElement }>(event).elt));
document.addEventListener("htmx:beforeCleanupElement", (event) => release(detail<{ elt: Element }>(event).elt));
document.addEventListener("htmx:beforeRequest", (event) => isQuiet(event) || busy(1));
document.addEventListener("htmx:afterRequest", (event) => isQuiet(event) || busy(-1));
document.addEventListener("htmx:responseError", (event) => {
  if (isQuiet(event)) return;
  const { status } = detail<{ xhr: XMLHttpRequest }>(event).xhr;
  // The cover says it.
  if (status === 423) return;
  const known: Record<number, string> = { 403: "refused", 404: "gone", 429: "too-fast" };
  say(translate(known[status] ?? "failed"), "danger");
});
document.addEventListener("htmx:sendError", (event) => isQuiet(event) || say(translate("unreachable"), "danger"));
document.addEventListener("htmx:timeout", () => say(translate("unreachable"), "danger"));

export { htmx };
