"""Where somebody's rights come from: each role, replacement and emergency access, with its reach and its last day.

What decides and what the owner is told on the page "Who may do what" are the same rows.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from cuspide.accounts.models import EmergencyAccess, FactorRule, Membership, Replacement, User
from cuspide.accounts.rules import Held, Opened, Powers, factor_rule, powers
from cuspide.core import clock, registry
from cuspide.core.rights import Role


@dataclass(frozen=True)
class Source:
    """One reason why somebody has rights: `held` a role or a replacement, else `opened` an emergency access. `row` is
    the record behind it."""

    row: Any
    held: Held | None = None
    opened: Opened | None = None

    def at(self, instant: dt.datetime) -> bool:
        return (self.held or self.opened).at(instant)  # type: ignore[union-attr]


def sources_of(users: Iterable[User]) -> Mapping[int, Sequence[Source]]:
    """Of each person (primary key) all that gives her rights, past and coming too. Four queries, for all of them;
    one more where an emergency access to a patient is open."""
    people = {user.pk: user for user in users}
    said = dict(FactorRule.objects.values_list("role", "rule"))
    rules = {role: factor_rule(role, said.get(role.value)) for role in Role}
    found: dict[int, list[Source]] = {key: [] for key in people}
    for membership in Membership.objects.filter(user_id__in=people).select_related("site").order_by("pk"):
        user = people[membership.user_id]
        if membership.own_agenda and user.practitioner_id is None:
            continue  # limited to an agenda that she does not have
        zone = membership.site.time_zone if membership.site else settings.TIME_ZONE
        own = user.practitioner_id if membership.own_agenda else None
        days = (membership.starts_on, membership.ends_on)
        role = Role(membership.role)
        held = Held(role, membership.site_id, *days, factor_rule=rules[role], practitioner=own, zone=zone)
        found[membership.user_id].append(Source(membership, held=held))
    contracts = Replacement.objects.filter(user_id__in=people, ended_at__isnull=True)
    for one in contracts.select_related("site", "replaced"):
        days = (one.starts_on, one.ends_on)
        held = Held(
            Role.DENTIST,
            one.site_id,
            *days,
            factor_rule=rules[Role.DENTIST],
            practitioner=one.replaced_id,
            zone=one.site.time_zone,
        )
        found[one.user_id].append(Source(one, held=held))
    accesses = list(EmergencyAccess.objects.filter(user_id__in=people, ended_at__isnull=True))
    leads = _leads(accesses)
    for access in accesses:
        span = (access.opened_at, access.ends_at)
        patient = leads.get(access.patient_uuid, access.patient_uuid)
        found[access.user_id].append(Source(access, opened=Opened(access.uuid, access.right, patient, *span)))
    return found


def _leads(accesses: Iterable[EmergencyAccess]) -> Mapping[Any, UUID]:
    """Where the old addresses lead that somebody opened: followed here, not when one is opened, since the answer would
    tell whether there is such a patient."""
    now = clock.now()
    names = [one.patient_uuid for one in accesses if one.patient_uuid is not None and one.ends_at > now]
    found: dict[Any, UUID] = {}
    for point in registry.patient_names if names else ():
        found |= point.follow(names)
    return found


def amount(sources: Iterable[Source], instant: dt.datetime) -> Powers:
    """What the sources amount to at an instant."""
    kept = list(sources)
    held = [source.held for source in kept if source.held is not None]
    return powers(held, instant, [source.opened for source in kept if source.opened is not None])
