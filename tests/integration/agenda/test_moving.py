"""Moving, stretching, calling off and the steps of a visit."""

import datetime as dt

import pytest

from cuspide.agenda import services
from cuspide.agenda.conflicts import Warned
from cuspide.agenda.models import Appointment
from cuspide.agenda.rules import Action
from cuspide.core import clock
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from tests.integration.agenda.conftest import TUESDAY, at, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(practice, types, secretary):
    def make(patient, hour=9, minute=0, chair=0, dentist=0, minutes=30):
        return services.book(
            secretary,
            chair=practice.chairs[chair],
            practitioner=practice.dentists[dentist],
            patient=patient,
            type=types["checkup"],
            starts_at=at(hour, minute),
            minutes=minutes,
        )

    return make


@pytest.fixture
def booked(book, patient):
    return book(patient)


def fresh(appointment):
    return Appointment.objects.select_related("site", "chair", "practitioner", "patient", "type").get(pk=appointment.pk)


def test_an_appointment_moves_to_another_chair_and_hour_and_keeps_its_length(booked, secretary, practice):
    moved = services.move(
        secretary, booked, expected_version=booked.version, starts_at=at(11), chair=practice.chairs[1]
    )
    kept = fresh(moved)
    assert (kept.starts_at, kept.chair, kept.minutes, kept.version) == (at(11), practice.chairs[1], 30, 2)


def test_moving_onto_somebody_is_asked_and_writes_nothing(book, secretary):
    one, other = people(2)
    book(one)
    second = book(other, 10)
    with pytest.raises(Warned):
        services.move(secretary, second, expected_version=1, starts_at=at(9, 15))
    assert fresh(second).starts_at == at(10)


def test_an_appointment_does_not_stand_in_its_own_way(booked, secretary):
    assert services.move(secretary, booked, expected_version=1, starts_at=at(9, 10)).starts_at == at(9, 10)


def test_the_second_of_two_who_move_is_told(booked, secretary):
    hers, his = fresh(booked), fresh(booked)
    services.move(secretary, hers, expected_version=hers.version, starts_at=at(10))
    with pytest.raises(EditConflict) as told:
        services.move(secretary, his, expected_version=his.version, starts_at=at(11))
    assert told.value.current.starts_at == at(10)
    assert fresh(booked).starts_at == at(10)


def test_a_chair_of_another_site_is_refused(booked, secretary, practice):
    from cuspide.practice.models import Chair, Site

    elsewhere = Site.objects.create(name="Ailleurs", entity=practice.entity)
    chair = Chair.objects.create(site=elsewhere, name="Fauteuil 1")
    with pytest.raises(FieldErrors) as refused:
        services.move(secretary, booked, expected_version=1, starts_at=at(11), chair=chair)
    assert "chair" in refused.value.errors


def test_an_appointment_called_off_does_not_move(booked, secretary):
    services.cancel(secretary, booked, expected_version=1, by="patient")
    with pytest.raises(DomainError):
        services.move(secretary, fresh(booked), expected_version=2, starts_at=at(11))


def test_it_grows_until_the_next_one_is_in_the_way(book, secretary):
    one, other = people(2)
    first = book(one)
    book(other, 10)
    assert services.resize(secretary, first, expected_version=1, minutes=60).ends_at == at(10)
    with pytest.raises(Warned):
        services.resize(secretary, fresh(first), expected_version=2, minutes=65)


def test_a_patient_who_is_here_is_not_moved_to_another_day(booked, secretary):
    with clock.freeze(at(8, 55)):
        here = services.set_state(secretary, booked, Action.ARRIVE, expected_version=1)
        with pytest.raises(DomainError):
            services.move(secretary, here, expected_version=2, starts_at=at(9, 0, TUESDAY + dt.timedelta(days=1)))
        assert services.move(secretary, here, expected_version=2, starts_at=at(9, 30)).starts_at == at(9, 30)


@pytest.mark.parametrize(
    ("hours_before", "by", "late"),
    [(30, "patient", False), (3, "patient", True), (3, "practice", False)],
)
def test_a_cancellation_says_by_whom_and_whether_it_came_late(booked, secretary, hours_before, by, late):
    with clock.freeze(at(9) - dt.timedelta(hours=hours_before)):
        off = services.cancel(secretary, booked, expected_version=1, by=by, reason=" malade ")
    assert (off.state, off.cancelled_by, off.cancelled_late, off.cancel_reason) == ("cancelled", by, late, "malade")


def test_a_cancelled_hour_is_free_and_taking_it_back_is_asked_when_somebody_has_it(book, secretary):
    one, other = people(2)
    first = book(one)
    services.cancel(secretary, first, expected_version=1, by="patient")
    second = book(other)
    with pytest.raises(Warned):
        services.set_state(secretary, fresh(first), Action.UNDO, expected_version=2)
    services.move(secretary, second, expected_version=1, starts_at=at(10))
    restored = services.set_state(secretary, fresh(first), Action.UNDO, expected_version=2)
    assert (restored.state, restored.cancelled_by, restored.cancel_reason) == ("booked", "", "")


def test_a_visit_is_lived_step_by_step_with_its_hours(booked, secretary):
    steps = [(8, 50, Action.ARRIVE), (9, 4, Action.SEAT), (9, 31, Action.FINISH)]
    for version, (hour, minute, action) in enumerate(steps, start=1):
        with clock.freeze(at(hour, minute)):
            services.set_state(secretary, fresh(booked), action, expected_version=version)
    done = fresh(booked)
    assert (done.state, done.arrived_at, done.seated_at, done.finished_at) == (
        "finished",
        at(8, 50),
        at(9, 4),
        at(9, 31),
    )


def test_nobody_arrives_for_another_day_and_nobody_has_missed_what_is_to_come(booked, secretary):
    for action in (Action.ARRIVE, Action.SEAT, Action.FINISH, Action.MISS):
        with pytest.raises(DomainError):
            services.set_state(secretary, booked, action, expected_version=1)


def test_nobody_arrives_in_blocked_time(practice, secretary):
    block = services.book(secretary, chair=practice.chairs[0], starts_at=at(9), minutes=30, note="Réunion")
    with clock.freeze(at(9)), pytest.raises(DomainError):
        services.set_state(secretary, block, Action.ARRIVE, expected_version=1)


def test_every_write_leaves_its_trace(booked, secretary):
    from cuspide.audit.models import Entry

    services.amend(secretary, booked, expected_version=1, type=booked.type, note="apporter la carte")
    services.cancel(secretary, fresh(booked), expected_version=2, by="practice")
    services.set_state(secretary, fresh(booked), Action.UNDO, expected_version=3)
    services.move(secretary, fresh(booked), expected_version=4, starts_at=at(11))
    actions = set(Entry.objects.values_list("action", flat=True))
    assert actions >= {"agenda.book", "agenda.amend", "agenda.cancel", "agenda.undo", "agenda.move"}
