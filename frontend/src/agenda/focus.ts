// Where the keys are on the board, kept while the server draws it again.

export interface Spot {
  /** The column, by its place among the columns. */
  column: number;
  minute: number;
}

let spot: Spot | undefined;
let current: string | undefined;

export function remember(where: Spot): void {
  spot = where;
}

export function remembered(): Spot | undefined {
  return spot;
}

/** Show which appointment the panel speaks of. */
export function markCurrent(uuid: string | undefined): void {
  current = uuid;
  document.querySelectorAll(".rdv.is-current").forEach((element) => element.classList.remove("is-current"));
  if (uuid) document.getElementById(`rdv-${uuid}`)?.classList.add("is-current");
}

export function currentAppointment(): string | undefined {
  return current;
}

/** Give the keys back to the board. */
export function focusBoard(): void {
  document.querySelector<HTMLElement>(".board")?.dispatchEvent(new CustomEvent("agenda:focus"));
}

let later: { id: string; minutes: number } | undefined;

/** Minutes typed for an appointment that is on its way: they wait for its new version. */
export function addLater(id: string, minutes: number): void {
  later = { id, minutes: minutes + (later?.id === id ? later.minutes : 0) };
}

/** What waited, once; after a refusal nobody takes it. */
export function takeLater(): { id: string; minutes: number } | undefined {
  const taken = later;
  later = undefined;
  return taken;
}
