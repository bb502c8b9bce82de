"""`cuspide upgrade`: bring the store to the program's version; on any failure the one from before is back."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide import __version__
from cuspide.cli import start_django
from cuspide.core.db.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from cuspide.core.home import Home

# What a disk filled by the copy may say is no fault of the new store.
_OF_THE_MACHINE = {"disk"}


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.core import keystore, store
    from cuspide.core.upgrading import unfinished

    home = keystore.practice_home()
    if home.exists and unfinished.found(home):
        _end_unfinished(home)
    state = store.prove(home)
    store.refuse_newer(state)
    print(
        _("The store is of version %(store)s, the program of version %(program)s.")
        % {"store": store.version() or _("an early one"), "program": __version__}
    )
    if not state.pending:
        store.note_version(__version__)
        print(_("There is nothing to upgrade."))
        return _tell_copies(home)
    count = len(state.pending)
    changes = ngettext("%(count)d change of the tables is to be made.", "%(count)d changes are to be made.", count)
    print(changes % {"count": count})
    copy = _copied(home, arguments.copy_made)
    with _put_back_on_failure(home, copy):
        _upgrade()
    unfinished.end(home)
    print(_("The store is upgraded and sound. Start the service again."))
    return _tell_copies(home)


def _copied(home: "Home", copy_made: bool) -> "Path | None":
    from cuspide.core.upgrading import copies, unfinished

    if not copies.can_copy(home):
        if not copy_made:
            raise StoreError(
                _(
                    "A copy comes first, and pg_dump and psql are not on this machine. Install PostgreSQL's client "
                    "programs, or copy the database yourself and say so with --copy-made. Nothing was changed."
                )
            )
        unfinished.begin(home, None)
        return None
    copies.refuse_full_disk(home)
    print(_("Copying the store…"), flush=True)
    copy = copies.make(home, f"before-{__version__}")
    unfinished.begin(home, copy)
    return copy


def _end_unfinished(home: "Home") -> None:
    """An upgrade was killed: back to its copy, and from there once more."""
    from cuspide.core.upgrading import copies, unfinished

    copy = unfinished.copy_of(home)
    if copy is None:
        return  # the operator has the copy; what was done stays, and the rest follows
    if not copy.exists():
        raise StoreError(
            _("The last upgrade was cut short, and its copy %(path)s is not there. Put it back there first."),
            {"path": copy},
        )
    print(_("The last upgrade was cut short. The store from before it is put back: %(path)s") % {"path": copy})
    copies.put_back(home, copy)
    unfinished.end(home)


@contextmanager
def _put_back_on_failure(home: "Home", copy: "Path | None") -> Iterator[None]:
    from cuspide.core import store
    from cuspide.core.upgrading import copies, unfinished

    try:
        yield
    except BaseException as error:
        reason = str(error) if isinstance(error, StoreError) else type(error).__name__
        if copy is None:
            raise StoreError(
                _("The upgrade failed (%(reason)s). Put your own copy of the database back."), {"reason": reason}
            ) from None
        copies.put_back(home, copy)
        store.prove(home)
        unfinished.end(home)
        if not isinstance(error, Exception):
            raise
        raise StoreError(
            _(
                "The upgrade failed (%(reason)s). The store from before is back, proved sound; the copy stays in "
                "%(path)s. Install the version of before to go on working."
            ),
            {"reason": reason, "path": copy},
        ) from None


def _upgrade() -> None:
    """Migrate, then prove: pages, references, trace, and every check that held before."""
    from django.core.management import call_command
    from django.db import connection

    from cuspide.audit import sealer, trail
    from cuspide.core import keystore, store
    from cuspide.core.actor import Actor

    home = keystore.practice_home()
    trace_before, wrong_before, version_before = _trace(), _wrong(), store.version()
    print(_("Changing the tables…"), flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    print(_("Proving the store…"), flush=True)
    connection.check_constraints()
    store.note_version(__version__)
    state = store.prove(home)
    if state.pending:
        raise StoreError(_("Some changes of the tables were not made."))
    trail.record(Actor.system("upgrade"), "practice.upgrade", detail={"from": version_before, "to": __version__})
    sealer.seal_all()
    trace_after = _trace()
    if trace_after is None or (trace_after and trace_before is not None and trace_after != trace_before):
        raise StoreError(_("The trace is not whole after the change."))
    wrong_after = _wrong()
    if worse := {key for key, wrong in wrong_after.items() if wrong and wrong_before.get(key) is False}:
        raise StoreError(
            _("What held before does not hold after the change: %(checks)s."), {"checks": ", ".join(sorted(worse))}
        )


def _trace() -> list[Any] | None:
    """The faults of the trace; None where it cannot be read yet."""
    from django.db import DatabaseError

    from cuspide.audit.verify import standing_faults

    try:
        return standing_faults()
    except DatabaseError:
        return None


def _wrong() -> dict[str, bool | None]:
    """Which checks say that something is in danger; None for one that cannot read the tables as they are."""
    from django.db import DatabaseError

    from cuspide.core import registry

    said: dict[str, bool | None] = {}
    for entry in registry.checks:
        if entry.key in _OF_THE_MACHINE or entry.key == "store":
            continue
        try:
            said[entry.key] = any(finding.level == "danger" for finding in entry.run())
        except DatabaseError:
            said[entry.key] = None
    return said


def _tell_copies(home: "Home") -> int:
    from cuspide.core.pages.typography import file_size
    from cuspide.core.upgrading import copies

    if kept := copies.kept(home):
        print(_("Copies and old stores, which Cuspide never removes by itself:"))
        for path in kept:
            print(f"  {file_size(path.stat().st_size):>10}  {path}")
    sys.stdout.flush()
    return 0
