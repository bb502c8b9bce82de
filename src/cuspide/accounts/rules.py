"""What memberships, replacements and emergency accesses amount to at an instant. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from cuspide.core.actor import Limited
from cuspide.core.rights import Reach, Role, emergency_rights, rights_of

TREATING = frozenset({Role.DENTIST.value, Role.ASSISTANT.value})
"""Who may open an emergency access."""
_DAY = dt.timedelta(days=1)
BEGINNING, END = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Held:
    """A role at a site (primary key) or at all sites (None), from a day until a day, both included, on the wall of
    `zone`. With `practitioner` it holds on the work of that practitioner only."""

    role: Role
    site: int | None
    starts_on: dt.date
    ends_on: dt.date | None
    factor_rule: str = "not_asked"
    practitioner: int | None = None
    zone: str = "Europe/Paris"

    def at(self, instant: dt.datetime) -> bool:
        """Whether the role holds: until midnight of its last day."""
        day = instant.astimezone(ZoneInfo(self.zone)).date()
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def reach(self) -> Reach:
        return Reach(site=self.site, practitioner=self.practitioner)


@dataclass(frozen=True)
class Opened:
    """An emergency access: to one right everywhere, or to one patient with what the person's roles may do."""

    uuid: UUID
    right: str
    patient: UUID | None
    opened_at: dt.datetime
    ends_at: dt.datetime

    def at(self, instant: dt.datetime) -> bool:
        return self.opened_at <= instant < self.ends_at


@dataclass(frozen=True)
class Powers:
    """Roles and rights, everywhere, by site and narrower; good from `since` until just before `until`."""

    roles: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    rights_by_site: Mapping[int, frozenset[str]] = field(default_factory=dict)
    limited: tuple[Limited, ...] = ()
    emergency: Opened | None = None
    # The practitioner in whose place somebody works who is none of the practice's.
    replaced: int | None = None
    # What is asked of the person beside her password: the strictest of her roles.
    second_factor: str = "not_asked"
    since: dt.datetime = BEGINNING
    until: dt.datetime = END

    def good_at(self, instant: dt.datetime) -> bool:
        return self.since <= instant < self.until


# From the mildest to the strictest; a role that the owner said nothing of has the second table's.
FACTOR_RULES = ("not_asked", "invited", "required")
_FACTOR_DEFAULTS = {Role.OWNER: "required", Role.TECHNICIAN: "required"}


def factor_rule(role: Role, said: str | None) -> str:
    """Whether a role is asked for a second factor; the owner always is, whatever was said."""
    if role is Role.OWNER or said not in FACTOR_RULES:
        return _FACTOR_DEFAULTS.get(role, "invited")
    return said


def powers(held: Sequence[Held], instant: dt.datetime, opened: Sequence[Opened] = ()) -> Powers:
    """The rights at an instant; a role outside of its days gives none, an emergency access after its end neither."""
    roles: set[str] = set()
    everywhere: set[str] = set()
    by_site: dict[int, set[str]] = {}
    strictest = 0
    limited: list[Limited] = []
    for one in held:
        if not one.at(instant):
            continue
        roles.add(one.role.value)
        strictest = max(strictest, FACTOR_RULES.index(one.factor_rule))
        if one.practitioner is not None:
            limited.append(Limited(one.reach, rights_of(one.role, whole=False)))
        elif one.site is None:
            everywhere |= rights_of(one.role)
        else:
            by_site.setdefault(one.site, set()).update(rights_of(one.role, whole=False))
    emergency = next((one for one in opened if one.at(instant)), None)
    # Whoever no longer treats has no emergency either, whatever is still open.
    if emergency is not None and not roles & TREATING:
        emergency = None
    if emergency is not None:
        limited.append(Limited(Reach(patient=emergency.patient), _opened_rights(emergency, roles)))
    return Powers(
        roles=frozenset(roles),
        rights=frozenset(everywhere),
        rights_by_site={site: frozenset(rights) for site, rights in by_site.items()},
        limited=tuple(limited),
        emergency=emergency,
        replaced=next((one.reach.practitioner for one in limited if one.reach.practitioner is not None), None),
        second_factor=FACTOR_RULES[strictest],
        since=instant,
        until=_next_change(held, opened, instant),
    )


def _opened_rights(emergency: Opened, roles: Iterable[str]) -> frozenset[str]:
    """The one right, or of a patient what the person's own roles may do in an emergency."""
    if emergency.right:
        return frozenset({emergency.right}) & emergency_rights()
    own = frozenset[str]().union(*(rights_of(Role(role)) for role in roles))
    return own & emergency_rights()


def _next_change(held: Iterable[Held], opened: Iterable[Opened], instant: dt.datetime) -> dt.datetime:
    """When the answer is another one: a role begins or ends, an emergency access does."""
    changes = [change for one in opened for change in (one.opened_at, one.ends_at)]
    for one in held:
        first_days = [one.starts_on] if one.ends_on is None else [one.starts_on, one.ends_on + _DAY]
        changes += [dt.datetime.combine(day, dt.time.min, tzinfo=ZoneInfo(one.zone)) for day in first_days]
    return min((change.astimezone(dt.UTC) for change in changes if change > instant), default=END)
