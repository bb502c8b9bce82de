"""What a role amounts to, by day and by site."""

import datetime as dt

from cuspide.accounts.rules import Held, powers
from cuspide.core.rights import Role, rights_of

DAY = dt.date(2026, 11, 24)


def held(role: Role, site: int | None = None, starts: int = -10, ends: int | None = None) -> Held:
    return Held(role, site, DAY + dt.timedelta(starts), None if ends is None else DAY + dt.timedelta(ends))


def test_nobody_without_a_role_may_anything() -> None:
    found = powers([], DAY)
    assert (found.roles, found.rights, found.rights_by_site) == (frozenset(), frozenset(), {})


def test_a_role_counts_on_its_first_and_last_day_and_on_no_other() -> None:
    assert powers([held(Role.DENTIST, starts=0, ends=0)], DAY).roles == {"dentist"}
    assert powers([held(Role.DENTIST, starts=1)], DAY).roles == set()
    assert powers([held(Role.DENTIST, ends=-1)], DAY).rights == set()


def test_rights_at_one_site_are_not_rights_at_another() -> None:
    found = powers([held(Role.OWNER, site=4), held(Role.SECRETARY)], DAY)
    assert found.rights == rights_of(Role.SECRETARY)
    assert found.rights_by_site == {4: rights_of(Role.OWNER)}
