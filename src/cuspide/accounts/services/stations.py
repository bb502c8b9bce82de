"""Every change of a workstation: named, changed, retired."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import stations
from cuspide.accounts.models import Seat, User, Workstation
from cuspide.accounts.models.stations import LONGEST_LOCK_MINUTES, STATION_NAME_LIMIT
from cuspide.accounts.permissions import STATIONS
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.editing import update_versioned
from cuspide.core.errors import FieldErrors
from cuspide.core.submissions import once
from cuspide.practice.models import Site


@dataclass(frozen=True)
class Described:
    """What a workstation is called and how it behaves; `lock_after` in minutes."""

    name: str
    kind: str
    site: Site
    lock_after: int
    shows: str


@transaction.atomic
def name_workstation(
    actor: Actor, wanted: Described, *, sessions: Sequence[str] = (), submission: UUID | None = None
) -> tuple[Workstation, str]:
    """Make a browser a workstation; the token that it keeps from now on. `sessions` are those open in it."""
    actor.require_on(STATIONS, site=wanted.site.pk)
    values = _checked(wanted)

    def make() -> Workstation:
        station = _written(lambda: Workstation.objects.create(**values, digest=stations.digest(stations.new_token())))
        trail.record(
            actor, "accounts.name_workstation", subject=station, site_id=station.site_id, detail=_told(station)
        )
        return station

    said = [str(values[key]) for key in sorted(values)]
    station, _made = once(submission, "accounts.workstation", make, Workstation, actor=actor, said=said)
    # Sent twice, the browser may have got either answer: the later one counts.
    token = stations.new_token()
    station.digest = stations.digest(token)
    station.save(update_fields=["digest"])
    Seat.objects.filter(session_key__in=sessions, ended_at__isnull=True).update(workstation=station)
    return station, token


@transaction.atomic
def change_workstation(actor: Actor, station: Workstation, wanted: Described, version: int) -> Workstation:
    """Rename a workstation, or have it lock sooner or later. EditConflict when somebody else saved first."""
    actor.require_on(STATIONS, site=station.site_id)
    actor.require_on(STATIONS, site=wanted.site.pk)
    before = _told(station)
    changes = _checked(wanted)
    changed = _written(lambda: update_versioned(station, changes, version))
    trail.record(
        actor,
        "accounts.change_workstation",
        subject=changed,
        site_id=changed.site_id,
        detail={"before": before, "after": _told(changed)},
    )
    return changed


@transaction.atomic
def retire_workstation(actor: Actor, station: Workstation) -> None:
    """The browser is nobody's from now on: its cookie counts for nothing, and every session in it ends."""
    actor.require_on(STATIONS, site=station.site_id)
    now = clock.now()
    if not Workstation.objects.filter(pk=station.pk, retired_at__isnull=True).update(
        retired_at=now, version=F("version") + 1
    ):
        return
    open_there = Seat.objects.filter(workstation=station, ended_at__isnull=True)
    Session.objects.filter(session_key__in=list(open_there.values_list("session_key", flat=True))).delete()
    open_there.update(ended_at=now)
    trail.record(actor, "accounts.retire_workstation", subject=station, site_id=station.site_id)


def seen(station: Workstation, user: User, address: str) -> None:
    """Somebody works there now. Not traced: what she does is."""
    now = clock.now()
    fresh = station.last_seen_at is not None and dt.timedelta() <= now - station.last_seen_at < dt.timedelta(minutes=1)
    if fresh and station.last_seen_by_id == user.pk:
        return
    Workstation.objects.filter(pk=station.pk).update(last_seen_at=now, last_seen_by=user, last_address=address[:45])


def _checked(wanted: Described) -> dict[str, Any]:
    name = " ".join(unicodedata.normalize("NFC", wanted.name).split())
    errors: dict[str, Any] = {}
    if not name:
        errors["name"] = _("Write the workstation's name.")
    elif len(name) > STATION_NAME_LIMIT:
        errors["name"] = _("This name is too long.")
    elif any(unicodedata.category(sign)[0] == "C" for sign in name):
        errors["name"] = _("This name holds signs that cannot be read.")
    if wanted.kind not in Workstation.Kind.values:
        errors["kind"] = _("Choose what the workstation is for.")
    if not 1 <= wanted.lock_after <= LONGEST_LOCK_MINUTES:
        errors["lock_after"] = _("Between 1 and 120 minutes.")
    if wanted.shows not in Workstation.Shows.values:
        errors["shows"] = _("Choose what stays in sight.")
    elif wanted.shows != Workstation.Shows.NOTHING and wanted.kind != Workstation.Kind.CHAIRSIDE:
        errors["shows"] = _("Only at the chair may something stay in sight.")
    if errors:
        raise FieldErrors(errors)
    return {
        "name": name,
        "kind": wanted.kind,
        "site": wanted.site,
        "lock_after": wanted.lock_after,
        "shows": wanted.shows,
    }


def _written(write: Any) -> Workstation:
    try:
        with transaction.atomic():
            made: Workstation = write()
            return made
    except IntegrityError:
        raise FieldErrors({"name": _("Another workstation of this site has this name.")}) from None


def _told(station: Workstation) -> dict[str, Any]:
    return {"name": station.name, "kind": station.kind, "lock_after": station.lock_after, "shows": station.shows}
