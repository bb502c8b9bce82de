"""The practice's store exchanged for the one of an earlier point, and the way back from that."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.audit.models import Head
from cuspide.continuity import switching
from cuspide.continuity.models import Destination
from cuspide.continuity.permissions import RESTORE
from cuspide.continuity.services import beside
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.db.errors import StoreError
from cuspide.core.errors import DomainError
from cuspide.core.home import Home
from cuspide.core.models import OutboxMessage
from cuspide.core.moving import aside, target
from cuspide.core.service import pulse

State = OutboxMessage.State
_UNTOUCHED = {"id", "uuid"}


def to_the_point(actor: Actor) -> None:
    """Decide that the practice goes on from the point that lies beside it. It is done by whoever opens the practice
    next and has it alone (`switching.settle`)."""
    actor.require_everywhere(RESTORE)
    home = keystore.practice_home()
    point = beside.standing(home)
    if point is None:
        raise DomainError(_("Nothing lies beside the practice. Bring a point back first."))
    if point.older:
        raise DomainError(
            _(
                "This point is of an earlier version of the program. It comes back to an empty folder: “cuspide "
                "restore”, then “cuspide upgrade”."
            )
        )
    _give_files(home, point.folder)
    _decide(actor, home, point.folder / "store.sqlite3", {"at": point.at, "place": point.place, "back": False})


def back(actor: Actor) -> None:
    """Decide that the practice takes up again the store from before the last switch. What was written since the switch
    stays aside in its turn."""
    actor.require_everywhere(RESTORE)
    home = keystore.practice_home()
    said = switching.last(home)
    if said is None:
        raise DomainError(_("There is no store from before a switch."))
    _decide(actor, home, said["path"], {"at": said["at"], "place": said["place"], "back": not said["back"]})


def start_anew(home: Home) -> None:
    """Ask the service to end its parts and begin again, on Linux; the supervisor does what was decided."""
    for one in pulse.heard(home):
        if one.key == pulse.SUPERVISOR:
            os.kill(one.pid, signal.SIGTERM)


def _decide(actor: Actor, home: Home, coming: Path, said: dict[str, Any]) -> None:
    living = _Living.read()
    try:
        head = Head.objects.values_list("sequence", "chain").first()
    except (DatabaseError, StoreError):
        head = None
    detail = said | {"entry": head[0] if head else 0, "chain": bytes(head[1]).hex() if head else ""}
    store = target.opened(home, coming)
    with target.standing_in(store), transaction.atomic():
        living.carry()
        trail.record(actor, "continuity.switch", detail=detail)
    aside.close_whole(store, coming)
    try:
        with transaction.atomic():
            trail.record(actor, "continuity.decide_switch", detail=said)
    except (DatabaseError, StoreError):
        pass  # it is damaged: that is why somebody leaves it
    switching.decide(home, coming, said | {"decided_at": clock.now().isoformat(), "by": actor.label})


def _give_files(home: Home, folder: Path) -> None:
    """What the point has and the living practice has no more, or has otherwise."""
    for one in (folder / "blobs").glob("*/*"):
        living = home.blob_folder / one.parent.name / one.name
        if not living.exists() or living.stat().st_size != one.stat().st_size:
            living.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            half = living.with_name(living.name + ".half")
            half.unlink(missing_ok=True)
            beside.link(one, half)
            half.replace(living)


class _Living:
    """What the store that comes must know of the one that goes: the places of backups with what opens them, and which
    messages left meanwhile, so that none goes out twice."""

    def __init__(self, places: Iterable[Destination], messages: dict[str, tuple[Any, ...]]) -> None:
        self.places, self.messages = list(places), messages

    @classmethod
    def read(cls) -> "_Living":
        try:
            rows = OutboxMessage.objects.values_list("key", "state", "sent_at", "last_error")
            told = {row[0]: row[1:] for row in rows.iterator()}
            return cls(Destination.objects.order_by("ended_at"), told)
        except (DatabaseError, StoreError):
            return cls([], {})

    def carry(self) -> None:
        if self.places:
            self._carry_places()
        for message in OutboxMessage.objects.filter(state__in=[State.WAITING, State.SENDING]):
            state, sent_at, error = self.messages.get(message.key, (State.UNCERTAIN, None, ""))
            message.state, message.sent_at, message.last_error = state, sent_at, error
            message.save(update_fields=["state", "sent_at", "last_error"])

    def _carry_places(self) -> None:
        names = [one.attname for one in Destination._meta.concrete_fields if one.name not in _UNTOUCHED]
        there = {one.uuid: one for one in Destination.objects.all()}
        Destination.objects.filter(ended_at=None).update(ended_at=clock.now())  # their names are free again
        for one in self.places:
            row = there.get(one.uuid) or Destination(uuid=one.uuid)
            for name in names:
                setattr(row, name, getattr(one, name))
            row.save()
