"""What pages need to know of persons. `actor_of` costs no query while nothing of the person's rights changed."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import reach
from cuspide.accounts.models import FactorRule, Membership, OpenSession, PasswordCode, Replacement, User, Workstation
from cuspide.accounts.permissions import STATIONS
from cuspide.accounts.rules import Powers, factor_rule
from cuspide.accounts.sources import Source, amount, sources_of
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages.addresses import address
from cuspide.core.reach import within
from cuspide.core.registry import BannerItem
from cuspide.core.rights import Role
from cuspide.practice.models import Practitioner, Site

_KEPT_LIMIT = 2_000


@dataclass
class _Kept:
    """What was read of a person, and what it amounted to when she last asked."""

    sources: Sequence[Source]
    powers: Powers


_kept: dict[tuple[int, int], _Kept] = {}


def powers_of(user: User) -> Powers:
    """The person's roles and rights now. What they are made of is kept in memory under the version that every change
    counts up; what time alone changes (the last day of a role, the end of an emergency access) asks no store."""
    now = clock.now()
    key = (user.pk, user.rights_version)
    kept = _kept.get(key)
    if kept is None:
        sources = sources_of([user])[user.pk]
        kept = _Kept(sources, amount(sources, now))
        if len(_kept) >= _KEPT_LIMIT:
            _kept.clear()
        _kept[key] = kept
    if not kept.powers.good_at(now):
        kept.powers = amount(kept.sources, now)
    return kept.powers


def forget_kept_rights() -> None:
    """Forget what is kept in memory; for tests, whose stores give the same numbers to other persons."""
    _kept.clear()


def actor_of(user: User, workstation: str = "") -> Actor:
    """The person as an actor."""
    held = powers_of(user)
    return Actor(
        user_id=user.pk,
        label=user.display_name,
        roles=held.roles,
        rights=held.rights,
        rights_by_site=held.rights_by_site,
        limited=held.limited,
        practitioner_id=user.practitioner_id or held.replaced,
        workstation=workstation,
        emergency_until=held.emergency.ends_at if held.emergency else None,
    )


def must_have_second_factor(user: User) -> bool:
    """Whether the person reaches nothing before a second factor is set up."""
    return powers_of(user).second_factor == "required"


def is_invited_to_second_factor(user: User) -> bool:
    """Whether the person is asked to set one up and has not yet."""
    return powers_of(user).second_factor == "invited" and not user.has_second_factor


def factor_rules() -> Mapping[Role, str]:
    """What is asked of each role."""
    said = dict(FactorRule.objects.values_list("role", "rule"))
    return {role: factor_rule(role, said.get(role.value)) for role in Role}


def open_sessions(user: User) -> Sequence[OpenSession]:
    """The sessions of somebody that are open now, the latest used first."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return list(OpenSession.objects.filter(user=user, session_key__in=alive))


def unused_since(instant: dt.datetime) -> Sequence[User]:
    """Open accounts with a password that nobody signed in to since then."""
    return list(
        User.objects.filter(is_active=True, created_at__lt=instant)
        .filter(Q(last_login__isnull=True) | Q(last_login__lt=instant))
        .order_by("display_name", "pk")[:50]
    )


def team(actor: Actor) -> Sequence[User]:
    """Everybody of the actor's sites with an account, with roles, contracts and open codes: four queries."""
    return list(
        User.objects.filter(reach.people(actor))
        .order_by("-is_active", "display_name", "pk")
        .prefetch_related(
            *_shown_roles(actor),
            Prefetch(
                "password_codes",
                PasswordCode.objects.filter(used_at__isnull=True, expires_at__gt=clock.now()),
                to_attr="open_codes",
            ),
        )
    )


def person(actor: Actor, person_uuid: uuid.UUID) -> User | None:
    """One person of the actor's sites with her roles and contracts there."""
    found = User.objects.filter(reach.people(actor), uuid=person_uuid)
    return found.prefetch_related(*_shown_roles(actor)).first()


def myself(user: User) -> User:
    """The person with all her own roles and contracts."""
    return User.objects.prefetch_related(*_shown_roles(Actor.system("own account"))).get(pk=user.pk)


def _shown_roles(actor: Actor) -> list[Prefetch]:
    shown = reach.roles(actor)
    return [
        Prefetch("memberships", Membership.objects.filter(shown).select_related("site")),
        Prefetch("replacements", Replacement.objects.filter(shown).select_related("site", "replaced")),
    ]


def other_active_owners(user: User) -> bool:
    """Whether an owner would remain without this person."""
    day = clock.today()
    others = Membership.objects.filter(role=Role.OWNER, site__isnull=True, user__is_active=True).exclude(user=user)
    return any(one.holds_on(day) for one in others.only("starts_on", "ends_on"))


def accounts_of_practitioners(
    actor: Actor, practitioners: Sequence[Practitioner]
) -> Mapping[int, Sequence[BannerItem]]:
    """The open accounts of dentists, those of the actor's sites: one query."""
    found: dict[int, list[BannerItem]] = {}
    people = User.objects.filter(reach.people(actor), is_active=True, practitioner__in=practitioners)
    for user in people.order_by("display_name", "pk"):
        item = BannerItem(_("Account"), user.display_name, url=address("accounts:person", uuid=user.uuid))
        found.setdefault(user.practitioner_id or 0, []).append(item)
    return found


def workstations(actor: Actor) -> Sequence[Workstation]:
    """The workstations in use at the actor's sites, with site and who was last there: one query."""
    return list(_stations_within(actor).select_related("site", "last_seen_by"))


def workstation(actor: Actor, station_uuid: uuid.UUID) -> Workstation | None:
    """One of them; of another site it is unknown."""
    return _stations_within(actor).select_related("site").filter(uuid=station_uuid).first()


def _stations_within(actor: Actor) -> QuerySet[Workstation]:
    reached = within(actor, STATIONS, practitioner="", patient="")
    return Workstation.objects.filter(reached, retired_at__isnull=True)


def first_site() -> Site | None:
    """The site that a form proposes."""
    return Site.objects.first()


def open_code(user: User) -> PasswordCode | None:
    """The one-time code that still waits to be used."""
    waiting = PasswordCode.objects.filter(user=user, used_at__isnull=True, expires_at__gt=clock.now())
    return waiting.order_by("-created_at").first()
