"""What pages need to know of persons. `actor_of` costs no query while nothing of the person's rights changed."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.contrib.sessions.models import Session
from django.db.models import OuterRef, Prefetch, Q, Subquery

from cuspide.accounts.models import FactorRule, Membership, OpenSession, PasswordCode, User, Workstation
from cuspide.accounts.rules import Held, Powers, factor_rule, powers
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role
from cuspide.practice.models import Site

_KEPT_LIMIT = 2_000
_kept: dict[tuple[int, int, dt.date], Powers] = {}


def powers_of(user: User) -> Powers:
    """The person's roles and rights today. Kept in memory under the version that every change counts up."""
    day = clock.today()
    key = (user.pk, user.rights_version, day)
    found = _kept.get(key)
    if found is None:
        said = FactorRule.objects.filter(role=OuterRef("role")).values("rule")[:1]
        rows = Membership.objects.filter(user_id=user.pk).values_list(
            "role", "site_id", "starts_on", "ends_on", Subquery(said)
        )
        found = powers(
            [
                Held(Role(role), site, starts, ends, factor_rule(Role(role), rule))
                for role, site, starts, ends, rule in rows
            ],
            day,
        )
        if len(_kept) >= _KEPT_LIMIT:
            _kept.clear()
        _kept[key] = found
    return found


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
        practitioner_id=user.practitioner_id,
        workstation=workstation,
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


def team() -> Sequence[User]:
    """Everybody with an account, with roles and open codes: three queries."""
    return list(
        User.objects.order_by("-is_active", "display_name", "pk").prefetch_related(
            Prefetch("memberships", Membership.objects.select_related("site")),
            Prefetch(
                "password_codes",
                PasswordCode.objects.filter(used_at__isnull=True, expires_at__gt=clock.now()),
                to_attr="open_codes",
            ),
        )
    )


def person(person_uuid: uuid.UUID) -> User | None:
    """One person with her roles."""
    return (
        User.objects.filter(uuid=person_uuid)
        .prefetch_related(Prefetch("memberships", Membership.objects.select_related("site")))
        .first()
    )


def other_active_owners(user: User) -> bool:
    """Whether an owner would remain without this person."""
    day = clock.today()
    others = Membership.objects.filter(role=Role.OWNER, site__isnull=True, user__is_active=True).exclude(user=user)
    return any(one.holds_on(day) for one in others.only("starts_on", "ends_on"))


def workstations() -> Sequence[Workstation]:
    """All workstations in use, with site and who was last there: one query."""
    return list(Workstation.objects.filter(retired_at__isnull=True).select_related("site", "last_seen_by"))


def first_site() -> Site | None:
    """The site that a form proposes."""
    return Site.objects.first()


def open_code(user: User) -> PasswordCode | None:
    """The one-time code that still waits to be used."""
    waiting = PasswordCode.objects.filter(user=user, used_at__isnull=True, expires_at__gt=clock.now())
    return waiting.order_by("-created_at").first()
