// Fields of days, hours and months: what is typed is written out, arrows count up and down, and a calendar offers
// itself. Everything the server reads is left to it: nothing here is needed to send a form.

import { define } from "./binder";
import { openCalendar } from "./calendar";
import { moved, movedMonths, readDay, readHour, readMonth, shown } from "./dates";
import { say } from "./toast";
import { translate } from "./words";

interface Kind {
  /** What the text means, in the form the scripts use; undefined for what means nothing. */
  read(text: string, input: HTMLInputElement): string | undefined;
  show(value: string): string;
  /** The value an arrow leads to; `value` is "" in an empty field. */
  count(value: string, step: number, input: HTMLInputElement): string;
}

const minutesOf = (hour: string) => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3));
const today = (input: HTMLInputElement) => input.dataset["today"] ?? "";

const kinds: Record<string, Kind> = {
  day: {
    read: (text, input) => readDay(text, today(input)),
    show: shown,
    count: (value, step, input) => (value ? moved(value, step) : today(input)),
  },
  hour: {
    read: (text) => readHour(text),
    show: (value) => value,
    count(value, step, input) {
      const minutes = Number(input.dataset["step"] ?? 5);
      const next = value ? minutesOf(value) + step * minutes : 9 * 60;
      const bounded = Math.min(Math.max(next, 0), 24 * 60 - minutes);
      return readHour(`${Math.floor(bounded / 60)}:${String(bounded % 60).padStart(2, "0")}`) ?? value;
    },
  },
  month: {
    read: (text) => readMonth(text),
    show: shown,
    count: (value, step) => (value ? movedMonths(`${value}-01`, step).slice(0, 7) : value),
  },
};

const nameOf = (input: HTMLInputElement) =>
  (input.dataset["module"] ?? "").split(/\s+/).find((name) => Object.hasOwn(kinds, name)) ?? "";
const kindOf = (input: HTMLInputElement) => kinds[nameOf(input)];

/** Whether a field of a form holds something that is no day, hour or month. */
export function unreadable(form: HTMLFormElement): HTMLInputElement | undefined {
  return [...form.querySelectorAll<HTMLInputElement>("input[data-module]")].find((input) => {
    const kind = kindOf(input);
    return kind !== undefined && input.value.trim() !== "" && kind.read(input.value, input) === undefined;
  });
}

function forgive(input: HTMLInputElement): void {
  input.removeAttribute("aria-invalid");
  input.closest(".field")?.querySelector("[data-typed-error]")?.remove();
}

/** Mark the field; where there is room, the words stand under it. */
function mark(input: HTMLInputElement): void {
  forgive(input);
  input.setAttribute("aria-invalid", "true");
  const field = input.closest(".field");
  if (!field || field.querySelector(".error")) return;
  const error = document.createElement("p");
  error.className = "error";
  error.dataset["typedError"] = "";
  error.setAttribute("role", "alert");
  error.textContent = translate(`no-${nameOf(input)}`);
  field.append(error);
}

/** Write the field as if it had been typed. */
function put(input: HTMLInputElement, text: string): void {
  input.value = text;
  forgive(input);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function bindField(element: HTMLElement): () => void {
  const input = element as HTMLInputElement;
  const kind = kindOf(input);
  if (!kind) return () => undefined;
  // Arrows change the field many times: the change is told once, when one is done.
  let untold = false;

  const tell = () => {
    untold = false;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const changed = () => {
    untold = false;
    const value = kind.read(input.value, input);
    if (value !== undefined && input.value !== kind.show(value)) put(input, kind.show(value));
    else if (value !== undefined || !input.value.trim()) forgive(input);
    else mark(input);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.isComposing || input.readOnly) return;
    if (event.key === "Enter" && untold) tell();
    const step = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (!step || event.shiftKey) return;
    event.preventDefault();
    if (event.altKey) {
      if (step < 0) offer();
      return;
    }
    const value = input.value.trim() === "" ? "" : kind.read(input.value, input);
    if (value === undefined) return;
    put(input, kind.show(kind.count(value, step, input)));
    untold = true;
  };
  const left = () => untold && tell();
  const opener = input.parentElement?.querySelector<HTMLButtonElement>(".typed-day-open");
  const offer = () => {
    if (!opener) return;
    openCalendar(input, readDay(input.value, today(input)), (day) => {
      put(input, shown(day));
      tell();
    });
  };

  input.addEventListener("change", changed);
  input.addEventListener("keydown", keys);
  input.addEventListener("blur", left);
  opener?.addEventListener("click", offer);
  return () => {
    input.removeEventListener("change", changed);
    input.removeEventListener("keydown", keys);
    input.removeEventListener("blur", left);
    opener?.removeEventListener("click", offer);
  };
}

for (const name of Object.keys(kinds)) define(name, bindField);

/** Say that a field cannot be read, where it was to be sent by itself. */
export function refuse(input: HTMLInputElement): void {
  mark(input);
  say(translate(`no-${nameOf(input)}`), "watch");
}

// Enter in a form that sends itself: not what cannot be read.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const wrong = form.hasAttribute("data-autosubmit") ? unreadable(form) : undefined;
    if (!wrong) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    refuse(wrong);
    wrong.focus();
  },
  true,
);
