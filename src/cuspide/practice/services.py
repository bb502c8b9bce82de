"""How a practice comes into being, and how its practitioners are kept."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.editing import update_versioned
from cuspide.core.errors import DomainError, FieldErrors, Sentence
from cuspide.core.submissions import once
from cuspide.formats import rpps as formats_rpps
from cuspide.formats.errors import FormatError
from cuspide.practice import selectors
from cuspide.practice.models import TINTS, Chair, LegalEntity, OpeningHours, Practitioner, Room, Site
from cuspide.practice.permissions import CHANGE

_NAME_LIMIT = 80
_TITLE_LIMIT = 20
_AM_NUMBER_LENGTH = 9
_USUAL_WEEK = [(day, opens, closes) for day in range(5) for opens, closes in (((8, 30), (12, 30)), ((14, 0), (19, 0)))]


@transaction.atomic
def create_practice(actor: Actor, *, name: str, chairs: int = 1, time_zone: str = "Europe/Paris") -> Site:
    """Make the first entity, its site, its chairs and the usual hours of a week."""
    actor.require_everywhere(CHANGE)
    entity = LegalEntity.objects.create(name=name)
    site = Site.objects.create(name=name, entity=entity, time_zone=time_zone)
    for number in range(1, chairs + 1):
        room = Room.objects.create(site=site, name=f"Cabinet {number}")
        Chair.objects.create(site=site, room=room, name=f"Fauteuil {number}", position=number)
    for day, opens, closes in _USUAL_WEEK:
        OpeningHours.objects.create(site=site, weekday=day, opens=dt.time(*opens), closes=dt.time(*closes))
    trail.record(actor, "practice.create", subject=site, site_id=site.pk, detail={"chairs": chairs})
    return site


@transaction.atomic
def add_practitioner(
    actor: Actor,
    *,
    entity: LegalEntity,
    family_name: str,
    given_name: str,
    title: str = "Dr",
    specialty: str = Practitioner.Specialty.GENERAL,
    rpps: str = "",
    am_number: str = "",
    tint: int | None = None,
    submission: UUID | None = None,
) -> Practitioner:
    """Add a dentist who bills through the entity, in the least used colour unless one is named.

    FieldErrors for a number or a name that cannot be one. A form sent twice adds one.
    """
    selectors.require_on(actor, entity)
    values = _checked(
        {
            "entity": entity,
            "family_name": family_name,
            "given_name": given_name,
            "title": title,
            "specialty": specialty,
            "rpps": rpps,
            "am_number": am_number,
            "tint": tint or selectors.least_used_tint(),
        }
    )

    def make() -> Practitioner:
        _refuse_known_rpps(values["rpps"])
        made = Practitioner.objects.create(**values)
        trail.record(actor, "practice.add_practitioner", subject=made)
        return made

    said = [str(values[name]) for name in sorted(values) if name != "tint" or tint]
    made, _now = once(submission, "practice.practitioner", make, Practitioner, actor=actor, said=said, known_as=str)
    return made


@transaction.atomic
def change_practitioner(actor: Actor, practitioner: Practitioner, typed: Mapping[str, Any], version: int) -> bool:
    """Correct names, numbers, colour or entity, all of them given; whether anything changed.

    What was issued keeps what it said. FieldErrors; EditConflict when somebody else saved first.
    """
    selectors.require_on(actor, practitioner.entity)
    selectors.require_on(actor, typed["entity"])
    values = _checked(typed)
    changes = {name: value for name, value in values.items() if getattr(practitioner, name) != value}
    if not changes:
        return False
    before = _told(practitioner, changes)
    if "rpps" in changes:
        _refuse_known_rpps(values["rpps"], but=practitioner)
    changed = update_versioned(practitioner, changes, version)
    trail.record(
        actor,
        "practice.change_practitioner",
        subject=changed,
        detail={"before": before, "after": _told(changed, changes)},
    )
    return True


@transaction.atomic
def retire_practitioner(actor: Actor, practitioner: Practitioner) -> None:
    """No new appointment and no new act is offered in this name any more. What was done and booked stays."""
    _set_active(actor, practitioner, "practice.retire_practitioner", active=False)


@transaction.atomic
def bring_back_practitioner(actor: Actor, practitioner: Practitioner) -> None:
    """A practitioner who had left works here again."""
    _set_active(actor, practitioner, "practice.bring_back_practitioner", active=True)


def _set_active(actor: Actor, practitioner: Practitioner, action: str, *, active: bool) -> None:
    selectors.require_on(actor, practitioner.entity)
    found = Practitioner.objects.filter(pk=practitioner.pk, is_active=not active)
    if found.update(is_active=active, version=F("version") + 1):
        trail.record(actor, action, subject=practitioner)


def _checked(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the store is to hold. FieldErrors."""
    values = dict(typed)
    errors: dict[str, Sentence] = {}
    for name in ("title", "family_name", "given_name"):
        values[name] = " ".join(str(typed[name]).split())
    for name in ("family_name", "given_name"):
        if not values[name] or len(values[name]) > _NAME_LIMIT or not values[name].isprintable():
            errors[name] = _("A practitioner has a family name and a given name, each of at most 80 characters.")
    if not values["title"] or len(values["title"]) > _TITLE_LIMIT or not values["title"].isprintable():
        errors["title"] = _("A title has 1 to 20 characters, such as Dr.")
    if values["specialty"] not in Practitioner.Specialty.values:
        errors["specialty"] = _("Choose the speciality.")
    if values["tint"] not in TINTS:
        errors["tint"] = _("Choose the colour.")
    values["rpps"] = str(typed["rpps"]).strip()
    if values["rpps"]:
        try:
            values["rpps"] = formats_rpps.parse(values["rpps"])
        except FormatError:
            errors["rpps"] = _("This is no RPPS number: eleven digits, the last one a check digit.")
    values["am_number"] = number = "".join(str(typed["am_number"]).split())
    if number and not (number.isascii() and number.isdigit() and len(number) == _AM_NUMBER_LENGTH):
        errors["am_number"] = _("This is no AM number (the billing number of health insurance): nine digits.")
    if errors:
        raise FieldErrors(errors)
    return values


def _refuse_known_rpps(rpps: str, but: Practitioner | None = None) -> None:
    """One person, one number: two who add the same at once wait for each other here."""
    list(locks.held(LegalEntity.objects).order_by("pk"))
    other = Practitioner.objects.filter(rpps=rpps).first() if rpps else None
    if other is None or other == but:
        return
    said = (
        _("%(name)s has this RPPS number already.")
        if other.is_active
        else _("This is the RPPS number of %(name)s, who has left: bring that practitioner back.")
    )
    raise FieldErrors({"rpps": DomainError(said, {"name": other.full_name})})


def _told(practitioner: Practitioner, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(getattr(practitioner, name)) for name in sorted(names)}
