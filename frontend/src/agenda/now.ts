// The line of now moves by itself.

import { define } from "../shell/binder";
import { clockTime, place } from "./places";

const MINUTE_MS = 60_000;

define("agenda-now", (line) => {
  const label = line.querySelector("span");
  const [hour, minute] = (label?.textContent ?? "0:0").split(":").map(Number);
  // The clock of the server, not that of the workstation.
  const drawn = (hour ?? 0) * 60 + (minute ?? 0);
  const began = performance.now();
  const timer = window.setInterval(() => {
    const now = drawn + Math.floor((performance.now() - began) / MINUTE_MS);
    if (now >= 24 * 60) return;
    place(line, now, 5);
    if (label) label.textContent = clockTime(now);
  }, MINUTE_MS / 4);
  return () => window.clearInterval(timer);
});

// The hour of now is in sight when the page opens, with a little of what came before.
define("agenda-scroll", (box) => {
  const asked = window.location.hash ? document.getElementById(window.location.hash.slice(1)) : null;
  const line = asked ?? box.querySelector<HTMLElement>(".now");
  if (!line || !box.contains(line)) return;
  box.scrollTop = Math.max(0, line.offsetTop - box.clientHeight / 3);
  // On a tablet a week is wider than its window: its day too.
  const day = line.closest(".board-day") ?? line;
  const beyond = day.getBoundingClientRect().right - box.getBoundingClientRect().right;
  if (beyond > 0) box.scrollLeft += beyond;
});

define("agenda-print", (button) => {
  const print = () => window.print();
  button.addEventListener("click", print);
  return () => button.removeEventListener("click", print);
});
