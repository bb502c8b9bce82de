// The board by keys: arrows walk, Enter opens or books, M takes an appointment up, + and - change its length.

import { say } from "../shell/toast";
import { translate } from "../shell/words";
import { addLater, remember, remembered, takeLater, type Spot } from "./focus";
import { isChange, paint, send, type Target } from "./moves";
import { type Item, SNAP, STEP, bookAddress, clamp, clockTime, columnName, dayName, frame, itemOf, place, snapped } from "./places";

const LENGTH_MS = 700;

/** The appointment that the address names: it was just booked or moved on a page of its own. */
function arrival(board: HTMLElement): HTMLElement | undefined {
  const name = window.location.hash.slice(1);
  const named = name.startsWith("rdv-") ? document.getElementById(name) : null;
  return (named && board.contains(named) && named.querySelector<HTMLElement>(".rdv-link")) || undefined;
}

let landed = false;

function land(link: HTMLElement): void {
  // The browser goes to what the address names when all is loaded, and takes the focus off everything then.
  if (document.readyState !== "complete") {
    window.addEventListener("load", () => window.setTimeout(() => land(link)), { once: true });
  } else if (link.isConnected && document.activeElement === document.body) {
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "center", inline: "nearest" });
  }
}

export function keys(board: HTMLElement): () => void {
  const columns = [...board.querySelectorAll<HTMLElement>(".column")];
  const { first, last } = frame(board);
  let cursor: HTMLAnchorElement | undefined;
  let lifted: { item: Item; target: Target } | undefined;
  let lengthening: { item: Item; target: Target; timer: number } | undefined;

  const items = (column: HTMLElement): Item[] =>
    [...column.querySelectorAll<HTMLElement>(".rdv")]
      .map((element) => itemOf(element))
      .filter((item): item is Item => item !== undefined)
      .sort((one, other) => one.start - other.start);

  const itemAt = (column: HTMLElement, minute: number) =>
    items(column).find((item) => item.start <= minute && minute < item.start + item.minutes);

  const spotOf = (element: Element | null): Spot | undefined => {
    const column = element?.closest<HTMLElement>(".column");
    if (!column) return undefined;
    const item = itemOf(element);
    const minute = item?.start ?? (element === cursor ? Number(cursor?.dataset["minute"]) : undefined);
    const gap = element?.closest<HTMLAnchorElement>(".gap-link");
    const told = gap ? new URL(gap.href).searchParams.get("time")?.split(":").map(Number) : undefined;
    const at = minute ?? (told ? (told[0] ?? 0) * 60 + (told[1] ?? 0) : undefined);
    return at === undefined ? undefined : { column: columns.indexOf(column), minute: at };
  };

  /** One stop for the Tab key: the arrows do the rest. */
  const stop = (element: HTMLElement | undefined) => {
    for (const link of board.querySelectorAll<HTMLElement>(".rdv-link, .gap-link, .cursor:not(.is-hint)")) link.tabIndex = -1;
    if (element) element.tabIndex = 0;
  };

  const go = (spot: Spot, focus = true) => {
    const column = columns[spot.column];
    if (!column) return;
    remember(spot);
    const item = itemAt(column, spot.minute);
    let element: HTMLElement;
    if (item) {
      cursor?.remove();
      element = item.link;
    } else {
      cursor ??= document.createElement("a");
      cursor.className = "cursor";
      cursor.dataset["minute"] = String(spot.minute);
      const address = bookAddress(board, column, spot.minute);
      if (address) cursor.href = address;
      else cursor.removeAttribute("href");
      cursor.textContent = clockTime(spot.minute);
      cursor.setAttribute(
        "aria-label",
        translate("agenda-free", { time: clockTime(spot.minute), column: columnName(column), day: dayName(column) }),
      );
      place(cursor, spot.minute, SNAP);
      column.querySelector(".column-body")?.append(cursor);
      element = cursor;
    }
    stop(element);
    if (!focus) return;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const walk = (from: Spot, key: string): Spot | undefined => {
    const column = columns[from.column];
    if (!column) return undefined;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = from.column + (key === "ArrowLeft" ? -1 : 1);
      return columns[next] ? { column: next, minute: from.minute } : undefined;
    }
    const here = itemAt(column, from.minute);
    const row = items(column);
    if (key === "Home") return { column: from.column, minute: row[0]?.start ?? first };
    if (key === "End") return { column: from.column, minute: row[row.length - 1]?.start ?? last - SNAP };
    if (key === "ArrowDown") {
      const after = here ? here.start + here.minutes : from.minute + SNAP;
      const between = row.find((item) => item.start > from.minute && item.start < after);
      return { column: from.column, minute: clamp(between?.start ?? after, first, last - STEP) };
    }
    const before = snapped(from.minute - 1, SNAP);
    const above = itemAt(column, before) ?? row.filter((item) => item.start >= before && item.start < from.minute).pop();
    return { column: from.column, minute: clamp(above?.start ?? before, first, last - STEP) };
  };

  const carry = (key: string, fine: boolean): boolean => {
    if (!lifted) return false;
    const { item, target } = lifted;
    const at = columns.indexOf(target.column);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = columns[at + (key === "ArrowLeft" ? -1 : 1)];
      if (next && (next.dataset["chair"] || next.dataset["practitioner"])) target.column = next;
    } else {
      const step = (fine ? STEP : SNAP) * (key === "ArrowUp" ? -1 : 1);
      target.start = clamp(target.start + step, first, last - target.minutes);
    }
    paint(item, target);
    item.link.focus({ preventScroll: true });
    item.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    tell(target);
    return true;
  };

  const tell = (target: Target) => {
    const live = document.getElementById("agenda-live");
    const words = { time: clockTime(target.start), column: columnName(target.column), day: dayName(target.column) };
    if (live) live.textContent = translate("agenda-place", words);
  };

  const putDown = (keep: boolean) => {
    if (!lifted) return;
    const { item, target } = lifted;
    lifted = undefined;
    item.element.classList.remove("is-lifted", "by-keys");
    if (keep && isChange(item, target)) {
      remember({ column: columns.indexOf(target.column), minute: target.start });
      send(item, target);
      return;
    }
    paint(item, { column: item.column, start: item.start, minutes: item.minutes });
    item.link.focus();
    if (!keep) say(translate("agenda-left"));
  };

  /** What is being made longer is sent now. */
  const settle = () => {
    if (!lengthening) return;
    const { item, target, timer } = lengthening;
    lengthening = undefined;
    window.clearTimeout(timer);
    item.element.classList.remove("is-lengthened");
    if (isChange(item, target)) send(item, target);
  };

  const lengthen = (item: Item, change: number) => {
    if (lengthening?.item.element !== item.element) settle();
    window.clearTimeout(lengthening?.timer);
    const target = lengthening?.target ?? { column: item.column, start: item.start, minutes: item.minutes };
    target.minutes = clamp(target.minutes + change, STEP, last - item.start);
    paint(item, target);
    const held = lengthening?.item ?? item;
    held.element.classList.add("is-lengthened");
    lengthening = { item: held, target, timer: window.setTimeout(settle, LENGTH_MS) };
    const live = document.getElementById("agenda-live");
    if (live) live.textContent = translate("agenda-length", { minutes: String(target.minutes) });
  };

  // One gesture at a time: what is on its way has not got its new version yet.
  const isSent = (item: Item) => item.element.classList.contains("is-sent");
  const mayChange = (item: Item) => item.version !== undefined && board.dataset["mayBook"] !== undefined;

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    const item = itemOf(document.activeElement);
    const arrow = event.key.startsWith("Arrow");
    if (lifted) {
      if (arrow) carry(event.key, event.shiftKey || event.altKey);
      else if (event.key === "Enter" || event.key === " ") putDown(true);
      else if (event.key === "Escape") putDown(false);
      else if (event.key !== "Tab") return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "PageUp" || event.key === "PageDown") {
      document.querySelector<HTMLElement>(event.key === "PageUp" ? "[data-agenda-previous]" : "[data-agenda-next]")?.click();
    } else if (arrow || event.key === "Home" || event.key === "End") {
      const from = spotOf(document.activeElement) ?? remembered() ?? { column: 0, minute: first };
      const next = walk(from, event.key);
      if (next) go(next);
    } else if (item && mayChange(item) && !isSent(item) && event.key.toLowerCase() === "m") {
      lifted = { item, target: { column: item.column, start: item.start, minutes: item.minutes } };
      item.element.classList.add("is-lifted", "by-keys");
      say(translate("agenda-lifted"));
    } else if (item && mayChange(item) && (event.key === "+" || event.key === "-")) {
      const change = event.key === "+" ? STEP : -STEP;
      if (isSent(item)) addLater(item.element.id, change);
      else lengthen(item, change);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const focused = () => {
    const where = remembered();
    if (where) go(where);
    const more = takeLater();
    const item = more && itemOf(document.getElementById(more.id));
    if (more && item && mayChange(item)) lengthen(item, more.minutes);
  };

  const entered = (event: FocusEvent) => {
    const where = spotOf(event.target as Element);
    if (where) remember(where);
  };

  board.addEventListener("keydown", pressed);
  board.addEventListener("agenda:focus", focused);
  board.addEventListener("focusin", entered);
  const now = board.querySelector<HTMLElement>(".board-day.is-today .column");
  const arrived = arrival(board);
  stop(
    arrived ??
      (now ?? columns[0])?.querySelector<HTMLElement>(".rdv-link, .gap-link") ??
      board.querySelector<HTMLElement>(".rdv-link, .gap-link") ??
      undefined,
  );
  // Once: a board that is drawn again leaves the focus where it is.
  if (arrived && !landed) land(arrived);
  landed = true;

  return () => {
    // Drawn again in the middle of a gesture: what was typed is not lost.
    settle();
    board.removeEventListener("keydown", pressed);
    board.removeEventListener("agenda:focus", focused);
    board.removeEventListener("focusin", entered);
    cursor?.remove();
  };
}
