"""`cuspide store move`: carry the practice from encrypted SQLite to PostgreSQL, or back."""

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.cli import start_django

if TYPE_CHECKING:
    from cuspide.core.moving.move import MisfitError
    from cuspide.core.moving.proof import Comparison


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.audit import sealer, trail
    from cuspide.core import keystore, store
    from cuspide.core.actor import Actor
    from cuspide.core.moving.move import Listener, MisfitError, move, wanted_home

    home = keystore.practice_home()
    wanted = wanted_home(home, arguments.to)
    state = store.prove(home)
    store.refuse_unlike(home, state)
    # Written before it is known to succeed: what is written after would stand in one of the two stores alone.
    trail.record(Actor.system("store move"), "practice.move_store", detail={"from": home.engine, "to": wanted.engine})
    sealer.seal_all()
    saying = _Saying()
    try:
        moved = move(home, wanted, Listener(saying.step, saying.rows, _table), _trace)
    except MisfitError as error:
        saying.end()
        _tell_misfits(error)
        raise
    finally:
        saying.end()
    print(_("The practice is now in %(store)s.") % {"store": _store_name(moved.home.engine)})
    print(
        _("The old store stays as it was: %(store)s. Remove it yourself once the new one has its backup.")
        % {"store": moved.old_store}
    )
    return 0


def _store_name(engine: str) -> str:
    return "PostgreSQL" if engine == "postgresql" else "SQLite"


def _trace() -> Any:
    """What the trace's proof says of the store that stands there now: the same before and after, or no move."""
    from cuspide.audit.verify import verify

    verdict = verify()
    return verdict.rows, verdict.last_sequence, verdict.unsealed, verdict.faults, verdict.more_faults


class _Saying:
    """Tells how far the move is: a line a step, and on a terminal the rows as they go."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._told = 0.0

    def step(self, key: str) -> None:
        words = {
            "survey": _("Looking for what the new store could not hold, and proving the trace…"),
            "tables": _("Making the tables…"),
            "rows": _("Carrying the rows…"),
            "proof": _("Comparing the two stores…"),
            "switch": _("Switching to the new store…"),
        }
        self.end()
        print(words[key], flush=True)

    def rows(self, table: str, count: int) -> None:
        if self._live and (count == 0 or time.monotonic() - self._told > 0.2):
            self._told = time.monotonic()
            print(f"\r\x1b[K  {table} {count or ''}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _table(found: "list[Comparison]") -> None:
    """The rows and the sums of both stores, table by table."""
    width = max(len(one.table) for one in found)
    table, old, new, total_words, content = _("table"), _("old"), _("new"), _("all"), _("sums and content")
    print(f"\n{table:<{width}}  {old:>12}  {new:>12}  {content}")
    for one in found:
        said = _("the same") if one.same else _("NOT THE SAME")
        sums = ngettext("%(count)d sum", "%(count)d sums", len(one.sums)) % {"count": len(one.sums)}
        print(f"{one.table:<{width}}  {one.rows_before:>12}  {one.rows_after:>12}  {sums}, {said}")
        for total in one.sums:
            if total.money or total.before != total.after:
                before, after = _amount(total.before, total.money), _amount(total.after, total.money)
                print(f"{'  ' + total.column:<{width}}  {before:>12}  {after:>12}")
    rows = sum(one.rows_before for one in found), sum(one.rows_after for one in found)
    print(f"{total_words:<{width}}  {rows[0]:>12}  {rows[1]:>12}\n", flush=True)


def _amount(value: int, money: bool) -> str:
    return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d} €" if money else str(value)


def _tell_misfits(error: "MisfitError") -> None:
    from cuspide.core.moving import survey

    reasons = {
        survey.NUL: _("holds a character that PostgreSQL refuses"),
        survey.NO_TEXT: _("holds no text where there should be one"),
        survey.TOO_LONG: _("is longer than its column"),
        survey.NO_NUMBER: _("is no whole number that fits its column"),
    }
    for one in error.misfits:
        print(f"  {one.table}.{one.column}, {one.key}: {reasons[one.reason]}", file=sys.stderr)
