"""Replacements: contracts that open a dentist's agenda and patients to another, and end by themselves."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cuspide.accounts.models import Replacement, User
from cuspide.accounts.permissions import TEAM
from cuspide.accounts.services.team import count_up
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.formats import rpps
from cuspide.formats.errors import FormatError
from cuspide.practice.models import Practitioner, Site

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def add_replacement(
    actor: Actor,
    user: User,
    *,
    replaced: Practitioner,
    site: Site,
    starts_on: dt.date,
    ends_on: dt.date,
    executant_rpps: str,
) -> Replacement:
    """Let somebody work in a dentist's place at a site, until the last day's midnight there. FieldErrors."""
    actor.require(TEAM, site.pk)
    errors: dict[str, object] = {}
    number = "".join(executant_rpps.split())
    try:
        number = rpps.parse(executant_rpps)
    except FormatError:
        errors["executant_rpps"] = _("This is no RPPS number: eleven digits, the last one a check digit.")
    if ends_on < starts_on:
        errors["ends_on"] = _("The last day is before the first.")
    elif ends_on - starts_on > LONGEST:
        errors["ends_on"] = _("A contract of replacement lasts a year at most; make another one afterwards.")
    elif ends_on < clock.today(site.time_zone):
        errors["ends_on"] = _("This day is past.")
    if user.practitioner_id == replaced.pk:
        errors["replaced"] = _("Nobody replaces herself.")
    elif number and number == replaced.rpps:
        errors["executant_rpps"] = _("This is the RPPS number of the dentist who is replaced.")
    if not errors and _standing(user, replaced, site).filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        errors["starts_on"] = _("The person already replaces this dentist on some of these days.")
    if errors:
        raise FieldErrors(errors)
    made = Replacement.objects.create(
        user=user,
        replaced=replaced,
        site=site,
        starts_on=starts_on,
        ends_on=ends_on,
        executant_rpps=number,
        billing_number=replaced.am_number,
    )
    count_up(user)
    trail.record(
        actor,
        "accounts.add_replacement",
        subject=user,
        site_id=site.pk,
        detail={"practitioner": str(replaced.uuid), "starts_on": starts_on, "ends_on": ends_on},
    )
    return made


@transaction.atomic
def end_replacement(actor: Actor, user: User, public: uuid.UUID) -> None:
    """End a contract before its last day, at once on every workstation. DomainError when it has ended already."""
    found = locks.held(Replacement.objects).select_related("site", "replaced")
    contract = found.filter(uuid=public, user=user).first()
    if contract is None or not actor.can(TEAM, contract.site_id):
        raise DomainError(_("There is no such replacement."))
    if contract.ended_at is not None or contract.ends_on < clock.today(contract.site.time_zone):
        raise DomainError(_("This replacement has ended already."))
    contract.ended_at = clock.now()
    contract.save(update_fields=["ended_at"])
    count_up(user)
    trail.record(
        actor,
        "accounts.end_replacement",
        subject=user,
        site_id=contract.site_id,
        detail={"practitioner": str(contract.replaced.uuid), "ends_on": contract.ends_on},
    )


def _standing(user: User, replaced: Practitioner, site: Site) -> QuerySet[Replacement]:
    return Replacement.objects.filter(user=user, replaced=replaced, site=site, ended_at__isnull=True)
