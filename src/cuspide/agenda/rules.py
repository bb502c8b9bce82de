"""Rules of an appointment: its states and how they follow each other, its span, the hours of the wall.

Pure: nothing here reads the store or the clock.
"""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import DomainError, FieldErrors

STEP = 5
"""Minutes: appointments begin and end on a grid of this step."""

LONGEST = 16 * 60
"""Minutes: a longer appointment is a mistake of the hand."""

LATE_NOTICE = dt.timedelta(hours=24)
"""A patient who cancels later than this before the appointment cancels late."""

FIRST_YEAR, LAST_YEAR = 1990, 2100


class State(enum.StrEnum):
    """Where an appointment stands. Its label is in `STATE_LABELS`."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_CHAIR = "in_chair"
    FINISHED = "finished"
    MISSED = "missed"
    CANCELLED = "cancelled"


STATE_LABELS = {
    State.BOOKED: _("Booked"),
    State.CONFIRMED: _("Confirmed"),
    State.ARRIVED: _("Arrived"),
    State.IN_CHAIR: _("In the chair"),
    State.FINISHED: _("Finished"),
    State.MISSED: _("Missed"),
    State.CANCELLED: _("Cancelled"),
}

AHEAD = frozenset({State.BOOKED, State.CONFIRMED})
"""The patient has not come yet."""

PRESENT = frozenset({State.ARRIVED, State.IN_CHAIR})

FREEING = frozenset({State.MISSED, State.CANCELLED})
"""The chair is free again: the slot may be given to somebody else."""


class Action(enum.StrEnum):
    """What the front desk does to an appointment."""

    CONFIRM = "confirm"
    ARRIVE = "arrive"
    SEAT = "seat"
    FINISH = "finish"
    MISS = "miss"
    UNDO = "undo"


ACTION_LABELS = {
    Action.CONFIRM: _("Confirm"),
    Action.ARRIVE: _("Arrived"),
    Action.SEAT: _("In the chair"),
    Action.FINISH: _("Finished"),
    Action.MISS: _("Missed"),
    Action.UNDO: _("Undo"),
}

_FORWARD: dict[Action, tuple[frozenset[State], State]] = {
    Action.CONFIRM: (frozenset({State.BOOKED}), State.CONFIRMED),
    Action.ARRIVE: (AHEAD, State.ARRIVED),
    Action.SEAT: (AHEAD | {State.ARRIVED}, State.IN_CHAIR),
    Action.FINISH: (AHEAD | PRESENT, State.FINISHED),
    Action.MISS: (AHEAD, State.MISSED),
}


@dataclass(frozen=True)
class Marks:
    """The instants an appointment has gathered; what `undo` steps back over."""

    confirmed_at: dt.datetime | None = None
    arrived_at: dt.datetime | None = None
    seated_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None


def actions_of(state: State, *, with_patient: bool = True) -> list[Action]:
    """What may be done next, the likely thing first. Blocked time has no patient to arrive."""
    if not with_patient:
        return [Action.UNDO] if state == State.CANCELLED else []
    found = [action for action, (sources, _target) in _FORWARD.items() if state in sources]
    likely = {
        State.BOOKED: Action.ARRIVE,
        State.CONFIRMED: Action.ARRIVE,
        State.ARRIVED: Action.SEAT,
        State.IN_CHAIR: Action.FINISH,
    }.get(state)
    found.sort(key=lambda action: action != likely)
    if state != State.BOOKED:
        found.append(Action.UNDO)
    return found


def step(state: State, action: Action, marks: Marks, now: dt.datetime) -> tuple[State, Marks]:
    """The state and marks after an action. Raises DomainError when the action does not follow from the state."""
    if action == Action.UNDO:
        return _back(state, marks)
    sources, target = _FORWARD[action]
    if state not in sources:
        raise DomainError(
            _("This appointment is “%(state)s”: that step does not follow.") % {"state": STATE_LABELS[state]}
        )
    confirmed, arrived, seated, finished = marks.confirmed_at, marks.arrived_at, marks.seated_at, marks.finished_at
    if target == State.CONFIRMED:
        confirmed = now
    if target in (State.ARRIVED, State.IN_CHAIR, State.FINISHED):
        arrived = arrived or now
    if target in (State.IN_CHAIR, State.FINISHED):
        seated = seated or now
    if target == State.FINISHED:
        finished = now
    return target, Marks(confirmed, arrived, seated, finished)


def _back(state: State, marks: Marks) -> tuple[State, Marks]:
    expected = State.CONFIRMED if marks.confirmed_at else State.BOOKED
    if state == State.FINISHED:
        return State.IN_CHAIR, Marks(marks.confirmed_at, marks.arrived_at, marks.seated_at, None)
    if state == State.IN_CHAIR:
        return State.ARRIVED, Marks(marks.confirmed_at, marks.arrived_at, None, None)
    if state == State.ARRIVED:
        return expected, Marks(marks.confirmed_at)
    if state == State.CONFIRMED:
        return State.BOOKED, Marks()
    if state == State.MISSED:
        return expected, Marks(marks.confirmed_at)
    if state == State.CANCELLED:
        return (State.ARRIVED if marks.arrived_at else expected), marks
    raise DomainError(_("There is nothing to undo on this appointment."))


def is_late_cancellation(now: dt.datetime, starts_at: dt.datetime) -> bool:
    """Whether a cancellation comes less than `LATE_NOTICE` before the appointment, or after it began."""
    return starts_at - now < LATE_NOTICE


def waiting_minutes(arrived_at: dt.datetime, starts_at: dt.datetime, now: dt.datetime) -> int:
    """Minutes a patient has waited: since the hour of the appointment, or since arrival when that was later."""
    return max(0, int((now - max(arrived_at, starts_at)).total_seconds() // 60))


def instant(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The UTC instant of a wall-clock time. Of the two instants of an hour lived twice in autumn, the first.

    Raises FieldErrors for an hour that the spring change skips, and for a year outside the agenda.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise FieldErrors({"day": _("This date is outside the agenda.")})
    wall = dt.datetime.combine(day, time, tzinfo=zone)
    utc = wall.astimezone(dt.UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise FieldErrors(
            {"time": _("%(time)s does not exist on that day: clocks go forward.") % {"time": f"{time:%H:%M}"}}
        )
    return utc


def check_span(starts_at: dt.datetime, minutes: int, zone: ZoneInfo) -> dt.datetime:
    """The end of an appointment of `minutes`, in UTC. Raises FieldErrors when the span is not one of an appointment:
    not on the grid of `STEP`, empty or negative, longer than `LONGEST`, or past midnight on the wall."""
    if minutes <= 0:
        raise FieldErrors({"minutes": _("An appointment ends after it begins.")})
    if minutes % STEP:
        raise FieldErrors({"minutes": _("The duration is a multiple of %(step)d minutes.") % {"step": STEP}})
    if minutes > LONGEST:
        raise FieldErrors({"minutes": _("An appointment lasts at most %(hours)d hours.") % {"hours": LONGEST // 60}})
    wall = starts_at.astimezone(zone)
    if wall.minute % STEP or wall.second or wall.microsecond:
        raise FieldErrors({"time": _("Appointments begin every %(step)d minutes.") % {"step": STEP}})
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    last = (ends_at - dt.timedelta(microseconds=1)).astimezone(zone)
    if last.date() != wall.date():
        raise FieldErrors({"minutes": _("An appointment ends on the day it begins.")})
    return ends_at


def day_bounds(day: dt.date, zone: ZoneInfo, days: int = 1) -> tuple[dt.datetime, dt.datetime]:
    """The UTC instants between which the wall shows `day` and the days after it (23, 24 or 25 hours a day)."""
    midnight = dt.time(0)
    first = dt.datetime.combine(day, midnight, tzinfo=zone)
    last = dt.datetime.combine(day + dt.timedelta(days=days), midnight, tzinfo=zone)
    return first.astimezone(dt.UTC), last.astimezone(dt.UTC)


def monday(day: dt.date) -> dt.date:
    """The first day of the week of `day`."""
    return day - dt.timedelta(days=day.weekday())


def overlaps(first: tuple[dt.datetime, dt.datetime], second: tuple[dt.datetime, dt.datetime]) -> bool:
    """Whether two half-open spans share an instant: one may begin when the other ends."""
    return first[0] < second[1] and second[0] < first[1]


def is_open(start: int, end: int, openings: Sequence[tuple[int, int]]) -> bool:
    """Whether the minutes of a day from `start` to `end` lie inside one of the opening hours (minutes of the day)."""
    return any(opens <= start and end <= closes for opens, closes in openings)
