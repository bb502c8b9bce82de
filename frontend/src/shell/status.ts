// What the status line knows of this browser: whether the program answers, and when something was last saved.

import { define } from "./binder";
import { listen, watch, type LiveState } from "./live";
import { say, type Tone } from "./toast";
import { translate } from "./words";

const EVERY_MS = 20_000;
const LOST_EVERY_MS = 3_000;
const PATIENCE_MS = 5_000;
// So long the stream may be away before the line says that the page no longer follows by itself.
const STILL_MS = 10_000;
const SAVED = "cuspide-saved";

define("connection", (lamp) => {
  const address = lamp.dataset["address"] ?? "";
  let lost = false;
  let live: LiveState = "none";
  let brokeAt: number | undefined;
  let timer = 0;

  /** One sentence for both: the pages that are asked for, and the stream that tells. */
  const truth = (): [Tone, string] => {
    if (lost) return ["danger", "connection-lost"];
    if (live === "ended") return ["watch", "connection-ended"];
    if (live === "lost") {
      const still = performance.now() - (brokeAt ?? performance.now()) > STILL_MS;
      return ["watch", still ? "connection-still" : "connection-again"];
    }
    return ["sound", "connected"];
  };

  const paint = () => {
    const [tone, word] = truth();
    lamp.className = `state ${tone}`;
    lamp.textContent = translate(word);
  };

  const show = (nowLost: boolean) => {
    if (nowLost === lost) {
      if (live === "lost") paint();
      return;
    }
    lost = nowLost;
    paint();
    say(translate(lost ? "connection-lost-long" : "connection-back"), lost ? "danger" : "sound");
    if (!lost) document.querySelectorAll("#toasts .toast.danger[data-connection]").forEach((toast) => toast.remove());
    else document.querySelector("#toasts .toast:last-child")?.setAttribute("data-connection", "");
  };

  const check = async () => {
    window.clearTimeout(timer);
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
        show(!answer.ok);
      } catch {
        show(true);
      }
    }
    timer = window.setTimeout(check, lost || live === "lost" ? LOST_EVERY_MS : EVERY_MS);
  };

  const soon = () => void check();
  const offline = () => show(true);
  const unwatch = watch((now) => {
    const was = live;
    live = now;
    if (live === "lost") brokeAt ??= performance.now();
    else brokeAt = undefined;
    if (was === live) return;
    paint();
    // Broken or back: the pages are asked at once, for a killed server takes both.
    if (live === "lost" || (live === "open" && lost)) soon();
  });
  document.addEventListener("visibilitychange", soon);
  document.addEventListener("htmx:sendError", soon);
  window.addEventListener("online", soon);
  window.addEventListener("offline", offline);
  timer = window.setTimeout(check, EVERY_MS);
  listen(lamp);
  return () => {
    unwatch();
    window.clearTimeout(timer);
    document.removeEventListener("visibilitychange", soon);
    document.removeEventListener("htmx:sendError", soon);
    window.removeEventListener("online", soon);
    window.removeEventListener("offline", offline);
  };
});

define("saved", (element) => {
  const show = (time: string) => {
    element.hidden = false;
    element.textContent = translate("saved", { time });
  };
  const onSaved = () => {
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium", hour12: false }).format();
    sessionStorage.setItem(SAVED, time);
    show(time);
  };
  // The server says so in its own words: a success message is shown only after the commit.
  if (element.dataset["saved"]) {
    sessionStorage.setItem(SAVED, element.dataset["saved"]);
  }
  const time = sessionStorage.getItem(SAVED);
  if (time) show(time);
  document.addEventListener("saved", onSaved);
  return () => document.removeEventListener("saved", onSaved);
});
