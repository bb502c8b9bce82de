// Shortcuts: `data-key="e"` or `data-key="g a"` on what they press. `?` lists those of the page.

import { translate } from "./words";

const SEQUENCE_MS = 1200;
let pressed: string[] = [];
let last = 0;

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select, [data-keys-off], [data-keys-off] *")) return true;
  return target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit|range|reset)$/.test(target.type);
}

function openDialog(): HTMLDialogElement | undefined {
  return [...document.querySelectorAll<HTMLDialogElement>("dialog[open]")].pop();
}

/** Where shortcuts act now: the open dialog, else the page. */
function scope(): ParentNode {
  return openDialog() ?? document;
}

function reachable(element: HTMLElement): boolean {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}

function holders(): HTMLElement[] {
  return [...scope().querySelectorAll<HTMLElement>("[data-key]")].filter(
    (element) => reachable(element) || element.closest("details.menu") !== null,
  );
}

function press(element: HTMLElement): void {
  if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) {
    element.focus();
  } else {
    element.click();
  }
}

function label(element: HTMLElement): string {
  const named = element.dataset["keyLabel"] ?? element.getAttribute("aria-label");
  if (named) return named;
  const copy = element.cloneNode(true) as HTMLElement;
  copy.querySelectorAll("kbd, svg, .count").forEach((part) => part.remove());
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

function keysOf(combination: string): HTMLElement {
  const keys = document.createElement("span");
  keys.className = "keys";
  for (const key of combination.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key.length === 1 ? key.toUpperCase() : key;
    keys.append(cap);
  }
  return keys;
}

/** Fill and show the list of shortcuts. */
export function showShortcuts(): void {
  const dialog = document.getElementById("shortcuts") as HTMLDialogElement | null;
  const list = dialog?.querySelector<HTMLElement>(".shortcuts");
  if (!dialog || !list || openDialog()) return;
  list.replaceChildren();
  const rows: [string, ...string[]][] = [
    [translate("find"), "Ctrl K", "/"],
    [translate("shortcuts"), "?"],
    [translate("back"), "Esc"],
  ];
  for (const element of holders()) rows.push([label(element), element.dataset["key"] ?? ""]);
  for (const [name, ...combinations] of rows) {
    const line = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = name;
    line.append(text, ...combinations.map(keysOf));
    list.append(line);
  }
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && event.target instanceof HTMLInputElement && event.target.type === "search") {
    // The first Esc empties a search, the second leaves it: the page's own keys work again.
    if (!event.target.value) event.target.blur();
    return;
  }
  if (typing(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    showShortcuts();
    return;
  }
  if (event.key.length !== 1 && event.key !== "Enter") return;
  const now = performance.now();
  if (now - last > SEQUENCE_MS) pressed = [];
  last = now;
  pressed = [...pressed, event.key.toLowerCase()].slice(-2);
  const all = holders();
  for (const combination of [pressed.join(" "), pressed[pressed.length - 1] ?? ""]) {
    const found = all.find((element) => element.dataset["key"]?.toLowerCase() === combination);
    if (found && !(found as HTMLButtonElement).disabled) {
      event.preventDefault();
      pressed = [];
      press(found);
      return;
    }
  }
});
