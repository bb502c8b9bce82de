// The dental chart: teeth and faces chosen by pointer, finger and keys; the server draws and decides.

import "./odontogram.css";
import "./chart.css";
import { define } from "../shell/binder";
import { readDay, shown } from "../shell/dates";
import { htmx } from "../shell/requests";
import { refuse } from "../shell/typed";
import type { Chosen } from "./chosen";
import { typed } from "./keyboard";
import { Selection } from "./selection";

const PANEL_MS = 90;

type Pressed = { ctrlKey: boolean; metaKey: boolean; shiftKey: boolean };

class Chart implements Chosen {
  private readonly selection: Selection;
  private readonly root: HTMLElement;
  private timer = 0;
  private asked = false;
  private stale = false;
  private many = false;

  constructor(root: HTMLElement) {
    this.root = root;
    this.selection = new Selection(root.dataset["at"]);
    this.rove(this.selection.last ?? this.teeth()[0]?.dataset["tooth"] ?? "");
    const toggle = root.querySelector<HTMLButtonElement>("#chart-many");
    if (toggle) {
      toggle.hidden = false;
      toggle.addEventListener("click", () => {
        this.many = !this.many;
        toggle.setAttribute("aria-pressed", String(this.many));
      });
    }
    root.addEventListener("click", (event) => this.clicked(event));
    this.slide();
  }

  teeth(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>(".odo-tooth-button")];
  }

  tooth(code: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`.odo-tooth-button[data-tooth="${code}"]`);
  }

  get chosen(): Selection {
    return this.selection;
  }

  private clicked(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest<HTMLElement>("a[data-tooth], a[data-face], a[data-swap]");
    if (!link || !this.root.contains(link)) return;
    event.preventDefault();
    if (link.dataset["swap"] !== undefined) this.swap(link.getAttribute("href") ?? "");
    else if (link.dataset["face"]) this.face(link.dataset["face"]);
    else this.point(link.dataset["tooth"] ?? "", link.dataset["surface"] ?? "", event);
  }

  /** A tooth or one of its faces was pressed. */
  point(tooth: string, face: string, how: Pressed): void {
    const several = this.many || how.ctrlKey || how.metaKey;
    if (how.shiftKey && this.selection.last) this.range(this.selection.last, tooth);
    else if (face) {
      if (!several && !this.selection.has(tooth)) this.selection.only(tooth);
      this.selection.turn(tooth, face);
    } else if (several) {
      if (this.selection.has(tooth)) this.selection.drop(tooth);
      else this.selection.add(tooth);
    } else if (this.selection.size === 1 && this.selection.has(tooth)) {
      this.selection.clear();
    } else {
      this.selection.clear();
      this.selection.only(tooth);
    }
    this.show();
  }

  /** Choose one tooth and put the focus on it. */
  choose(tooth: string): void {
    const button = this.tooth(tooth);
    if (!button) return;
    this.selection.only(tooth);
    this.show();
    button.focus({ preventScroll: true });
  }

  clear(): void {
    this.selection.clear();
    this.show();
  }

  /** Choose or leave a face of the tooth that is selected; what the tooth calls otherwise is translated. */
  face(letter: string): boolean {
    const tooth = this.selection.last;
    if (!tooth) return false;
    const same: Record<string, string> = { O: "OI", I: "IO", L: "LP", P: "PL", B: "V" };
    for (const candidate of same[letter] ?? letter) {
      if (this.root.querySelector(`.odo-face-button[data-tooth="${tooth}"][data-surface="${candidate}"]`)) {
        this.selection.turn(tooth, candidate);
        this.show();
        return true;
      }
    }
    return false;
  }

  /** The next tooth in a direction, as they stand on the screen. */
  move(dx: number, dy: number): void {
    const from = this.tooth(this.selection.last ?? "") ?? this.teeth()[0];
    if (!from) return;
    const here = from.getBoundingClientRect();
    let best: HTMLElement | undefined;
    let least = Infinity;
    for (const other of this.teeth()) {
      const there = other.getBoundingClientRect();
      const right = there.x + there.width / 2 - here.x - here.width / 2;
      const down = there.y + there.height / 2 - here.y - here.height / 2;
      const along = right * dx + down * dy;
      const aside = Math.abs(right * dy) + Math.abs(down * dx);
      if (along < 4) continue;
      const distance = along + aside * 3;
      if (distance < least) {
        least = distance;
        best = other;
      }
    }
    if (best) this.choose(best.dataset["tooth"] ?? "");
  }

  private range(first: string, last: string): void {
    const codes = this.teeth().map((each) => each.dataset["tooth"] ?? "");
    const [start, end] = [codes.indexOf(first), codes.indexOf(last)].sort((a, b) => a - b);
    for (const code of codes.slice(start, (end ?? 0) + 1)) this.selection.add(code);
  }

  private rove(code: string): void {
    for (const each of this.root.querySelectorAll(".odo-tooth-button, .odo-face-button")) {
      each.setAttribute("tabindex", each === this.tooth(code) ? "0" : "-1");
    }
  }

  /** Show the selection at once; the panel follows from the server. */
  private show(): void {
    const at = this.selection.written();
    this.root.dataset["at"] = at;
    for (const button of this.root.querySelectorAll<HTMLElement>("a[data-tooth]")) {
      const { tooth = "", surface = "" } = button.dataset;
      button.setAttribute("aria-pressed", String(this.selection.has(tooth, surface)));
    }
    for (const input of this.root.querySelectorAll<HTMLInputElement>("input[data-selection]")) input.value = at;
    this.rove(this.selection.last ?? this.teeth()[0]?.dataset["tooth"] ?? "");
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.panel(), PANEL_MS);
  }

  private query(): string {
    const parameters = new URLSearchParams(this.root.dataset["keep"]?.slice(1));
    parameters.delete("at");
    if (this.selection.size) parameters.set("at", this.selection.written());
    const query = parameters.toString();
    return query ? `?${query}` : "";
  }

  private panel(): void {
    // One answer after the other, and the last one for what is chosen then: an answer takes its own place in the page
    // away, and with it what was asked there meanwhile.
    this.stale = this.asked;
    if (this.asked) return;
    const page = this.root.dataset["page"] ?? "";
    window.history.replaceState(window.history.state, "", page + this.query());
    const asked = htmx.ajax("get", (this.root.dataset["panel"] ?? "") + this.query(), {
      source: "#chart-panel",
      target: "#chart-panel",
      swap: "outerHTML",
    });
    this.asked = true;
    void Promise.resolve(asked).finally(() => {
      this.asked = false;
      if (this.stale && this.root.isConnected) this.panel();
      else this.reach();
    });
  }

  /** Under the mouth (tablets), what can be noted comes into sight, as far as the mouth stays in it. */
  private reach(): void {
    const panel = this.root.querySelector("#chart-panel");
    const kinds = panel?.querySelector(".chart-kinds");
    const mouth = this.root.querySelector(".chart-mouth");
    if (!panel || !kinds || !mouth || !this.selection.size) return;
    const top = mouth.getBoundingClientRect().top;
    if (panel.getBoundingClientRect().top < mouth.getBoundingClientRect().bottom) return;
    const covered = document.querySelector(".banner")?.getBoundingClientRect().bottom ?? 0;
    const below = document.querySelector("footer.status")?.getBoundingClientRect().top ?? window.innerHeight;
    const wanted = Math.min(kinds.getBoundingClientRect().bottom + 8 - below, top - Math.max(covered, 0) - 4);
    if (wanted > 0) window.scrollBy({ top: wanted });
  }

  /** Another day or another dentition. */
  private swap(query: string): void {
    const page = this.root.dataset["page"] ?? "";
    window.history.replaceState(window.history.state, "", page + query);
    void htmx.ajax("get", page + query, { source: "#chart", target: "#chart", swap: "outerHTML" });
  }

  private slide(): void {
    const slider = this.root.querySelector<HTMLInputElement>("#chart-slider");
    const days = JSON.parse(this.root.querySelector<HTMLElement>("[data-days]")?.dataset["days"] ?? "[]") as string[];
    const field = this.root.querySelector<HTMLInputElement>("#chart-day");
    if (!field) return;
    let at = readDay(field.value);
    const go = () => {
      const day = readDay(field.value, field.dataset["today"]);
      if (!day) return field.value.trim() ? refuse(field) : undefined;
      if (day !== at) this.go((at = day));
    };
    field.addEventListener("change", go);
    // Enter tells the change before it sends: once is enough.
    field.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      go();
    });
    if (!slider) return;
    slider.hidden = false;
    slider.addEventListener("input", () => (field.value = shown(days[slider.valueAsNumber] ?? "")));
    slider.addEventListener("change", go);
  }

  private go(day: string): void {
    const parameters = new URLSearchParams(this.query());
    parameters.set("on", day);
    this.swap(`?${parameters.toString()}`);
  }
}

/** Put the focus where the server says one goes on. */
function goOn(root: HTMLElement): void {
  const id = root.dataset["focus"];
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

define("focus", goOn);

define("chart", (root) => {
  const chart = new Chart(root);
  goOn(root);
  const listen = (event: KeyboardEvent) => typed(event, root, chart);
  window.addEventListener("keydown", listen, { capture: true });
  return () => window.removeEventListener("keydown", listen, { capture: true });
});
