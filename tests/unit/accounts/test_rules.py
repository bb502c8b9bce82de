"""What a role amounts to, by day, by site, by practitioner; and what an emergency access adds."""

import datetime as dt
import uuid

from cuspide.accounts.rules import Held, Opened, powers
from cuspide.core.actor import Actor
from cuspide.core.rights import Reach, Role, emergency_rights, rights_of

DAY = dt.date(2026, 11, 24)
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PATIENT = uuid.UUID("0195f0a0-c1d2-7cc3-8000-00000000aaaa")


def held(
    role: Role, site: int | None = None, starts: int = -10, ends: int | None = None, practitioner: int | None = None
) -> Held:
    last = None if ends is None else DAY + dt.timedelta(ends)
    return Held(role, site, DAY + dt.timedelta(starts), last, practitioner=practitioner)


def opened(right: str = "", patient: uuid.UUID | None = None) -> Opened:
    return Opened(uuid.uuid4(), right, patient, NOON, NOON + dt.timedelta(minutes=30))


def test_nobody_without_a_role_may_anything() -> None:
    found = powers([], NOON)
    assert (found.roles, found.rights, found.rights_by_site) == (frozenset(), frozenset(), {})


def test_a_role_counts_on_its_first_and_last_day_and_on_no_other() -> None:
    assert powers([held(Role.DENTIST, starts=0, ends=0)], NOON).roles == {"dentist"}
    assert powers([held(Role.DENTIST, starts=1)], NOON).roles == set()
    assert powers([held(Role.DENTIST, ends=-1)], NOON).rights == set()


def test_rights_at_one_site_are_not_rights_at_another() -> None:
    found = powers([held(Role.OWNER, site=4), held(Role.SECRETARY)], NOON)
    assert found.rights == rights_of(Role.SECRETARY)
    assert found.rights_by_site == {4: rights_of(Role.OWNER, whole=False)}


def test_the_owner_of_one_site_has_no_right_over_the_practice_as_a_whole() -> None:
    found = powers([held(Role.OWNER, site=4)], NOON)
    assert "accounts.team" in found.rights_by_site[4]
    assert not {"audit.view", "accounts.review_emergency"} & found.rights_by_site[4]
    assert "audit.view" in powers([held(Role.OWNER)], NOON).rights


def test_a_role_ends_at_midnight_where_its_site_lies() -> None:
    last_second = dt.datetime(2026, 11, 25, 3, 59, 59, tzinfo=dt.UTC)  # 23:59:59 in Cayenne is 02:59:59 UTC
    away = Held(Role.DENTIST, 1, DAY, DAY, zone="America/Cayenne")
    assert away.at(last_second - dt.timedelta(hours=1))
    assert not away.at(last_second - dt.timedelta(minutes=59, seconds=58))


def test_what_was_worked_out_is_good_until_the_next_midnight_that_changes_something() -> None:
    found = powers([held(Role.DENTIST, ends=0), held(Role.SECRETARY, starts=3)], NOON)
    assert found.until == dt.datetime(2026, 11, 24, 23, tzinfo=dt.UTC), "midnight in Paris"
    assert not found.good_at(found.until)
    assert not found.good_at(NOON - dt.timedelta(seconds=1)), "nor for a clock that was set back"


def test_a_replacement_reaches_the_work_of_whom_she_replaces_and_no_other() -> None:
    found = powers([held(Role.DENTIST, site=4, practitioner=7)], NOON)
    actor = Actor(user_id=1, label="x", limited=found.limited)
    assert (found.rights, found.rights_by_site) == (frozenset(), {})
    assert actor.can("agenda.view")
    assert actor.can_on("agenda.view", site=4, practitioner=7)
    assert not actor.can_on("agenda.view", site=4, practitioner=8)
    assert not actor.can_on("agenda.view", site=5, practitioner=7)
    assert not actor.can_on("agenda.view", site=4), "what is nobody's is not hers"
    assert actor.practitioners_of("agenda.book") == {7}


def test_an_emergency_access_opens_one_patient_with_what_the_roles_may_do_and_no_money() -> None:
    found = powers([held(Role.DENTIST, site=4)], NOON, [opened(patient=PATIENT)])
    (limited,) = found.limited
    assert limited.reach == Reach(patient=PATIENT)
    assert limited.rights == rights_of(Role.DENTIST) & emergency_rights()
    assert not {code for code in limited.rights if code.startswith(("billing", "accounts"))}
    assert found.until == NOON + dt.timedelta(minutes=30)


def test_an_emergency_access_is_over_when_its_half_hour_is() -> None:
    roles, access = [held(Role.ASSISTANT, site=4)], opened(right="care.complete")
    assert powers(roles, NOON + dt.timedelta(minutes=29, seconds=59), [access]).limited
    assert not powers(roles, NOON + dt.timedelta(minutes=30), [access]).limited


def test_an_emergency_access_gives_nothing_to_whoever_does_not_treat() -> None:
    assert not powers([held(Role.TECHNICIAN)], NOON, [opened(right="patients.view")]).limited
    assert not powers([], NOON, [opened(right="patients.view")]).limited


def test_an_emergency_access_opens_no_right_that_is_not_for_emergencies() -> None:
    (limited,) = powers([held(Role.DENTIST)], NOON, [opened(right="accounts.team")]).limited
    assert limited.rights == frozenset()
