// The chart's keys: two digits choose a tooth, arrows go to the next, letters choose faces or note a finding.

import type { Chosen } from "./chosen";

const DIGITS_MS = 1500;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
let digit = "";
let since = 0;

function elsewhere(target: EventTarget | null, root: HTMLElement): boolean {
  if (document.querySelector("dialog[open]")) return true;
  if (!(target instanceof Element)) return false;
  if (target.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable=true]")) return true;
  // On the page's other controls letters keep their own meaning.
  return target !== document.body && target.id !== "content" && !root.contains(target) && target.matches("a, button, [tabindex]");
}

/** What a key does on the chart. It is taken before the shell's shortcuts. */
export function typed(event: KeyboardEvent, root: HTMLElement, chart: Chosen): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (elsewhere(event.target, root)) return;
  if (act(event, root, chart)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function act(event: KeyboardEvent, root: HTMLElement, chart: Chosen): boolean {
  const onTooth = event.target instanceof Element && event.target.matches(".odo-tooth-button, .odo-face-button");
  const idle = event.target === document.body || !(event.target instanceof Element) || event.target.id === "content";
  if (/^\d$/.test(event.key)) return number(event.key, chart);
  const arrow = ARROWS[event.key];
  if (arrow) {
    if (!onTooth) return false;
    chart.move(...arrow);
    return true;
  }
  if (event.key === " " && onTooth) {
    (event.target as Element).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    return true;
  }
  if (chart.chosen.size === 0) return false;
  if (event.key === "Escape") {
    chart.clear();
    return true;
  }
  if (event.key === "+" || (event.key === "Enter" && (onTooth || idle))) return press(root, "[data-chart-first]", true);
  if (event.key.length !== 1) return false;
  const letter = event.key.toUpperCase();
  if ("MODVLPI".includes(letter)) return chart.face(letter);
  return press(root, `[data-chart-key="${CSS.escape(letter.toLowerCase())}"]`, false);
}

function number(key: string, chart: Chosen): boolean {
  const now = performance.now();
  if (digit && now - since < DIGITS_MS) {
    chart.choose(digit + key);
    digit = "";
  } else {
    digit = key;
    since = now;
  }
  return true;
}

function press(root: HTMLElement, selector: string, only: boolean): boolean {
  const button = root.querySelector<HTMLElement>(selector);
  if (!button) return false;
  if (only) button.focus();
  else button.click();
  return true;
}
