"""What the reading page of the trace needs, with a known number of queries."""

import datetime as dt
import hashlib
import json
import uuid as uuids
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from cuspide.audit import gathering, naming, telling
from cuspide.audit.models import Entry, Room
from cuspide.core import clock
from cuspide.core.actor import Actor

PAGE_SIZE = 100
EXPORT_CHUNK = 500
MOST_PLACES = 300
_PLACES = """
WITH RECURSIVE places(name) AS (
    SELECT MIN(workstation) FROM audit_entry
    UNION ALL
    SELECT (SELECT MIN(workstation) FROM audit_entry WHERE workstation > places.name)
    FROM places WHERE places.name IS NOT NULL
)
SELECT name FROM places WHERE name <> '' LIMIT %s
"""


@dataclass(frozen=True)
class Filters:
    """What the reader asks for, everything at once. `first` and `last` are days, both included. In an address the
    person is a uuid and the workstation a mark, since a name stands in none; `Offered` knows whom they stand for."""

    first: dt.date | None = None
    last: dt.date | None = None
    person: naming.Person | None = None
    patient: uuids.UUID | None = None
    place: "Place | None" = None
    room: str = ""
    action: str = ""
    before: uuids.UUID | None = None

    def query(self) -> dict[str, str]:
        """As an address carries it."""
        parts = {
            "from": self.first,
            "until": self.last,
            "person": self.person.uuid if self.person else None,
            "patient": self.patient,
            "place": self.place.mark if self.place else None,
            "action": self.action or (f"{self.room}." if self.room else ""),
        }
        return {name: str(value) for name, value in parts.items() if value}


@dataclass
class Line:
    """One entry as it is shown. Names are there only where the reader's rights reach."""

    uuid: uuids.UUID
    at: dt.datetime
    person: str
    workstation: str
    roles: str
    action: Any
    kind: Any
    name: str = ""
    url: str = ""
    patient_name: str = ""
    patient_url: str = ""
    patient_uuid: uuids.UUID | None = None
    sequence: int | None = None


@dataclass
class TracePage:
    lines: list[Line] = field(default_factory=list)
    next_before: uuids.UUID | None = None


@dataclass(frozen=True)
class Place:
    """A workstation that stands in the trace. `mark` names it in an address and tells nothing of it."""

    mark: str
    name: str

    def __str__(self) -> str:
        return naming.place(self.name)


@dataclass(frozen=True)
class Offered:
    """The people and workstations that the filter offers."""

    persons: Sequence[naming.Person]
    places: Sequence[Place]

    def person(self, asked: uuids.UUID) -> naming.Person:
        """Nobody has the number -1: an unknown person has done nothing."""
        return next((one for one in self.persons if one.uuid == asked), naming.Person(asked, -1, ""))

    def place(self, mark: str) -> Place:
        """No workstation has a control sign in its name: an unknown mark finds nothing."""
        return next((one for one in self.places if one.mark == mark), Place(mark, "\x01"))


def offered() -> Offered:
    """Two queries."""
    return Offered(persons(), places())


def entries(actor: Actor, asked: Filters) -> TracePage:
    """A page of the trace, newest first: one query, and one for each kind of thing named on it. Each filter has an
    index in the order of the page, so that a page costs the same however long the trace is."""
    rows = filtered(asked)
    if asked.before is not None:
        at, pk = Entry.objects.filter(uuid=asked.before).values_list("at", "pk").first() or (None, 0)
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk)) if at is not None else rows.none()
    found = list(rows.order_by("-at", "-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return TracePage(lines=lines(actor, shown), next_before=shown[-1].uuid if len(found) > PAGE_SIZE else None)


def filtered(asked: Filters) -> QuerySet[Entry]:
    """The entries asked for, in no order."""
    rows: QuerySet[Entry] = Entry.objects.all()
    if asked.patient is not None:
        rows = rows.filter(patient_uuid=asked.patient)
    if asked.person is not None:
        rows = rows.filter(actor_user_id=asked.person.user_id)
    if asked.place is not None:
        rows = rows.filter(workstation=asked.place.name)
    if asked.action:
        rows = rows.filter(action=asked.action)
    elif asked.room:
        rows = rows.alias(room=Room("action")).filter(room=asked.room)
    if asked.first is not None:
        rows = rows.filter(at__gte=clock.at(asked.first, dt.time.min))
    if asked.last is not None:
        rows = rows.filter(at__lt=clock.at(asked.last + dt.timedelta(days=1), dt.time.min))
    return rows


def chunks(asked: Filters) -> Iterator[list[Entry]]:
    """All entries asked for, oldest first, some hundred at a time by the place reached; none that is written while it
    goes on. One query a chunk, with the details."""
    end = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    rows = filtered(asked).filter(pk__lte=end).select_related("payload").order_by("at", "pk")
    reached: Entry | None = None
    while True:
        rest = rows
        if reached is not None:
            rest = rows.filter(at__gte=reached.at).filter(Q(at__gt=reached.at) | Q(pk__gt=reached.pk))
        chunk = list(rest[:EXPORT_CHUNK])
        if not chunk:
            return
        yield chunk
        reached = chunk[-1]


def during(
    actor: Actor, user_id: int, since: dt.datetime, until: dt.datetime, limit: int = 200
) -> tuple[list[Line], bool]:
    """What a person read and did in a span, in its order, and whether there was more."""
    rows = Entry.objects.filter(actor_user_id=user_id, at__gte=since, at__lte=until).order_by("pk")
    found = list(rows[: limit + 1])
    return lines(actor, found[:limit]), len(found) > limit


def one_entry(actor: Actor, entry_uuid: uuids.UUID) -> tuple[Line, Entry, list[telling.Told], str] | None:
    """One entry with its detail, line by line, and the detail as it is kept."""
    entry = Entry.objects.select_related("payload").filter(uuid=entry_uuid).first()
    if entry is None:
        return None
    payload = getattr(entry, "payload", None)
    kept = json.loads(payload.body) if payload is not None and payload.body else {}
    as_kept = json.dumps(kept, ensure_ascii=False, indent=1) if kept else ""
    # It is kept in the order of the alphabet: a span is told by its ends, one after the other.
    told = {end: kept[end] for end in ("from", "until") if end in kept} | kept
    return lines(actor, [entry])[0], entry, telling.told(actor, entry.action, told), as_kept


@dataclass(frozen=True)
class Counted:
    """How often an action stands in the trace: `rows`, and what they say was `shown` (a search is one row for all its
    answers)."""

    rows: int = 0
    shown: int = 0


def counts(since: dt.datetime, until: dt.datetime) -> dict[str, Counted]:
    """Rows and pages shown for each action from an instant to before another, open searches closed first. For the
    load bench: what the trace holds must be what was shown."""
    gathering.settle(everything=True)
    within = Entry.objects.filter(at__gte=since, at__lt=until)
    rows = dict(within.values_list("action").annotate(count=Count("pk")).order_by())
    more: dict[str, int] = {}
    gathered = within.filter(payload__body__contains='"answers":').values_list("action", "payload__body")
    for action, body in gathered.iterator(chunk_size=1_000):
        more[action] = more.get(action, 0) + int(json.loads(body).get("answers", 1)) - 1
    return {action: Counted(count, count + more.get(action, 0)) for action, count in rows.items()}


def persons() -> Sequence[naming.Person]:
    """Everybody the filter offers."""
    return sorted((one for source in naming.people for one in source.everybody()), key=lambda one: one.name.casefold())


def places() -> Sequence[Place]:
    """The workstations that stand in the trace. One query, which hops through the index from name to name."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [MOST_PLACES])
        return [Place(_mark(name), name) for (name,) in cursor.fetchall()]


def actions() -> Sequence[tuple[str, Any, Sequence[tuple[str, Any]]]]:
    """The actions by room: the room, its name, and its actions with their words."""
    by_room: dict[str, list[tuple[str, Any]]] = {}
    for code, words in naming.actions().items():
        by_room.setdefault(code.split(".")[0], []).append((code, words))
    named = [
        (room, naming.room(room), sorted(found, key=lambda one: str(one[1]).casefold()))
        for room, found in by_room.items()
    ]
    return sorted(named, key=lambda one: str(one[1]).casefold())


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def lines(actor: Actor, rows: Sequence[Entry]) -> list[Line]:
    """Entries as they are shown: one query for each kind of thing named."""
    by_kind: dict[str, set[uuids.UUID]] = {}
    for row in rows:
        if row.subject_uuid is not None:
            by_kind.setdefault(row.subject_kind, set()).add(row.subject_uuid)
        if row.patient_uuid is not None:
            by_kind.setdefault(telling.patients(), set()).add(row.patient_uuid)
    names = {kind: telling.names(actor, kind, uuids) for kind, uuids in by_kind.items()}
    return [_line(row, names) for row in rows]


def _who(row: Entry) -> str:
    """Who acted, as the page says it: a person by name, the program and a visitor in words."""
    if row.actor_label.startswith("system:"):
        return _("Cuspide (%(job)s)") % {"job": row.actor_label.removeprefix("system:")}
    return _("Visitor") if row.actor_user_id is None and row.actor_label == "visitor" else row.actor_label


def _line(row: Entry, names: Mapping[str, telling.Named]) -> Line:
    namer = next((one for one in naming.namers if one.key == row.subject_kind), None)
    line = Line(
        uuid=row.uuid,
        at=row.at,
        person=_who(row),
        workstation=naming.place(row.workstation),
        roles=telling.roles(row.role),
        action=naming.said(row.action),
        # The patient has a column of her own.
        kind=namer.label if namer is not None and row.subject_uuid != row.patient_uuid else "",
        patient_uuid=row.patient_uuid,
        sequence=row.sequence,
    )
    if row.subject_uuid is not None and row.subject_uuid != row.patient_uuid:
        line.name, line.url = names.get(row.subject_kind, {}).get(row.subject_uuid, ("", ""))
    if row.patient_uuid is not None:
        line.patient_name, line.patient_url = names.get(telling.patients(), {}).get(row.patient_uuid, ("", ""))
    return line
