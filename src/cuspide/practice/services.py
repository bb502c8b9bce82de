"""How a practice comes into being."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors, Sentence
from cuspide.formats import rpps as formats_rpps
from cuspide.formats.errors import FormatError
from cuspide.practice.models import Chair, LegalEntity, OpeningHours, Practitioner, Room, Site
from cuspide.practice.permissions import CHANGE

_NAME_LIMIT = 80
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
    actor: Actor, *, site: Site, family_name: str, given_name: str, rpps: str = "", am_number: str = "", tint: int = 1
) -> Practitioner:
    """Add a dentist who bills through the entity of the site. FieldErrors for a number or a name that cannot be one."""
    actor.require(CHANGE, site.pk)
    family_name, given_name = " ".join(family_name.split()), " ".join(given_name.split())
    errors: dict[str, Sentence] = {}
    for field, name in (("family_name", family_name), ("given_name", given_name)):
        if not name or len(name) > _NAME_LIMIT or not name.isprintable():
            errors[field] = _("A practitioner has a family name and a given name, each of at most 80 characters.")
    if rpps.strip():
        try:
            rpps = formats_rpps.parse(rpps)
        except FormatError:
            errors["rpps"] = _("This is no RPPS number: eleven digits, the last one a check digit.")
        else:
            if Practitioner.objects.filter(rpps=rpps).exists():
                errors["rpps"] = _("A practitioner of the practice has this RPPS number already.")
    am_number = "".join(am_number.split())
    if am_number and not (am_number.isascii() and am_number.isdigit() and len(am_number) == _AM_NUMBER_LENGTH):
        errors["am_number"] = _("This is no AM number (the billing number of health insurance): nine digits.")
    if errors:
        raise FieldErrors(errors)
    practitioner = Practitioner.objects.create(
        family_name=family_name,
        given_name=given_name,
        rpps=rpps.strip(),
        am_number=am_number,
        tint=tint,
        entity=site.entity,
    )
    trail.record(actor, "practice.add_practitioner", subject=practitioner, site_id=site.pk)
    return practitioner
