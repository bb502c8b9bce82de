// What the status line knows of this browser: whether the program answers, and when something was last saved.

import { define } from "./binder";
import { say } from "./toast";
import { translate } from "./words";

const EVERY_MS = 20_000;
const LOST_EVERY_MS = 3_000;
const PATIENCE_MS = 5_000;
const SAVED = "cuspide-saved";

define("connection", (lamp) => {
  const address = lamp.dataset["address"] ?? "";
  let lost = false;
  let timer = 0;

  const show = (nowLost: boolean) => {
    if (nowLost === lost) return;
    lost = nowLost;
    lamp.className = `state ${lost ? "danger" : "sound"}`;
    lamp.textContent = translate(lost ? "connection-lost" : "connected");
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
    timer = window.setTimeout(check, lost ? LOST_EVERY_MS : EVERY_MS);
  };

  const soon = () => void check();
  const offline = () => show(true);
  document.addEventListener("visibilitychange", soon);
  document.addEventListener("htmx:sendError", soon);
  window.addEventListener("online", soon);
  window.addEventListener("offline", offline);
  timer = window.setTimeout(check, EVERY_MS);
  return () => {
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
