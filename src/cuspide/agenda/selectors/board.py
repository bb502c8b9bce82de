"""The board: days side by side, in each a column a chair or a practitioner, and what stands in it.

One board costs the same number of queries whatever it holds.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cuspide.agenda import drawing, hours
from cuspide.agenda.holidays import holiday
from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.agenda.permissions import BOOK, VIEW
from cuspide.agenda.rules import FREEING, STATE_LABELS, State, day_bounds, monday
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db.prepared import prepared
from cuspide.core.pages.addresses import address
from cuspide.core.rights import Right
from cuspide.patients import permissions as patient_rights
from cuspide.practice.models import Chair, Practitioner, Site

BY_CHAIR, BY_PRACTITIONER = "chair", "practitioner"
AXES = (BY_CHAIR, BY_PRACTITIONER)

_NAMES = ("used_name", "birth_name", "used_given_name", "first_birth_given_name")
_FIELDS = (
    "uuid", "version", "chair_id", "practitioner_id", "type_id", "starts_at", "ends_at", "state", "is_double", "note",
    "confirmed_at", "arrived_at", "seated_at", "patient_id", "patient__uuid",
    *(f"patient__{name}" for name in _NAMES),
)  # fmt: skip


class Entry(NamedTuple):
    """One thing in a column, in the order of the day: an appointment, blocked time, or a free gap."""

    start: int
    end: int
    classes: str
    url: str
    time: str
    title: str = ""
    subtitle: str = ""
    state: str = ""
    state_label: str = ""
    uuid: UUID | None = None
    version: int = 0
    is_free: bool = False
    is_movable: bool = False

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Column:
    """A chair or a practitioner on a day."""

    name: str
    day: dt.date
    chair: UUID | None
    practitioner: UUID | None
    closed: Sequence[str]
    entries: Sequence[Entry]
    booked: int
    # The practitioner's colour, 0 for a chair.
    tint: int = 0

    @property
    def short(self) -> str:
        """`F1` for `Fauteuil 1`, `LEF` for `Dr LEFÈVRE`: the name where a week leaves no room."""
        number = re.search(r"\d+", self.name)
        return self.name[:1] + number[0] if number else self.name.split()[-1][:3]


@dataclass(frozen=True)
class DayGroup:
    """The columns of one day. `closed_for` names the public holiday, or says that the practice is closed,
    or that who comes all the same (a day of duty) comes outside its hours."""

    day: dt.date
    is_today: bool
    closed_for: Any
    columns: Sequence[Column]
    now_classes: str = ""


@dataclass(frozen=True)
class Board:
    """What the agenda page draws."""

    kind: str
    site: Site
    first_day: dt.date
    days: Sequence[DayGroup]
    frame: drawing.Frame
    by: str
    only: UUID | None
    with_cancelled: bool
    chairs: Sequence[Chair]
    practitioners: Sequence[Practitioner]
    cancelled: int

    @property
    def last_day(self) -> dt.date:
        return self.days[-1].day

    @property
    def is_empty(self) -> bool:
        return not any(column.booked for group in self.days for column in group.columns)

    @property
    def choices(self) -> Sequence[Chair] | Sequence[Practitioner]:
        """What the columns can be narrowed to."""
        return self.chairs if self.by == BY_CHAIR else self.practitioners


@dataclass
class _Reading:
    """What the columns of a board share."""

    site: Site
    zone: ZoneInfo
    now: dt.datetime
    actor: Actor
    chairs: Mapping[int, Chair]
    practitioners: Mapping[int, Practitioner]
    types: Mapping[int, AppointmentType]
    may_book: bool
    book_url: str = field(default_factory=lambda: address("agenda:book"))
    subtitles: dict[tuple[int | None, int | None], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Asked for each appointment; most viewers are limited in nothing.
        asked = (VIEW, BOOK, patient_rights.VIEW_IDENTITY)
        self._whole = {right.code for right in asked if self.actor.everywhere(right)}

    def sees(self, row: Mapping[str, Any]) -> bool:
        """Whether the appointment is one of those that the viewer's right reaches; of others she sees that the chair
        is taken."""
        return self._reaches(VIEW, row)

    def may_move(self, row: Mapping[str, Any]) -> bool:
        return self.may_book and self._reaches(BOOK, row)

    def _reaches(self, right: Right, row: Mapping[str, Any]) -> bool:
        return right.code in self._whole or self.actor.can_on(
            right, site=self.site.pk, practitioner=row["practitioner_id"], patient=row["patient__uuid"]
        )

    def title(self, row: Mapping[str, Any]) -> str:
        if row["patient_id"] is None:
            return str(row["note"])
        if not self._reaches(patient_rights.VIEW_IDENTITY, row):
            return _("Busy")
        used, birth, used_given, given = (row[f"patient__{name}"] for name in _NAMES)
        return f"{used or birth} {used_given or given}".strip()


def board(
    actor: Actor,
    site: Site,
    day: dt.date,
    *,
    kind: str = "day",
    by: str = BY_CHAIR,
    only: UUID | None = None,
    with_cancelled: bool = False,
) -> Board:
    """A day, or the week of a day, as it is drawn. Six queries."""
    zone = clock.zone(site.time_zone)
    first_day = monday(day) if kind == "week" else day
    count = 7 if kind == "week" else 1
    since, until = day_bounds(first_day, zone, count)
    chairs, practitioners = _chairs(site.pk), _practitioners()
    reading = _Reading(
        site=site,
        zone=zone,
        now=clock.now(),
        actor=actor,
        chairs={chair.pk: chair for chair in chairs},
        practitioners={one.pk: one for one in practitioners},
        types={one.pk: one for one in _types()},
        may_book=actor.can(BOOK, site.pk),
    )
    rows = _rows(site.pk, since, until)
    rows = [row for row in rows if reading.sees(row) or row["state"] not in FREEING]
    cancelled = sum(row["state"] == State.CANCELLED for row in rows)
    if not with_cancelled:
        rows = [row for row in rows if row["state"] != State.CANCELLED]
    spans = [drawing.wall_minutes(row["starts_at"], row["ends_at"], zone) for row in rows]
    by_day: dict[dt.date, list[tuple[Mapping[str, Any], tuple[int, int]]]] = {}
    for row, span in zip(rows, spans, strict=True):
        by_day.setdefault(row["starts_at"].astimezone(zone).date(), []).append((row, span))
    week = hours.week(site)
    days = [first_day + dt.timedelta(days=number) for number in range(count)]
    if kind == "week":
        days = [each for each in days if week[each.weekday()] or each in by_day] or days[:5]
    opened = {each: hours.of_day(week, each) for each in days}
    frame = drawing.frame([*(span for each in week.values() for span in each), *spans])
    used = {row["chair_id" if by == BY_CHAIR else "practitioner_id"] for row in rows}
    lines = _lines(by, only, chairs, practitioners, used)
    return Board(
        kind=kind,
        site=site,
        first_day=first_day,
        days=[_day_group(reading, each, opened[each], by_day.get(each, []), lines, frame, by) for each in days],
        frame=frame,
        by=by,
        only=only,
        with_cancelled=with_cancelled,
        chairs=[chair for chair in chairs if chair.is_active],
        practitioners=[one for one in practitioners if one.is_active],
        cancelled=cancelled,
    )


@prepared
def _chairs(site: Any) -> QuerySet[Chair]:
    return Chair.objects.filter(site=site)


@prepared
def _practitioners() -> QuerySet[Practitioner]:
    return Practitioner.objects.all()


@prepared
def _types() -> QuerySet[AppointmentType]:
    return AppointmentType.objects.all()


@prepared
def _rows(site: Any, since: Any, until: Any) -> "QuerySet[Appointment, Any]":
    shown = Appointment.objects.filter(site=site, starts_at__gte=since, starts_at__lt=until)
    return shown.order_by("starts_at", "pk").values(*_FIELDS)


Line = Chair | Practitioner | None


def _lines(
    by: str,
    only: UUID | None,
    chairs: Sequence[Chair],
    practitioners: Sequence[Practitioner],
    used: set[int | None],
) -> list[Line]:
    """The columns of each day: those in use, and those no longer in use that still hold something."""
    everybody: Sequence[Chair | Practitioner] = chairs if by == BY_CHAIR else practitioners
    lines: list[Line] = [line for line in everybody if line.is_active or line.pk in used]
    if None in used and by == BY_PRACTITIONER:
        lines.append(None)
    if only:
        lines = [line for line in lines if line is not None and line.uuid == only]
    return lines


def _day_group(
    reading: _Reading,
    day: dt.date,
    opened: hours.Hours,
    rows: Sequence[tuple[Mapping[str, Any], tuple[int, int]]],
    lines: Sequence[Line],
    frame: drawing.Frame,
    by: str,
) -> DayGroup:
    today = reading.now.astimezone(reading.zone)
    now_minute = today.hour * 60 + today.minute if today.date() == day else None
    closed = [drawing.span_classes(*span) for span in frame.closed(opened)]
    columns = []
    for line in lines:
        field_name = "chair_id" if by == BY_CHAIR else "practitioner_id"
        held = [(row, span) for row, span in rows if row[field_name] == (line.pk if line else None)]
        entries = _appointments(reading, held, by)
        if reading.may_book and day >= today.date() and line is not None and line.is_active:
            busy = [span for row, span in held if row["state"] not in FREEING]
            later = [(max(start, _next_step(now_minute)), end) for start, end in opened] if now_minute else opened
            entries = sorted([*entries, *_free(reading, day, line, later, busy, by)], key=lambda entry: entry.start)
        columns.append(
            Column(
                name=str(line.name if isinstance(line, Chair) else line) if line else _("Without practitioner"),
                day=day,
                chair=line.uuid if isinstance(line, Chair) else None,
                practitioner=line.uuid if isinstance(line, Practitioner) else None,
                closed=closed,
                entries=entries,
                booked=len(held),
                tint=line.tint if isinstance(line, Practitioner) else 0,
            )
        )
    shown = now_minute is not None and frame.first * 60 <= now_minute < frame.last * 60
    return DayGroup(
        day=day,
        is_today=day == today.date(),
        closed_for=holiday(day) or ("" if opened else _("Outside opening hours") if rows else _("Closed")),
        columns=columns,
        now_classes=drawing.span_classes(now_minute, now_minute + 5) if shown and now_minute is not None else "",
    )


def _next_step(minute: int) -> int:
    return -(-minute // 15) * 15


def _appointments(reading: _Reading, rows: Sequence[tuple[Mapping[str, Any], tuple[int, int]]], by: str) -> list[Entry]:
    places = drawing.lanes([span for _row, span in rows])
    found = []
    for (row, (start, end)), (lane, count) in zip(rows, places, strict=True):
        kind = reading.types.get(row["type_id"])
        state = State(row["state"])
        classes = f"rdv is-{state.value} tint-{kind.tint if kind else 8} {drawing.span_classes(start, end)}"
        if count > 1:
            classes += f" at{lane} of{count}"
        if end - start < 25:
            classes += " is-short"
        if row["patient_id"] is None:
            classes += " is-blocked"
        if row["is_double"]:
            classes += " is-double"
        if not reading.sees(row):
            taken = f"rdv is-blocked tint-8 {drawing.span_classes(start, end)}"
            if count > 1:
                taken += f" at{lane} of{count}"
            found.append(Entry(start=start, end=end, classes=taken, url="", time=clock_time(start), title=_("Busy")))
            continue
        movable = reading.may_move(row) and state not in FREEING and state != State.FINISHED
        if movable:
            classes += " is-movable"
        found.append(
            Entry(
                start=start,
                end=end,
                classes=classes,
                url=address("agenda:appointment", row["uuid"]),
                time=clock_time(start),
                title=reading.title(row),
                subtitle=_subtitle(reading, row, kind, by),
                state=state.value,
                state_label=_said(reading, state, row),
                uuid=row["uuid"],
                version=row["version"],
                is_movable=movable,
            )
        )
    return found


def _subtitle(reading: _Reading, row: Mapping[str, Any], kind: AppointmentType | None, by: str) -> str:
    """What it is for, and with whom or where. Said alike by many of the board."""
    of = row["practitioner_id" if by == BY_CHAIR else "chair_id"]
    said = reading.subtitles.get((row["type_id"], of))
    if said is None:
        others: Mapping[int, Any] = reading.practitioners if by == BY_CHAIR else reading.chairs
        words = [kind.label if kind else _("Blocked time"), str(others.get(of) or "")]
        said = reading.subtitles[row["type_id"], of] = " · ".join(word for word in words if word)
    return said


def _said(reading: _Reading, state: State, row: Mapping[str, Any]) -> str:
    """The state in words; nothing for one that is merely booked."""
    if state == State.BOOKED or row["patient_id"] is None:
        return ""
    if state == State.ARRIVED:
        return _("arrived %(time)s") % {"time": f"{row['arrived_at'].astimezone(reading.zone):%H:%M}"}
    return str(STATE_LABELS[state]).lower()


def _free(
    reading: _Reading,
    day: dt.date,
    line: Chair | Practitioner,
    opened: Iterable[tuple[int, int]],
    busy: Iterable[tuple[int, int]],
    by: str,
) -> list[Entry]:
    found = []
    for start, end in drawing.gaps(opened, busy):
        time = clock_time(start)
        found.append(
            Entry(
                start=start,
                end=end,
                classes=f"gap {drawing.span_classes(start, end)}",
                url=f"{reading.book_url}?{by}={line.uuid}&day={day.isoformat()}&time={time}",
                time=time,
                title=duration(end - start),
                is_free=True,
            )
        )
    return found


def clock_time(minute: int) -> str:
    """Minutes of the day as the wall shows them: 570 is 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def duration(minutes: int) -> str:
    """45 min, 1 h, 1 h 30."""
    if minutes < 60:
        return f"{minutes}\u202fmin"
    left = f"\u202f{minutes % 60:02d}" if minutes % 60 else ""
    return f"{minutes // 60}\u202fh{left}"
