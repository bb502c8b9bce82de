"""Who may do what, and why: the rights of each role, each person's own with where they come from and until when."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cuspide.accounts import reach
from cuspide.accounts.models import Replacement, User
from cuspide.accounts.sources import Source, amount, sources_of
from cuspide.core import clock
from cuspide.core.actor import Actor, Limited
from cuspide.core.rights import EVERYWHERE, ROLE_LABELS, Right, Role, declared, rights_of


@dataclass(frozen=True)
class Why:
    """One reason, in words: a role or a contract, where it holds, on whose work, until which day."""

    what: Any
    where: Any
    limit: str = ""
    until: dt.date | dt.datetime | None = None
    is_emergency: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody of the team: why she has rights, and which, room by room."""

    user: User
    whys: Sequence[Why]
    groups: Sequence[tuple[Any, Sequence[Any]]]


@dataclass(frozen=True)
class Granted:
    """A person, her sources that hold now, each with its reach and rights."""

    user: User
    sources: Sequence[tuple[Why, Limited]]


def room_of(code: str) -> Any:
    """The room a right belongs to, as the owner knows it."""
    rooms = {
        "accounts": _("Team"), "agenda": _("Agenda"), "audit": _("Trace"), "billing": _("Billing"), "care": _("Care"),
        "continuity": _("Backups"), "core": _("Service"), "nomenclature": _("Nomenclature"), "patients": _("Patients"),
        "portability": _("Import and export"), "practice": _("Practice"),
    }  # fmt: skip
    return rooms[code.split(".")[0]]


def _by_room(codes: frozenset[str]) -> list[tuple[Any, list[Right]]]:
    rooms: dict[Any, list[Right]] = {}
    for code, right in declared().items():
        if code in codes:
            rooms.setdefault(room_of(code), []).append(right)
    return list(rooms.items())


def roles_by_room() -> list[tuple[Any, list[tuple[Right, list[bool]]]]]:
    """Rooms, in each the rights, of each whether every role has it in the order of the roles."""
    everything = _by_room(frozenset(declared()))
    return [
        (room, [(right, [role in right.roles for role in Role]) for right in rights]) for room, rights in everything
    ]


def granted(actor: Actor) -> list[Granted]:
    """Everybody of the actor's sites with an open account, and what gives her rights now. Four queries."""
    users = list(User.objects.filter(reach.people(actor), is_active=True).order_by("display_name", "pk"))
    sites, now = reach.sites_of(actor), clock.now()
    sources = sources_of(users)
    found = []
    for user in users:
        powers = amount(sources[user.pk], now)
        shown: list[tuple[Why, Limited]] = []
        for one in sources[user.pk]:
            if one.held is not None and one.at(now) and _is_shown(one.held.site, sites):
                rights = rights_of(one.held.role, whole=one.held.reach == EVERYWHERE)
                shown.append((_why(one), Limited(one.held.reach, rights)))
            elif one.opened is not None and one.opened == powers.emergency:
                shown.append((_why(one), powers.limited[-1]))
        found.append(Granted(user, shown))
    return found


def _is_shown(site: int | None, sites: set[int] | None) -> bool:
    """What an owner of one site is told: of her site and of all sites, nothing of another."""
    return sites is None or site is None or site in sites


def _why(source: Source) -> Why:
    row = source.row
    if source.opened is not None:
        right = declared().get(source.opened.right)
        where = right.label if right is not None else _("One patient’s record")
        return Why(_("Emergency access"), where, until=source.opened.ends_at, is_emergency=True)
    if isinstance(row, Replacement):
        what = _("Replaces %(dentist)s") % {"dentist": row.replaced}
        return Why(what, row.site.name, _("her agenda and her patients only"), row.ends_on)
    where = row.site.name if row.site else _("All sites")
    limit = _("her own agenda and patients only") if row.own_agenda else ""
    return Why(ROLE_LABELS[Role(row.role)], where, limit, row.ends_on)


def persons(actor: Actor) -> list[Person]:
    """Each person with her reasons and the rights they give, room by room."""
    found = []
    for one in granted(actor):
        codes = frozenset[str]().union(*(limited.rights for _why_, limited in one.sources))
        found.append(Person(one.user, [why for why, _limited_ in one.sources], _by_room(codes)))
    return found
