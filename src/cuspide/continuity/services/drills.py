"""The way back, tried: what lies at a destination is brought to a scratch place and proved to be the practice."""

import datetime as dt
import random
import shutil
import threading

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.continuity import proving, restoring, secrets
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.permissions import RESTORE
from cuspide.continuity.services import envelope
from cuspide.continuity.services.copying import cache_of, under_way
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.keys import copies, sheet
from cuspide.core.pages.typography import moment

RECENT = dt.timedelta(days=30)
"""Of the copies of this time one is drawn: first a day, then one of its copies."""
READ_EVERY = dt.timedelta(days=7)
SHEET_EVERY = dt.timedelta(days=92)
_LOOK_S = 30.0


def ask_to_delete(destination: Destination) -> None:
    """Find out whether whoever takes this machine over can delete what lies at the place: an envelope of its own,
    the same as the last one, is put there and asked to be deleted. ResticError."""
    home, access = keystore.practice_home(), secrets.access_to(destination)
    destination.only_takes = not access.envelope().gives_up(envelope.put(home, access, copies.read(home)))
    destination.asked_at = clock.now()
    destination.save(update_fields=["only_takes", "asked_at"])


def try_the_way_back(destination: Destination, *, newest: bool = False) -> Run:
    """Bring back a recent copy, drawn by chance, and prove it. A Run that failed says why."""
    home = keystore.practice_home()
    chosen = _newest(destination) if newest else _drawn(destination)
    scratch = home.folder / "backup" / "trial"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        with under_way(destination, Kind.DRILL) as run:
            run.snapshot = chosen.snapshot
            ask_to_delete(destination)
            secrets.access_to(destination).practice(cache_of(home)).restore(chosen.snapshot, scratch)
            run.size = sum(one.stat().st_size for one in scratch.rglob("*") if one.is_file())
            proving.put_together(scratch)
            proof = proving.prove(home, scratch)
            run.said = gettext(
                "The copy of %(at)s is good: %(patients)d patients, %(entries)d entries of the trace and %(files)d "
                "files proved."
            ) % {
                "at": moment(chosen.started_at),
                "patients": proof.patients,
                "entries": proof.entries,
                "files": proof.files,
            }
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return run


def _newest(destination: Destination) -> Run:
    found = _copies(destination).order_by("-pk").first()
    if found is None:
        raise DomainError(_("Nothing was copied to this place yet."))
    return found


def _drawn(destination: Destination) -> Run:
    """Any recent one: a copy of three weeks ago has as much chance as those of the last hours."""
    chance = random.SystemRandom()
    begun = _copies(destination).filter(started_at__gt=clock.now() - RECENT).values_list("pk", "started_at")
    days: dict[dt.date, list[int]] = {}
    for pk, at in begun:
        days.setdefault(clock.local(at).date(), []).append(pk)
    if not days:
        return _newest(destination)
    return Run.objects.get(pk=chance.choice(days[chance.choice(sorted(days))]))


def _copies(destination: Destination) -> QuerySet[Run]:
    return Run.objects.filter(destination=destination, kind=Kind.COPY, outcome=Outcome.DONE)


def read_all(destination: Destination) -> Run:
    """Read every byte at the place. A Run that failed says why."""
    access = secrets.access_to(destination)
    with under_way(destination, Kind.READ) as run:
        access.practice().read_all()
        run.said = gettext("Every byte at this place was read and is what was written.")
    return run


def try_with_the_sheet(actor: Actor, destination: Destination, typed: str) -> Run:
    """Open the place's envelope with the escrow sheet alone, as on the worst day, and see that it brings this
    practice's key and the newest copy. `typed` is kept nowhere. A Run that failed says why."""
    actor.require_everywhere(RESTORE)
    home, access = keystore.practice_home(), secrets.access_to(destination)
    sheet.read(typed)  # a slip of the hand is no failure of the sheet: it is told with its line
    with under_way(destination, Kind.SHEET) as run:
        found = restoring.open_place(access.place, access.environment, lambda made: _key_by_sheet(made, typed))
        if keystore.key_id(found.master) != home.key_id:
            raise DomainError(_("The sheet opens another key than this practice's."))
        if not found.snapshots:
            raise DomainError(_("Nothing was copied to this place yet."))
        run.snapshot = found.snapshots[-1].id
        run.said = gettext("The sheet opens this place: key, password and %(count)d copies were found with it.") % {
            "count": len(found.snapshots)
        }
    trail.record(actor, "continuity.try_sheet", subject=destination, detail={"outcome": run.outcome})
    return run


def _key_by_sheet(made: tuple[copies.Copy, ...], typed: str) -> bytes:
    return keystore.from_text(copies.open_with_sheet(made, typed).decode("ascii"))


def reads_due(now: dt.datetime) -> list[Destination]:
    """Places that have copies and were not read whole within a week. Removable disks are read back each time."""
    read = Run.objects.filter(kind=Kind.READ, started_at__gt=now - READ_EVERY, started_at__lte=now)
    held = Run.objects.filter(kind=Kind.COPY, outcome=Outcome.DONE).values("destination")
    all_there = Destination.objects.filter(ended_at=None, disk_label="", pk__in=held)
    return list(all_there.exclude(pk__in=read.values("destination")))


def read_forever(stop: threading.Event) -> None:
    """Read what is due, until told to stop."""
    while not stop.wait(_LOOK_S):
        for one in reads_due(clock.now())[:1]:
            read_all(one)
