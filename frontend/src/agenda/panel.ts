// The panel beside the board: appointments and forms open in it without leaving the day.

import { define } from "../shell/binder";
import { htmx } from "../shell/requests";
import { say } from "../shell/toast";
import { focusBoard, markCurrent, takeLater } from "./focus";

/** The panel of the page; pages without one beside the board have it in a dialog. */
export function panelElement(): HTMLElement {
  return document.getElementById("agenda-panel") ?? document.body;
}

/** Show the panel's dialog where it has one, and go to its beginning. */
function openPanel(): void {
  const panel = panelElement();
  if (!panel.firstElementChild) return;
  const dialog = panel.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  const first =
    panel.querySelector<HTMLElement>("[aria-invalid=true]") ??
    panel.querySelector<HTMLElement>("[data-first]") ??
    panel.querySelector<HTMLElement>(".panel-head h2") ??
    panel.querySelector<HTMLElement>("button, a");
  first?.focus({ preventScroll: false });
}

let quiet = false;

/** The next answer is of a gesture on the board: unless it asks something, the keys stay there. */
export function stayOnBoard(): void {
  quiet = true;
}

function answered(panel: HTMLElement): void {
  const asks = panel.querySelector("[role=alert]") !== null;
  const wasQuiet = quiet;
  quiet = false;
  if (!wasQuiet || asks) {
    takeLater();
    openPanel();
    return;
  }
  const dialog = panel.closest("dialog");
  if (dialog && !dialog.open) {
    say(panel.querySelector("[role=status]")?.textContent?.trim() ?? "", "sound");
    panel.replaceChildren();
  }
  // The board that came with the answer is bound when htmx has settled it, at the end of this task.
  queueMicrotask(focusBoard);
}

/** Open an address in the panel. */
export function show(address: string): void {
  const panel = panelElement();
  void htmx.ajax("get", address, { source: panel, target: panel });
}

export function closePanel(): void {
  const panel = panelElement();
  panel.closest("dialog")?.close();
  panel.replaceChildren();
  markCurrent(undefined);
  focusBoard();
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.closest("[data-panel-close]")) {
    closePanel();
    return;
  }
  const link = target.closest<HTMLAnchorElement>("a[data-panel], a.rdv-link, a.gap-link, a.cursor");
  if (!link || panelElement() === document.body) return;
  event.preventDefault();
  show(link.href);
});

define("agenda-panel", (panel) => {
  const swapped = (event: Event) => {
    if (event.target !== panel) return;
    markCurrent(panel.querySelector<HTMLElement>("[data-appointment]")?.dataset["appointment"]);
    answered(panel);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || panel.closest("dialog")) return;
    event.preventDefault();
    closePanel();
  };
  const dialog = panel.closest("dialog");
  const closed = () => panel.replaceChildren();
  panel.addEventListener("htmx:afterSwap", swapped);
  panel.addEventListener("keydown", keys);
  dialog?.addEventListener("close", closed);
  return () => {
    panel.removeEventListener("htmx:afterSwap", swapped);
    panel.removeEventListener("keydown", keys);
    dialog?.removeEventListener("close", closed);
  };
});
