"""What memberships amount to on a day. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cuspide.core.rights import Role, rights_of


@dataclass(frozen=True)
class Held:
    """A role at a site (primary key) or at all sites (None), from a day until a day, both included."""

    role: Role
    site: int | None
    starts_on: dt.date
    ends_on: dt.date | None
    factor_rule: str = "not_asked"

    def on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Powers:
    """Roles and rights, everywhere and by site."""

    roles: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    rights_by_site: Mapping[int, frozenset[str]] = field(default_factory=dict)
    # What is asked of the person beside her password: the strictest of her roles.
    second_factor: str = "not_asked"


# From the mildest to the strictest; a role that the owner said nothing of has the second table's.
FACTOR_RULES = ("not_asked", "invited", "required")
_FACTOR_DEFAULTS = {Role.OWNER: "required", Role.TECHNICIAN: "required"}


def factor_rule(role: Role, said: str | None) -> str:
    """Whether a role is asked for a second factor; the owner always is, whatever was said."""
    if role is Role.OWNER or said not in FACTOR_RULES:
        return _FACTOR_DEFAULTS.get(role, "invited")
    return said


def powers(held: Iterable[Held], day: dt.date) -> Powers:
    """The rights that memberships give on a day; a role outside of its days gives none."""
    roles: set[str] = set()
    everywhere: set[str] = set()
    by_site: dict[int, set[str]] = {}
    strictest = 0
    for one in held:
        if not one.on(day):
            continue
        roles.add(one.role.value)
        strictest = max(strictest, FACTOR_RULES.index(one.factor_rule))
        if one.site is None:
            everywhere |= rights_of(one.role)
        else:
            by_site.setdefault(one.site, set()).update(rights_of(one.role))
    return Powers(
        frozenset(roles),
        frozenset(everywhere),
        {site: frozenset(rights) for site, rights in by_site.items()},
        FACTOR_RULES[strictest],
    )
