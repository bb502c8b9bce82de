// What is handed over: the rest after each means, a further row when one is needed.

import { define } from "../shell/binder";
import { cents, euros, field } from "./euros";

define("tender", (form) => {
  const rows = [...form.querySelectorAll<HTMLElement>("[data-row]")];
  const amounts = rows.map((row) => row.querySelector<HTMLInputElement>(".tender-amount input")!);
  const more = form.querySelector<HTMLButtonElement>("[data-more]");
  const tooMuch = form.querySelector<HTMLElement>("[data-too-much]");
  const shown = (row: HTMLElement) => !row.hidden;

  const due = () =>
    [...form.querySelectorAll<HTMLInputElement>("input[name=invoices]:checked")].reduce(
      (sum, box) => sum + (cents(box.dataset["rest"] ?? "") ?? 0),
      0,
    );
  let proposed = due();

  const write = (name: string, amount: number) => {
    const place = form.querySelector(`[data-sum=${name}]`);
    if (place) place.textContent = Number.isNaN(amount) ? "—" : euros(amount);
  };
  const work = () => {
    const paid = amounts.reduce((sum, input) => sum + (cents(input.value) ?? 0), 0);
    const left = due() - paid;
    write("due", due());
    write("left", left);
    if (tooMuch) tooMuch.hidden = !(left < 0);
    const next = rows.find((row) => !shown(row));
    if (more) more.hidden = !next;
    for (const input of amounts) {
      const empty = cents(input.value) === undefined;
      input.placeholder = empty && left > 0 ? field(left) : "";
    }
    // Part of it by one means: the next means is what somebody reaches for now.
    if (left > 0 && next && rows.filter(shown).every((row) => cents(amounts[rows.indexOf(row)]!.value))) {
      next.hidden = false;
      if (more) more.hidden = !rows.some((row) => row.hidden);
      amounts[rows.indexOf(next)]!.placeholder = field(left);
    }
  };
  // A doubled click on an empty amount, or the key =, takes what is left.
  const take = (input: HTMLInputElement) => {
    if (cents(input.value) === undefined && input.placeholder) {
      input.value = input.placeholder;
      work();
    }
  };
  const typed = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key === "=" && event.target instanceof HTMLInputElement) {
      if (!amounts.includes(event.target)) return;
      event.preventDefault();
      take(event.target);
    }
  };
  const changed = (event: Event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "invoices") {
      const first = amounts[0];
      if (first && cents(first.value) === proposed) first.value = due() ? field(due()) : "";
      proposed = due();
    }
    work();
  };

  for (const [index, row] of rows.entries()) {
    row.hidden = index > 0 && cents(amounts[index]!.value) === undefined;
    amounts[index]!.addEventListener("dblclick", () => take(amounts[index]!));
  }
  more?.addEventListener("click", () => {
    const next = rows.find((row) => row.hidden);
    if (next) {
      next.hidden = false;
      amounts[rows.indexOf(next)]!.focus();
    }
    work();
  });
  form.addEventListener("input", work);
  form.addEventListener("change", changed);
  form.addEventListener("keydown", typed);
  work();
  amounts[0]?.select();
});
