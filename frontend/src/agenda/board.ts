// The board: one tab stop, arrows inside, and appointments that move by mouse, finger or keys.

import { define } from "../shell/binder";
import { drag } from "./drag";
import { currentAppointment, markCurrent } from "./focus";
import { keys } from "./keys";

define("agenda-board", (board) => {
  markCurrent(currentAppointment());
  const undoKeys = keys(board);
  const undoDrag = board.dataset["mayBook"] === undefined ? undefined : drag(board);
  return () => {
    undoKeys();
    undoDrag?.();
  };
});
