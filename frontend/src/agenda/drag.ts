// Dragging by mouse or finger: the whole to move it, its foot to change its length; and booking where one presses.

import { say } from "../shell/toast";
import { translate } from "../shell/words";
import { remember } from "./focus";
import { isChange, paint, send, type Target } from "./moves";
import { type Item, SNAP, STEP, bookAddress, clamp, clockTime, columnAt, frame, itemOf, minuteAt, place, snapped } from "./places";

const THRESHOLD_PX = 4;
const HOLD_MS = 350;
const FOOT_PX = 8;

interface Drag {
  item: Item;
  target: Target;
  resizing: boolean;
  startX: number;
  startY: number;
  /** Minutes between the top of the appointment and where it was taken. */
  grip: number;
  lifted: boolean;
  hold: number;
}

export function drag(board: HTMLElement): () => void {
  let current: Drag | undefined;
  let hint: HTMLAnchorElement | undefined;
  let swallow = false;

  const lift = () => {
    if (!current) return;
    current.lifted = true;
    current.item.element.classList.add("is-lifted");
    board.classList.add("is-dragging");
    removeHint();
  };

  const settle = () => {
    if (!current) return;
    window.clearTimeout(current.hold);
    current.item.element.classList.remove("is-pressed", "is-lifted");
    board.classList.remove("is-dragging");
    current = undefined;
  };

  const leave = () => {
    if (current?.lifted) {
      const { item } = current;
      paint(item, { column: item.column, start: item.start, minutes: item.minutes });
    }
    settle();
  };

  const down = (event: PointerEvent) => {
    swallow = false;
    if (event.button !== 0 || current) return;
    const item = itemOf(event.target as Element);
    if (!item?.version || item.element.classList.contains("is-sent")) return;
    const box = item.element.getBoundingClientRect();
    current = {
      item,
      target: { column: item.column, start: item.start, minutes: item.minutes },
      resizing: box.bottom - event.clientY < FOOT_PX && box.height > FOOT_PX * 2,
      startX: event.clientX,
      startY: event.clientY,
      grip: minuteAt(board, item.column, event.clientY) - item.start,
      lifted: false,
      hold: event.pointerType === "mouse" ? 0 : window.setTimeout(lift, HOLD_MS),
    };
    item.element.classList.add("is-pressed");
  };

  const move = (event: PointerEvent) => {
    if (!current) {
      showHint(event);
      return;
    }
    const far = Math.hypot(event.clientX - current.startX, event.clientY - current.startY) > THRESHOLD_PX;
    if (!current.lifted) {
      if (!far) return;
      // A finger that moves at once scrolls.
      if (event.pointerType !== "mouse") return leave();
      lift();
    }
    event.preventDefault();
    const { item, target, resizing, grip } = current;
    const { first, last } = frame(board);
    // On quarters of an hour; with Alt, on every five minutes.
    const step = event.altKey ? STEP : SNAP;
    if (resizing) {
      const end = snapped(minuteAt(board, item.column, event.clientY) + step / 2, step);
      target.minutes = clamp(end - item.start, STEP, last - item.start);
    } else {
      const column = columnAt(board, event.clientX);
      if (column && (column.dataset["chair"] || column.dataset["practitioner"])) target.column = column;
      const at = minuteAt(board, target.column, event.clientY) - grip;
      target.start = clamp(snapped(at + step / 2, step), first, last - item.minutes);
    }
    paint(item, target);
  };

  const up = () => {
    if (!current) return;
    const { item, target, lifted } = current;
    settle();
    if (!lifted) return;
    // The press that ends a drag is not a click on the appointment.
    swallow = true;
    if (!isChange(item, target)) return;
    remember({ column: [...board.querySelectorAll(".column")].indexOf(target.column), minute: target.start });
    send(item, target);
  };

  const click = (event: MouseEvent) => {
    if (swallow) {
      swallow = false;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const target = event.target as Element;
    const body = target.closest<HTMLElement>(".column-body");
    const column = body?.closest<HTMLElement>(".column");
    if (!column || target.closest(".rdv") || event.detail === 0) return;
    // A press in free or closed time books at the quarter under it.
    const address = bookAddress(board, column, snapped(minuteAt(board, column, event.clientY), SNAP));
    if (!address) return;
    const link = document.createElement("a");
    link.href = address;
    link.className = "cursor is-hint visually-hidden";
    event.preventDefault();
    event.stopPropagation();
    body?.append(link);
    link.click();
    link.remove();
  };

  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !current?.lifted) return;
    event.preventDefault();
    leave();
    say(translate("agenda-left"));
  };

  const still = (event: Event) => {
    if (current?.lifted) event.preventDefault();
  };

  function showHint(event: PointerEvent): void {
    const target = event.target as Element;
    const column = target.closest<HTMLElement>(".column");
    const body = target.closest<HTMLElement>(".column-body");
    if (event.pointerType !== "mouse" || !column || !body || target.closest(".rdv, .cursor:not(.is-hint)")) return removeHint();
    const minute = snapped(minuteAt(board, column, event.clientY), SNAP);
    if (!bookAddress(board, column, minute)) return removeHint();
    hint ??= document.createElement("a");
    hint.className = "cursor is-hint";
    hint.setAttribute("aria-hidden", "true");
    place(hint, minute, SNAP);
    hint.textContent = `+ ${clockTime(minute)}`;
    if (hint.parentElement !== body) body.append(hint);
  }

  function removeHint(): void {
    hint?.remove();
  }

  board.addEventListener("pointerdown", down);
  board.addEventListener("pointermove", move);
  board.addEventListener("pointerleave", removeHint);
  window.addEventListener("pointermove", outside);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", leave);
  window.addEventListener("keydown", escape, true);
  board.addEventListener("click", click, true);
  board.addEventListener("touchmove", still, { passive: false });
  board.addEventListener("dragstart", prevent);

  function outside(event: PointerEvent): void {
    if (current && !board.contains(event.target as Node)) move(event);
  }

  function prevent(event: Event): void {
    event.preventDefault();
  }

  return () => {
    leave();
    window.removeEventListener("pointermove", outside);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", leave);
    window.removeEventListener("keydown", escape, true);
  };
}
