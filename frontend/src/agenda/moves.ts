// A move on its way to the server: painted at once, sent, and drawn again by the answer.

import { htmx } from "../shell/requests";
import { takeLater } from "./focus";
import { type Item, clockTime, place } from "./places";
import { panelElement, stayOnBoard } from "./panel";

export interface Target {
  column: HTMLElement;
  start: number;
  minutes: number;
}

/** Paint an appointment where it will stand. */
export function paint(item: Item, target: Target): void {
  const body = target.column.querySelector(".column-body");
  if (body && item.element.parentElement !== body) body.append(item.element);
  place(item.element, target.start, target.minutes);
  const time = item.element.querySelector(".rdv-time");
  if (time) time.textContent = clockTime(target.start);
}

export function isChange(item: Item, target: Target): boolean {
  return target.column !== item.column || target.start !== item.start || target.minutes !== item.minutes;
}

/** Send what changed. What does not come back as done comes back as it was, with the reason. */
export function send(item: Item, target: Target): void {
  if (!item.version) return;
  item.element.classList.add("is-sent");
  const values: Record<string, string> = {
    version: item.version,
    day: target.column.dataset["day"] ?? "",
    time: clockTime(target.start),
  };
  if (target.minutes !== item.minutes) values["minutes"] = String(target.minutes);
  if (target.column !== item.column) {
    const { chair, practitioner } = target.column.dataset;
    if (chair) values["chair"] = chair;
    if (practitioner) values["practitioner"] = practitioner;
  }
  const panel = panelElement();
  const address = new URL("move/", item.link.href).pathname;
  // A request that fails leaves the board as the server last drew it, not as it was painted.
  const undo = () => {
    takeLater();
    item.element.classList.remove("is-sent");
    paint(item, { column: item.column, start: item.start, minutes: item.minutes });
  };
  panel.addEventListener("htmx:responseError", undo, { once: true });
  panel.addEventListener("htmx:sendError", undo, { once: true });
  stayOnBoard();
  void htmx.ajax("post", address, { source: panel, target: panel, values });
}
