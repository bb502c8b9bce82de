"""Removable disks in rotation: written and read back when they are plugged in, and wanted unplugged afterwards."""

import datetime as dt
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.continuity import disks
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.services import destinations, drills, rounds
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors, Refusal

logger = logging.getLogger("cuspide.backup")

_LOOK_S = 5.0
_AGAIN = dt.timedelta(minutes=30)
"""After a copy or a reading back that failed it is tried again."""


@dataclass(frozen=True)
class Turn:
    """How it stands with one disk, in its rotation."""

    disk: Destination
    copied_at: dt.datetime | None
    """the last copy that was done"""
    read_at: dt.datetime | None
    """the last one that was brought back from it and proved"""
    failure: str = ""
    """why what was tried last, since it was plugged in, failed"""

    @property
    def plugged(self) -> bool:
        return self.disk.plugged_at is not None

    @property
    def done(self) -> bool:
        """Written and read back since it was plugged in: it is to be unplugged."""
        since = self.disk.plugged_at
        return since is not None and all(at is not None and at >= since for at in (self.copied_at, self.read_at))

    @property
    def forgotten(self) -> bool:
        """Plugged in for longer than is allowed: whoever takes this machine over takes the disk too. One that cannot be
        written has a day more."""
        allowed = dt.timedelta(hours=self.disk.disk_allowed_hours + (0 if self.done else 24))
        since = self.read_at if self.done else self.disk.plugged_at
        return since is not None and clock.now() - since > allowed

    @property
    def due_at(self) -> dt.datetime:
        """When it is wanted again."""
        every = dt.timedelta(days=self.disk.disk_every_days)
        return self.disk.created_at if self.copied_at is None else self.copied_at + every

    @property
    def due(self) -> bool:
        """Wanted today: a day on the wall, so that it is asked for in the morning."""
        return not self.done and clock.local(self.due_at).date() <= clock.today()

    @property
    def late(self) -> bool:
        return not self.done and clock.now() - self.due_at > dt.timedelta(days=1)

    @property
    def said(self) -> Mapping[str, Any]:
        """Tone and sentence of a disk, for page, `check` and the strip."""
        words = {"name": self.disk.name, "said": self.failure}
        if self.forgotten:
            return {
                "tone": "danger",
                "text": _("Unplug %(name)s: it has been plugged in for longer than allowed.") % words,
            }
        if self.done:
            return {"tone": "sound", "text": _("You may unplug %(name)s: it is written and read back.") % words}
        if self.failure:
            return {"tone": "danger", "text": _("%(name)s could not be written or read back. %(said)s") % words}
        if self.plugged:
            return {"tone": "info", "text": _("%(name)s is being written and read back. Leave it plugged in.") % words}
        if self.late:
            return {"tone": "danger", "text": _("%(name)s is missing: plug it in.") % words}
        if self.due:
            return {"tone": "watch", "text": _("%(name)s is due today: plug it in.") % words}
        return {"tone": "sound", "text": _("%(name)s is unplugged, out of reach.") % words}


def turns() -> list[Turn]:
    """Every removable disk in use, what is due longest first. One query and three a disk."""
    found = [_turn(one) for one in Destination.objects.filter(ended_at=None).exclude(disk_label="")]
    return sorted(found, key=lambda one: (one.due_at, one.disk.name))


def _turn(disk: Destination) -> Turn:
    runs = Run.objects.filter(destination=disk).order_by("-started_at", "-pk")
    done = runs.filter(outcome=Outcome.DONE)
    begun = {kind: done.filter(kind=kind).values_list("started_at", flat=True).first() for kind in Kind.values}
    last = runs.filter(started_at__gte=disk.plugged_at).first() if disk.plugged_at else None
    return Turn(disk, begun[Kind.COPY], begun[Kind.DRILL], last.said if last and last.outcome == Outcome.FAILED else "")


def add(actor: Actor, name: str, label: str, every_days: int = 7, allowed_hours: int = 4) -> Destination:
    """A removable disk that is plugged in joins the rotation. FieldErrors or DomainError when it is not there, or is
    known already, or holds something else."""
    label = label.strip()
    where = disks.mounted(label) if label else None
    if where is None:
        raise FieldErrors({"label": _("No disk of this label is plugged in and mounted.")})
    if Destination.objects.filter(disk_label=label, ended_at=None).exists():
        raise FieldErrors({"label": _("A disk of this label is known already: give each disk a label of its own.")})
    turn: dict[str, Any] = {"disk_label": label, "disk_every_days": every_days, "disk_allowed_hours": allowed_hours}
    return destinations.add(actor, name, str(where / disks.FOLDER), **turn)


def look() -> list[Destination]:
    """Note which disks were plugged in or unplugged since the last look; those that are there."""
    there = []
    for one in Destination.objects.filter(ended_at=None).exclude(disk_label=""):
        plugged = disks.mounted(one.disk_label) is not None
        if plugged != (one.plugged_at is not None):
            one.plugged_at = clock.now() if plugged else None
            one.save(update_fields=["plugged_at"])
        if plugged:
            there.append(one)
    return there


def serve(disk: Destination) -> None:
    """Write what is due on a disk that is plugged in, and read it back: all of its last copy, as on the worst day."""
    turn = _turn(disk)
    if turn.done or disk.plugged_at is None or _failed_lately(disk):
        return
    if turn.copied_at is None or turn.copied_at < disk.plugged_at:
        (run,) = rounds.copy(keystore.practice_home(), [disk])
        if run.outcome != Outcome.DONE:
            return
    if hasattr(os, "sync"):
        os.sync()
    drills.try_the_way_back(disk, newest=True)


def _failed_lately(disk: Destination) -> bool:
    return Run.objects.filter(
        destination=disk, outcome=Outcome.FAILED, started_at__gt=clock.now() - _AGAIN, started_at__gte=disk.plugged_at
    ).exists()


def run_forever(stop: threading.Event) -> None:
    """Look for disks and serve those that are there, until told to stop."""
    if keystore.practice_home().engine != "sqlite":
        return
    while not stop.wait(_LOOK_S):
        for disk in look():
            try:
                serve(disk)
            except Refusal as error:
                logger.error("disk could not be served: %s", type(error).__name__)
                stop.wait(_LOOK_S)


def wanted() -> list[Mapping[str, Any]]:
    """What somebody has to do with the disks now, what is worst first."""
    said = [turn.said for turn in turns() if turn.forgotten or turn.done or turn.failure or turn.due]
    return sorted(said, key=lambda one: ("danger", "watch", "sound", "info").index(one["tone"]))
