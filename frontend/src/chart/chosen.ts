// What the keys may do to the chart, and ask of it.

import type { Selection } from "./selection";

export interface Chosen {
  readonly chosen: Selection;
  /** Choose one tooth and put the focus on it. */
  choose(tooth: string): void;
  clear(): void;
  /** Choose or leave a face of the tooth that is selected; false where it has none of that name. */
  face(letter: string): boolean;
  /** The next tooth in a direction, as they stand on the screen. */
  move(dx: number, dy: number): void;
}
