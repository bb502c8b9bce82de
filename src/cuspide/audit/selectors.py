"""What the reading page of the trace needs, with a known number of queries."""

import datetime as dt
import json
import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cuspide.audit import naming, words
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages import typography

PAGE_SIZE = 100
_Named = Mapping[uuids.UUID, tuple[str, str]]


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


def one_entry(actor: Actor, entry_uuid: uuids.UUID) -> tuple[Line, Entry, list[tuple[str, str]]] | None:
    """One entry with its detail, key by key."""
    entry = Entry.objects.select_related("payload").filter(uuid=entry_uuid).first()
    if entry is None:
        return None
    payload = getattr(entry, "payload", None)
    detail: list[tuple[str, str]] = []
    if payload is not None and payload.body:
        told = json.loads(payload.body)
        names = _names(actor, _patients(), {one for value in told.values() for one in _uuids(value)})
        detail = [(words.label(key), _shown(key, value, names)) for key, value in told.items()]
    return _lines(actor, [entry])[0], entry, detail


def persons() -> Sequence[naming.Person]:
    """Everybody the filter offers."""
    return sorted((one for source in naming.people for one in source.everybody()), key=lambda one: one.name.casefold())


def _uuids(value: Any) -> list[uuids.UUID]:
    """The uuids among what an entry kept under one key."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        try:
            found.append(uuids.UUID(one) if isinstance(one, str) and len(one) == 36 else None)
        except ValueError:
            continue
    return [one for one in found if one is not None]


def _shown(key: str, value: Any, names: _Named) -> str:
    """What was kept, as one reads it: patients by name where the reader may know them, days, actions in words."""
    if isinstance(value, list):
        return ", ".join(_shown(key, one, names) for one in value)
    if key == "action" and isinstance(value, str):
        return str(naming.said(value))
    if known := next((names[one][0] for one in _uuids(value) if one in names), ""):
        return known
    if isinstance(value, str):
        return typography.day(value) if words.is_day(value) else value
    return json.dumps(value, ensure_ascii=False)


def _user_id(person: uuids.UUID) -> int:
    # Nobody has the number -1: an unknown person has done nothing.
    return next((one.user_id for one in persons() if one.uuid == person), -1)


def _lines(actor: Actor, rows: Sequence[Entry]) -> list[Line]:
    by_kind: dict[str, set[uuids.UUID]] = {}
    for row in rows:
        if row.subject_uuid is not None:
            by_kind.setdefault(row.subject_kind, set()).add(row.subject_uuid)
        if row.patient_uuid is not None:
            by_kind.setdefault(_patients(), set()).add(row.patient_uuid)
    names = {kind: _names(actor, kind, uuids) for kind, uuids in by_kind.items()}
    return [_line(row, names) for row in rows]


def _patients() -> str:
    """The kind that the column `patient_uuid` names, as the room of patients says."""
    return next((one.key for one in naming.namers if one.of_patients), "")


def _names(actor: Actor, kind: str, uuids: set[uuids.UUID]) -> _Named:
    namer = next((one for one in naming.namers if one.key == kind), None)
    if namer is None or not actor.can(namer.right):
        return {}
    found = namer.names(sorted(uuids))
    return {
        one: (name, reverse(namer.url_name, kwargs={"uuid": one}) if namer.url_name else "")
        for one, name in found.items()
    }


def _who(row: Entry) -> str:
    """Who acted, as the page says it: a person by name, the program and a visitor in words."""
    if row.actor_label.startswith("system:"):
        return _("Cuspide (%(job)s)") % {"job": row.actor_label.removeprefix("system:")}
    return _("Visitor") if row.actor_user_id is None and row.actor_label == "visitor" else row.actor_label


def _line(row: Entry, names: Mapping[str, _Named]) -> Line:
    namer = next((one for one in naming.namers if one.key == row.subject_kind), None)
    line = Line(
        uuid=row.uuid,
        at=row.at,
        person=_who(row),
        workstation=row.workstation,
        action=naming.said(row.action),
        kind=namer.label if namer is not None else "",
        patient_uuid=row.patient_uuid,
        sequence=row.sequence,
    )
    if row.subject_uuid is not None and row.subject_uuid != row.patient_uuid:
        line.name, line.url = names.get(row.subject_kind, {}).get(row.subject_uuid, ("", ""))
    if row.patient_uuid is not None:
        line.patient_name, line.patient_url = names.get(_patients(), {}).get(row.patient_uuid, ("", ""))
    return line
