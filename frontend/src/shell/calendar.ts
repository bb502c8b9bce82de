// The calendar of a day field: a month in a dialog, walked with the arrows.

import { dateOf, isoOf, moved, movedMonths } from "./dates";
import { icon } from "./icon";
import { translate } from "./words";

const DAYS = 7;
const GAP_PX = 4;

const language = () => document.documentElement.lang || "fr";
const inWords = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(language(), { ...options, timeZone: "UTC" });

function button(name: string, label: string, pressed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet icon-only small";
  made.setAttribute("aria-label", label);
  made.append(icon(name));
  made.addEventListener("click", pressed);
  return made;
}

/** Where an arrow or a page key leads from a day; undefined for other keys. Weeks begin on Monday. */
function walked(key: string, shift: boolean, day: string): string | undefined {
  const weekday = (dateOf(day).getUTCDay() + 6) % DAYS;
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -DAYS,
    ArrowDown: DAYS,
    Home: -weekday,
    End: DAYS - 1 - weekday,
  };
  const step = steps[key];
  if (step !== undefined) return moved(day, step);
  if (key === "PageUp" || key === "PageDown") return movedMonths(day, (key === "PageUp" ? -1 : 1) * (shift ? 12 : 1));
  return undefined;
}

class Calendar {
  private readonly dialog = document.createElement("dialog");
  private readonly title = document.createElement("h2");
  private readonly grid = document.createElement("table");
  private readonly first: string;
  private readonly last: string;
  private readonly today: string;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly chosen: string | undefined,
    private readonly choose: (day: string) => void,
  ) {
    this.first = input.dataset["first"] ?? "1850-01-01";
    this.last = input.dataset["last"] ?? "2200-12-31";
    this.today = input.dataset["today"] ?? isoOf(new Date());
    this.dialog.className = "dialog calendar";
    const name = input.labels?.[0]?.textContent?.replace("*", "").trim() ?? "";
    this.dialog.setAttribute("aria-label", [translate("calendar"), name].filter(Boolean).join(" · "));
    this.title.id = "calendar-month";
    this.title.setAttribute("aria-live", "polite");
    this.grid.setAttribute("role", "grid");
    this.grid.setAttribute("aria-labelledby", this.title.id);
    const head = document.createElement("header");
    head.className = "calendar-head";
    head.append(
      button("chevron-left", translate("month-before"), () => this.turn(-1)),
      this.title,
      button("chevron-right", translate("month-after"), () => this.turn(1)),
    );
    const foot = document.createElement("footer");
    foot.className = "calendar-foot";
    if (this.today >= this.first && this.today <= this.last) {
      const now = document.createElement("button");
      now.type = "button";
      now.className = "button quiet small";
      now.textContent = translate("today");
      now.addEventListener("click", () => this.take(this.today));
      foot.append(now);
    }
    this.dialog.append(head, this.grid, foot);
    this.grid.addEventListener("keydown", (event) => this.pressed(event));
    this.grid.addEventListener("click", (event) => {
      const day = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-day]") : null;
      if (day && !day.hasAttribute("aria-disabled")) this.take(day.dataset["day"] ?? "");
    });
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      window.removeEventListener("resize", this.close);
      this.input.focus();
    });
    window.addEventListener("resize", this.close);
  }

  open(): void {
    document.body.append(this.dialog);
    this.draw(this.within(this.chosen ?? this.today));
    this.dialog.showModal();
    this.place();
    this.focus();
  }

  private readonly close = () => this.dialog.close();

  private within(day: string): string {
    return day < this.first ? this.first : day > this.last ? this.last : day;
  }

  private take(day: string): void {
    this.close();
    this.choose(day);
  }

  private pressed(event: KeyboardEvent): void {
    const day = event.target instanceof HTMLElement ? event.target.dataset["day"] : undefined;
    const next = day && walked(event.key, event.shiftKey, day);
    if (!next) return;
    event.preventDefault();
    this.draw(this.within(next));
    this.focus();
  }

  private turn(months: number): void {
    const at = this.grid.querySelector<HTMLElement>("[tabindex='0']")?.dataset["day"] ?? this.today;
    this.draw(this.within(movedMonths(at, months)));
  }

  private focus(): void {
    this.grid.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }

  /** The weeks of the month of a day, which is the one the Tab key reaches. */
  private draw(at: string): void {
    const heading = inWords({ month: "long", year: "numeric" }).format(dateOf(at));
    this.title.textContent = heading.charAt(0).toLocaleUpperCase(language()) + heading.slice(1);
    const begin = `${at.slice(0, 8)}01`;
    let day = moved(begin, -((dateOf(begin).getUTCDay() + 6) % DAYS));
    const names = this.grid.createTHead();
    if (!names.rows.length) names.append(this.weekdays(day));
    const weeks = document.createElement("tbody");
    do {
      const row = weeks.insertRow();
      for (let column = 0; column < DAYS; column += 1, day = moved(day, 1)) row.append(this.cell(day, at));
    } while (day.slice(0, 7) <= at.slice(0, 7));
    this.grid.tBodies[0]?.remove();
    this.grid.append(weeks);
  }

  private weekdays(monday: string): HTMLTableRowElement {
    const row = document.createElement("tr");
    for (let column = 0; column < DAYS; column += 1) {
      const head = document.createElement("th");
      const date = dateOf(moved(monday, column));
      head.scope = "col";
      head.abbr = inWords({ weekday: "long" }).format(date);
      head.textContent = inWords({ weekday: "short" }).format(date).slice(0, 2);
      row.append(head);
    }
    return row;
  }

  private cell(day: string, at: string): HTMLTableCellElement {
    const cell = document.createElement("td");
    const pick = document.createElement("button");
    pick.type = "button";
    pick.dataset["day"] = day;
    pick.tabIndex = day === at ? 0 : -1;
    pick.textContent = String(Number(day.slice(8)));
    pick.setAttribute("aria-label", inWords({ dateStyle: "full" }).format(dateOf(day)));
    pick.classList.toggle("is-outside", day.slice(0, 7) !== at.slice(0, 7));
    if (day < this.first || day > this.last) pick.setAttribute("aria-disabled", "true");
    if (day === this.today) pick.setAttribute("aria-current", "date");
    cell.setAttribute("aria-selected", String(day === this.chosen));
    cell.append(pick);
    return cell;
  }

  /** Under its field; above it where there is no room below. */
  private place(): void {
    const field = this.input.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.dialog;
    const below = field.bottom + GAP_PX;
    const top = below + height <= window.innerHeight ? below : Math.max(GAP_PX, field.top - GAP_PX - height);
    const left = Math.min(Math.max(GAP_PX, field.left), window.innerWidth - width - GAP_PX);
    this.dialog.style.setProperty("top", `${top}px`);
    this.dialog.style.setProperty("left", `${Math.max(GAP_PX, left)}px`);
  }
}

/** Offer a day beside its field; `choose` is called with the one that is taken. */
export function openCalendar(input: HTMLInputElement, chosen: string | undefined, choose: (day: string) => void): void {
  new Calendar(input, chosen, choose).open();
}
