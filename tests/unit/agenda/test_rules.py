"""The steps of a visit, spans, and the two nights when clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.agenda import rules
from cuspide.agenda.rules import Action, Marks, State
from cuspide.core.errors import DomainError, FieldErrors

PARIS = ZoneInfo("Europe/Paris")
SPRING = dt.date(2026, 3, 29)
AUTUMN = dt.date(2026, 10, 25)
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def walk(*actions: Action, state: State = State.BOOKED) -> tuple[State, Marks]:
    marks = Marks()
    for minute, action in enumerate(actions):
        state, marks = rules.step(state, action, marks, NOON + dt.timedelta(minutes=minute))
    return state, marks


def test_a_visit_goes_from_the_phone_to_the_door():
    state, marks = walk(Action.CONFIRM, Action.ARRIVE, Action.SEAT, Action.FINISH)
    assert state == State.FINISHED
    assert [marks.confirmed_at, marks.arrived_at, marks.seated_at, marks.finished_at] == [
        NOON + dt.timedelta(minutes=minute) for minute in range(4)
    ]


def test_undo_goes_back_one_step_at_a_time_and_remembers_the_confirmation():
    steps = [Action.CONFIRM, Action.ARRIVE, Action.SEAT, Action.FINISH]
    expected = [State.IN_CHAIR, State.ARRIVED, State.CONFIRMED, State.BOOKED]
    for count, state in enumerate(expected, start=1):
        assert walk(*steps, *[Action.UNDO] * count)[0] == state


def test_a_patient_taken_straight_to_the_chair_has_arrived_too():
    state, marks = walk(Action.SEAT)
    assert state == State.IN_CHAIR
    assert marks.arrived_at == marks.seated_at == NOON


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.FINISHED, Action.ARRIVE),
        (State.CANCELLED, Action.SEAT),
        (State.MISSED, Action.FINISH),
        (State.IN_CHAIR, Action.MISS),
        (State.BOOKED, Action.UNDO),
        (State.CONFIRMED, Action.CONFIRM),
    ],
)
def test_a_step_that_does_not_follow_is_refused(state, action):
    with pytest.raises(DomainError):
        rules.step(state, action, Marks(), NOON)


@given(st.lists(st.sampled_from(list(Action)), max_size=12))
def test_every_offered_action_is_accepted_and_every_other_refused(actions):
    state, marks = State.BOOKED, Marks()
    for action in actions:
        if action in rules.actions_of(state):
            state, marks = rules.step(state, action, marks, NOON)
        else:
            with pytest.raises(DomainError):
                rules.step(state, action, marks, NOON)
    if state in rules.PRESENT | {State.FINISHED}:
        assert marks.arrived_at


def test_an_hour_that_spring_skips_is_refused_with_its_reason():
    with pytest.raises(FieldErrors) as refused:
        rules.instant(SPRING, dt.time(2, 30), PARIS)
    assert "time" in refused.value.errors
    assert "02:30" in str(refused.value)


def test_an_hour_lived_twice_in_autumn_is_the_first():
    assert rules.instant(AUTUMN, dt.time(2, 30), PARIS) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (dt.date(2026, 11, 24), 24)])
def test_a_day_of_the_wall_has_23_24_or_25_hours(day, hours):
    start, end = rules.day_bounds(day, PARIS)
    assert end - start == dt.timedelta(hours=hours)


def test_nine_o_clock_is_nine_o_clock_before_and_after_each_change():
    for day, utc_hour in [
        (SPRING - dt.timedelta(days=1), 8),
        (SPRING, 7),
        (AUTUMN - dt.timedelta(days=1), 7),
        (AUTUMN, 8),
    ]:
        assert rules.instant(day, dt.time(9), PARIS).hour == utc_hour


@pytest.mark.parametrize("minutes", [0, -30, 7, 400 * 24 * 60, 17 * 60])
def test_a_span_that_is_not_an_appointment_is_refused(minutes):
    with pytest.raises(FieldErrors):
        rules.check_span(NOON, minutes, PARIS)


def test_an_appointment_does_not_pass_midnight_but_may_end_on_it():
    late = rules.instant(dt.date(2026, 11, 24), dt.time(23, 30), PARIS)
    assert rules.check_span(late, 30, PARIS) == late + dt.timedelta(minutes=30)
    with pytest.raises(FieldErrors):
        rules.check_span(late, 35, PARIS)


@pytest.mark.parametrize("year", [1, 1989, 2101, 9999])
def test_a_year_outside_the_agenda_is_refused(year):
    with pytest.raises(FieldErrors):
        rules.instant(dt.date(year, 6, 1), dt.time(9), PARIS)


def test_a_patient_called_off_the_evening_before_is_late_two_days_before_is_not():
    start = NOON + dt.timedelta(days=2)
    assert not rules.is_late_cancellation(NOON, start)
    assert rules.is_late_cancellation(NOON + dt.timedelta(days=1, minutes=1), start)


def test_waiting_counts_from_the_hour_given_when_the_patient_came_early():
    start = NOON
    early = NOON - dt.timedelta(minutes=20)
    assert rules.waiting_minutes(early, start, NOON - dt.timedelta(minutes=5)) == 0
    assert rules.waiting_minutes(early, start, NOON + dt.timedelta(minutes=12)) == 12
    assert rules.waiting_minutes(NOON + dt.timedelta(minutes=10), start, NOON + dt.timedelta(minutes=15)) == 5
