// Minutes of the day and the places that stand for them: classes (see positions.css), heights, addresses.

export const STEP = 5;
export const SNAP = 15;
export const DAY = 24 * 60;

/** 570 is "09:30". */
export function clockTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** A minute on the grid of `step`, rounded down. */
export function snapped(minute: number, step: number): number {
  return Math.floor(minute / step) * step;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

const PLACED = /^(h|m|dh|dm)\d+$/;

/** Put an element at a time of its column, for a length in minutes. */
export function place(element: Element, start: number, minutes: number): void {
  for (const name of [...element.classList]) if (PLACED.test(name)) element.classList.remove(name);
  element.classList.add(
    `h${Math.floor(start / 60)}`,
    `m${Math.floor((start % 60) / STEP) * STEP}`,
    `dh${Math.floor(minutes / 60)}`,
    `dm${Math.floor((minutes % 60) / STEP) * STEP}`,
  );
}

/** The hours a board shows, in minutes: the first, and the one after the last. */
export function frame(board: HTMLElement): { first: number; last: number } {
  const hour = (prefix: string, otherwise: number) => {
    const name = [...board.classList].find((each) => new RegExp(`^${prefix}\\d+$`).test(each));
    return (name ? Number(name.slice(prefix.length)) : otherwise) * 60;
  };
  return { first: hour("from", 0), last: hour("to", 24) };
}

/** The minute of the day under a point of the window. */
export function minuteAt(board: HTMLElement, column: HTMLElement, clientY: number): number {
  const body = column.querySelector<HTMLElement>(".column-body");
  if (!body) return 0;
  const box = body.getBoundingClientRect();
  const { first, last } = frame(board);
  return clamp(first + ((clientY - box.top) / box.height) * (last - first), first, last - STEP);
}

/** The column under a point of the window. */
export function columnAt(board: HTMLElement, clientX: number): HTMLElement | undefined {
  return [...board.querySelectorAll<HTMLElement>(".column")].find((column) => {
    const box = column.getBoundingClientRect();
    return clientX >= box.left && clientX < box.right;
  });
}

/** "Fauteuil 1": the name at the head of a column. */
export function columnName(column: HTMLElement): string {
  return column.querySelector(".column-name")?.textContent ?? "";
}

export function dayName(column: HTMLElement): string {
  return column.closest(".board-day")?.getAttribute("aria-label") ?? "";
}

/** The address that books at a place, or undefined where nobody may. */
export function bookAddress(board: HTMLElement, column: HTMLElement, minute: number): string | undefined {
  const base = board.dataset["book"];
  const { chair, practitioner, day } = column.dataset;
  if (!base || !day || !(chair || practitioner)) return undefined;
  const given = new URLSearchParams({ day, time: clockTime(minute) });
  if (chair) given.set("chair", chair);
  if (practitioner) given.set("practitioner", practitioner);
  return `${base}?${given.toString()}`;
}

export interface Item {
  element: HTMLElement;
  link: HTMLAnchorElement;
  column: HTMLElement;
  start: number;
  minutes: number;
  version: string | undefined;
}

/** The appointment an element belongs to. */
export function itemOf(element: Element | null): Item | undefined {
  const item = element?.closest<HTMLElement>(".rdv");
  const link = item?.querySelector<HTMLAnchorElement>(".rdv-link");
  const column = item?.closest<HTMLElement>(".column");
  if (!item || !link || !column) return undefined;
  return {
    element: item,
    link,
    column,
    start: Number(link.dataset["start"]),
    minutes: Number(link.dataset["minutes"]),
    version: link.dataset["version"],
  };
}
