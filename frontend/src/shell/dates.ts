// Days, hours and months as people type them; src/cuspide/formats/dates.py reads the same texts on the server.
// A day is "2026-11-22" here, whatever it looks like on the page.

const GAP = "(?:\\s*[/.\\-\\u2010\\u2011\\u2013]\\s*|\\s+)";
const DAY_FIRST = new RegExp(`^([0-9]{1,2})${GAP}([0-9]{1,2})${GAP}([0-9]{4}|[0-9]{2})$`);
const YEAR_FIRST = new RegExp(`^([0-9]{4})${GAP}([0-9]{1,2})${GAP}([0-9]{1,2})$`);
const PACKED = /^([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})$/;
const HOUR = /^([0-9]{1,2})(?:\s*(?:h|:|\.)\s*([0-9]{2})(?::[0-9]{2})?|\s*h|([0-9]{2}))?$/i;
const MONTH_FIRST = new RegExp(`^([0-9]{1,2})${GAP}([0-9]{4}|[0-9]{2})$`);
const YEAR_MONTH = new RegExp(`^([0-9]{4})${GAP}([0-9]{1,2})$`);
const MONTH_PACKED = /^([0-9]{2})([0-9]{4}|[0-9]{2})$/;
const FIRST_YEAR = 1850;
const LAST_YEAR = 2200;
const PIVOT = 69;
const LONGEST = 30;
const DAY_MS = 86_400_000;

const two = (number: number) => String(number).padStart(2, "0");

function fullYear(text: string): number {
  const year = Number(text);
  return text.length === 4 ? year : year + (year >= PIVOT ? 1900 : 2000);
}

function written(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && year >= FIRST_YEAR && year <= LAST_YEAR ? isoOf(date) : undefined;
}

function trimmed(text: string): string {
  return text.length > LONGEST ? "" : text.trim();
}

export function isoOf(date: Date): string {
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

export function dateOf(iso: string): Date {
  return new Date(`${iso}T00:00:00Z`);
}

/** "2026-11-22" for what is a day; `today` lets "+7" and "-1" count from it, and "t" or "a" be it. */
export function readDay(text: string, today = ""): string | undefined {
  const typed = trimmed(text);
  if (today && /^[ta]$/i.test(typed)) return today;
  if (today && /^[+-][0-9]{1,4}$/.test(typed)) return moved(today, Number(typed));
  const turned = YEAR_FIRST.exec(typed);
  if (turned) return written(Number(turned[1]), Number(turned[2]), Number(turned[3]));
  const found = DAY_FIRST.exec(typed) ?? PACKED.exec(typed);
  return found ? written(fullYear(found[3] ?? ""), Number(found[2]), Number(found[1])) : undefined;
}

/** "09:30" for what is an hour. */
export function readHour(text: string): string | undefined {
  const found = HOUR.exec(trimmed(text));
  if (!found) return undefined;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? found[3] ?? 0)];
  return hour < 24 && minute < 60 ? `${two(hour)}:${two(minute)}` : undefined;
}

/** "2026-11" for what is a month. */
export function readMonth(text: string): string | undefined {
  const typed = trimmed(text);
  const turned = YEAR_MONTH.exec(typed);
  const found = MONTH_FIRST.exec(typed) ?? MONTH_PACKED.exec(typed);
  const day = turned
    ? written(Number(turned[1]), Number(turned[2]), 1)
    : found && written(fullYear(found[2] ?? ""), Number(found[1]), 1);
  return day?.slice(0, 7);
}

/** As it stands on the page: 22/11/2026, or 11/2026 for a month. */
export function shown(iso: string): string {
  return iso.split("-").reverse().join("/");
}

export function moved(iso: string, days: number): string {
  return isoOf(new Date(dateOf(iso).getTime() + days * DAY_MS));
}

/** The same day some months on, or the last of that month where it is shorter. */
export function movedMonths(iso: string, months: number): string {
  const date = dateOf(iso);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0));
  return isoOf(new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(date.getUTCDate(), last.getUTCDate()))));
}
