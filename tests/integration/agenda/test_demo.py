"""The agenda of the demo practice: plausible, whole, and the same every time."""

import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest

from cuspide.agenda.demo import build
from cuspide.agenda.demo.days import is_closed
from cuspide.agenda.holidays import holiday
from cuspide.agenda.models import Appointment
from cuspide.core import clock
from cuspide.core.demo import DemoContext
from tests.integration.agenda.conftest import TUESDAY, people

pytestmark = pytest.mark.django_db

NOW = clock.at(TUESDAY, dt.time(10, 20))


def told(practice, patients, now=NOW, years=1, seed=1):
    with clock.freeze(now):
        context = DemoContext(
            seed=seed,
            years_behind=years,
            now=now,
            shared={
                "site": practice.site,
                "chairs": practice.chairs,
                "practitioners": practice.dentists,
                "patients": patients,
            },
        )
        build(context)
    return context.shared["appointments"]


@pytest.fixture
def appointments(practice, types):
    return told(practice, people(900))


def local_day(appointment):
    return clock.local(appointment.starts_at).date()


def test_no_chair_no_dentist_and_no_patient_is_in_two_places(appointments):
    for who in ("chair_id", "practitioner_id", "patient_id"):
        rows = sorted(
            (getattr(one, who), one.starts_at, one.ends_at) for one in appointments if one.state != "cancelled"
        )
        for earlier, later in pairwise(rows):
            assert earlier[0] != later[0] or earlier[2] <= later[1], (who, earlier, later)


def test_nobody_works_on_sundays_holidays_or_in_the_summer_closure(appointments):
    for one in appointments:
        day = local_day(one)
        assert day.weekday() < 5
        assert holiday(day) is None
        assert not is_closed(day)


def test_the_past_is_finished_today_goes_on_and_tomorrow_is_booked(appointments):
    past = Counter(one.state for one in appointments if one.ends_at <= NOW)
    today = Counter(one.state for one in appointments if local_day(one) == TUESDAY)
    ahead = Counter(one.state for one in appointments if local_day(one) > TUESDAY + dt.timedelta(days=2))
    assert set(past) == {"finished", "missed", "cancelled"}
    assert 0.02 < (past["missed"] + past["cancelled"]) / past.total() < 0.09
    assert today["finished"]
    assert today["in_chair"]
    assert today["booked"] + today["confirmed"]
    assert set(ahead) <= {"booked", "confirmed"}
    assert max(local_day(one) for one in appointments) > TUESDAY + dt.timedelta(days=14)


def test_no_instant_lies_in_the_future_and_each_follows_the_one_before(appointments):
    for one in appointments:
        marks = [mark for mark in (one.arrived_at, one.seated_at, one.finished_at) if mark]
        assert marks == sorted(marks)
        assert all(mark <= NOW for mark in [*marks, one.created_at])


def test_people_come_back(appointments):
    visits = Counter(one.patient_id for one in appointments if one.state == "finished")
    assert sum(count >= 2 for count in visits.values()) > 0.5 * len(visits)


def test_a_root_canal_leads_to_its_crown(appointments):
    by_patient = {}
    for one in sorted(appointments, key=lambda one: one.starts_at):
        by_patient.setdefault(one.patient_id, []).append(one)
    followed = total = 0
    for visits in by_patient.values():
        for at, one in enumerate(visits):
            if one.type.key == "endodontics" and one.starts_at < NOW - dt.timedelta(days=90):
                total += 1
                followed += any(later.type.key == "prosthesis" for later in visits[at + 1 :])
    assert total
    assert followed / total > 0.8


def test_the_same_seed_tells_the_same_story_to_the_uuid(practice, types):
    patients = people(60)
    first = [(one.uuid, one.starts_at, one.patient_id, one.state) for one in told(practice, patients)]
    Appointment.objects.all().delete()
    again = [(one.uuid, one.starts_at, one.patient_id, one.state) for one in told(practice, patients)]
    Appointment.objects.all().delete()
    other = [(one.uuid, one.starts_at, one.patient_id, one.state) for one in told(practice, patients, seed=2)]
    assert first == again != other


def test_on_a_sunday_the_practice_is_on_duty(practice, types):
    sunday = dt.date(2026, 11, 22)
    made = told(practice, people(80), now=clock.at(sunday, dt.time(10)))
    today = [one for one in made if local_day(one) == sunday]
    assert len(today) >= 6
    assert {one.type.key for one in today} == {"emergency"}
