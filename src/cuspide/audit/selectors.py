"""What the reading page of the trace needs, with a known number of queries."""

import datetime as dt
import json
import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from cuspide.audit import gathering, naming, telling
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor

PAGE_SIZE = 100


@dataclass(frozen=True)
class Filters:
    """What the reader asks for. Without a patient or a person a day is shown."""

    day: dt.date | None = None
    person: uuids.UUID | None = None
    patient: uuids.UUID | None = None
    action: str = ""
    before: uuids.UUID | None = None


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


def entries(actor: Actor, asked: Filters) -> TracePage:
    """A page of the trace, newest first: one query, and one for each kind of thing named on it."""
    rows = Entry.objects.all()
    if asked.patient is not None:
        rows = rows.filter(patient_uuid=asked.patient)
    if asked.person is not None:
        rows = rows.filter(actor_user_id=_user_id(asked.person))
    if asked.day is not None:
        rows = rows.filter(
            at__gte=clock.at(asked.day, dt.time.min), at__lt=clock.at(asked.day + dt.timedelta(days=1), dt.time.min)
        )
    if asked.action:
        rows = rows.filter(action=asked.action)
    if asked.before is not None:
        last = Entry.objects.filter(uuid=asked.before).values_list("pk", flat=True).first()
        rows = rows.filter(pk__lt=last or 0)
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return TracePage(lines=_lines(actor, shown), next_before=shown[-1].uuid if len(found) > PAGE_SIZE else None)


def one_entry(actor: Actor, entry_uuid: uuids.UUID) -> tuple[Line, Entry, list[telling.Told], str] | None:
    """One entry with its detail, line by line, and the detail as it is kept."""
    entry = Entry.objects.select_related("payload").filter(uuid=entry_uuid).first()
    if entry is None:
        return None
    payload = getattr(entry, "payload", None)
    kept = json.loads(payload.body) if payload is not None and payload.body else {}
    as_kept = json.dumps(kept, ensure_ascii=False, indent=1) if kept else ""
    return _lines(actor, [entry])[0], entry, telling.told(actor, entry.action, kept), as_kept


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


def _user_id(person: uuids.UUID) -> int:
    # Nobody has the number -1: an unknown person has done nothing.
    return next((one.user_id for one in persons() if one.uuid == person), -1)


def _lines(actor: Actor, rows: Sequence[Entry]) -> list[Line]:
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
        workstation=row.workstation,
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
