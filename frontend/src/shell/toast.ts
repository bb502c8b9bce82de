// Short messages at the corner. Those of the server are there already; scripts add theirs with `say`.

import { define } from "./binder";
import { icon } from "./icon";
import { translate } from "./words";

export type Tone = "sound" | "watch" | "danger" | "info";

const ICONS: Record<Tone, string> = { sound: "check", watch: "triangle-alert", danger: "circle-alert", info: "info" };
const SHOWN_MS = 6000;

function closing(toast: HTMLElement): void {
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => toast.remove());
  // What went wrong stays until it is read.
  if (toast.matches(".danger, .watch")) return;
  let timer = window.setTimeout(() => toast.remove(), SHOWN_MS);
  const hold = () => window.clearTimeout(timer);
  const go = () => (timer = window.setTimeout(() => toast.remove(), SHOWN_MS));
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", go);
}

/** Show a sentence, and have it read out. */
export function say(text: string, tone: Tone = "info"): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = `toast ${tone}`;
  toast.dataset["module"] = "toast";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button quiet icon-only small";
  close.dataset["dismiss"] = "";
  close.setAttribute("aria-label", translate("close"));
  close.append(icon("x"));
  const sentence = document.createElement("p");
  sentence.textContent = text;
  toast.append(icon(ICONS[tone]), sentence, close);
  region.append(toast);
  closing(toast);
}

define("toast", closing);
