"""Where copies go: said by whoever may, once the place has taken a repository."""

import secrets as chance
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.continuity import secrets
from cuspide.continuity.models import Destination
from cuspide.continuity.permissions import SET_UP
from cuspide.continuity.restic import shown
from cuspide.continuity.services import envelope
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.home import Home


def add(
    actor: Actor, name: str, place: str, environment: Mapping[str, str] | None = None, **rotation: Any
) -> Destination:
    """A new destination, with an empty repository of its own; `rotation` are the columns of a removable disk.
    DomainError when the name is taken, or the place is no place for a backup or does not take one."""
    actor.require_everywhere(SET_UP)
    home = keystore.practice_home()
    name = name.strip()
    if not name:
        raise DomainError(_("Give the place a name, “Disk A” say."))
    if Destination.objects.filter(name=name, ended_at=None).exists():
        raise DomainError(_("There is a place of this name already."))
    refuse_inside(home, place)
    access = secrets.Access(place, chance.token_urlsafe(32), dict(environment or {}))
    access.practice().make()
    # Before the row: from there on the background copies to it.
    digest = envelope.renewed(home, access, "")
    with transaction.atomic():
        made = Destination.objects.create(
            name=name,
            place=shown(place),
            sealed=secrets.sealed(access, keystore.derive(secrets.LABEL)),
            envelope_digest=digest,
            created_by=actor.label,
            **rotation,
        )
        trail.record(actor, "continuity.add_place", subject=made, detail={"name": name, "place": made.place})
    return made


def end(actor: Actor, destination: Destination) -> None:
    """No more copies go there. What lies there stays: Cuspide deletes no backup."""
    actor.require_everywhere(SET_UP)
    with transaction.atomic():
        if not Destination.objects.filter(pk=destination.pk, ended_at=None).update(ended_at=clock.now()):
            raise DomainError(_("This place is no longer in use."))
        trail.record(actor, "continuity.end_place", subject=destination, detail={"name": destination.name})


def refuse_inside(home: Home, place: str) -> None:
    """A folder must be named whole, and must not lie in the practice's own: with that it would be lost."""
    if ":" in place.split("/", 1)[0] and not (len(place) > 1 and place[1] == ":"):
        return
    folder = Path(place)
    if not folder.is_absolute():
        raise DomainError(
            _("Name the folder with its whole path, or a place as restic names it (rest:…, sftp:…, s3:…).")
        )
    if folder.resolve().is_relative_to(home.folder.resolve()) or home.folder.resolve().is_relative_to(folder.resolve()):
        raise DomainError(_("A backup inside the practice's own folder is lost with it. Name another place."))
