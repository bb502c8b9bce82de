"""The mouth of a patient on any day, and the history of each tooth. Three queries: findings, acts, and acts that
another program recorded before."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cuspide.care.models import Act, ActState, EarlierAct, EarlierStage, Finding
from cuspide.care.odontogram.state import SURFACE_KINDS, Kind, Mark, Status, ToothState, states_from_marks
from cuspide.care.rules import bridge_roles
from cuspide.core import clock
from cuspide.core.db.prepared import prepared
from cuspide.patients.models import Patient


@dataclass(frozen=True)
class Event:
    """Something that was noted on a tooth: a finding, an act, or an act of another program, as a line of its history
    shows it.

    `standing` is false for what was corrected or voided; `made` is the day it was written down when that differs.
    """

    day: dt.date
    order: tuple[int, int]
    mark: Mark
    standing: bool
    finding: Finding | None = None
    act: Act | None = None
    earlier: EarlierAct | None = None

    @property
    def uuid(self) -> uuid.UUID:
        source = self.finding or self.act or self.earlier
        assert source is not None
        return source.uuid


@dataclass(frozen=True)
class Mouth:
    """The mouth on a day: states by tooth, and the days on which anything changed, oldest first. `planned` are the
    acts that are still to be done, also those that draw nothing."""

    day: dt.date
    states: Mapping[str, ToothState]
    days: Sequence[dt.date]
    events: Sequence[Event]
    planned: Sequence[Act] = ()

    def history(self, teeth: Iterable[str]) -> list[Event]:
        """All that was noted on these teeth, also what was corrected since, latest first."""
        wanted = set(teeth)
        found = [event for event in self.events if event.mark.tooth in wanted]
        return sorted(found, key=lambda event: (event.day, event.order), reverse=True)


_ACT_COLUMNS = (
    *("id", "uuid", "version", "code", "label", "short_name", "teeth", "region", "surfaces", "draws", "state"),
    *("planned_on", "done_on", "fee", "patient_id", "voided_at", "void_reason", "voided_by", "recorded_by"),
    *("practitioner__title", "practitioner__family_name"),
)


@prepared
def _findings(patient: Any) -> QuerySet[Finding]:
    return Finding.objects.filter(patient=patient)


@prepared
def _acts(patient: Any) -> QuerySet[Act]:
    drawn = ~Q(draws="") & ~Q(teeth="") | Q(state=ActState.PLANNED)
    return Act.objects.filter(drawn, patient=patient).select_related("practitioner").only(*_ACT_COLUMNS)


@prepared
def _earlier(patient: Any) -> QuerySet[EarlierAct]:
    there = [EarlierStage.DONE.value, EarlierStage.EXISTING.value]
    return EarlierAct.objects.filter(~Q(draws="") & ~Q(teeth=""), patient=patient, stage__in=there)


def mouth_at(patient: Patient, day: dt.date) -> Mouth:
    """The mouth on a day, from what is known now. A tooth without anything to tell is not in `states`."""
    findings, acts, earlier = _findings(patient.pk), _acts(patient.pk), _earlier(patient.pk)
    events = _events(findings, acts, earlier)
    shown = [event.mark for event in events if event.standing and event.day <= day]
    days = sorted({event.day for event in events if event.standing})
    planned = sorted((act for act in acts if act.state == ActState.PLANNED), key=lambda act: (act.planned_on, act.pk))
    return Mouth(day, states_from_marks(shown), days, events, planned)


def tooth_history(patient: Patient, teeth: Iterable[str]) -> list[Event]:
    """All that was noted on these teeth, latest first."""
    return mouth_at(patient, dt.date.max).history(teeth)


def _events(findings: Sequence[Finding], acts: Sequence[Act], earlier: Sequence[EarlierAct]) -> list[Event]:
    """All in the order in which it happened; of one day, what another program recorded comes before what was seen,
    and that before what was done."""
    events = _events_before(earlier)
    events += [
        Event(
            day=finding.observed_at,
            order=(0, finding.pk),
            mark=mark_of_finding(finding),
            standing=finding.is_standing,
            finding=finding,
        )
        for finding in findings
    ]
    rows: list[tuple[dt.date, tuple[int, int], Any]] = [(event.day, event.order, event) for event in events]
    for act in acts:
        rows.append((act.planned_on, (1, act.pk), (act, Status.PLANNED)))
        if act.state == ActState.DONE and act.done_on is not None:
            rows.append((act.done_on, (2, act.pk), (act, Status.DONE)))
    rows.sort(key=lambda row: (row[0], row[1]))
    done_on = {act.pk: act.done_on for act in acts if act.state == ActState.DONE}
    ordered: list[Event] = []
    absent: set[str] = set()
    for day, order, row in rows:
        if isinstance(row, Event):
            ordered.append(row)
            if row.standing:
                _note_absence(absent, row.mark)
            continue
        act, status = row
        if status is Status.PLANNED and done_on.get(act.pk) == act.planned_on:
            continue  # planned and done on one day: one line is enough
        for mark in marks_of_act(act, status, absent):
            standing = act.state != ActState.VOID
            ordered.append(Event(day=day, order=order, mark=mark, standing=standing, act=act))
            if standing:
                _note_absence(absent, mark)
    return ordered


def _events_before(earlier: Sequence[EarlierAct]) -> list[Event]:
    """What another program recorded: it is there, and was not made here."""
    events = []
    for act in earlier:
        # One without a day is told of the day it was brought in.
        day = act.day or clock.local(act.recorded_at).date()
        kind = Kind.ABSENT if act.draws == Kind.EXTRACTION else Kind(act.draws)
        surfaces = act.surfaces if kind in SURFACE_KINDS else ""
        group = str(act.uuid) if kind in (Kind.BRIDGE_ABUTMENT, Kind.BRIDGE_PONTIC, Kind.PROSTHESIS) else ""
        for tooth in act.tooth_codes:
            mark = Mark(tooth, kind, Status.EXISTING, surfaces, group, str(act.uuid))
            events.append(Event(day=day, order=(-1, act.pk), mark=mark, standing=True, earlier=act))
    return events


def mark_of_finding(finding: Finding) -> Mark:
    """What a finding shows on its tooth."""
    return Mark(
        finding.tooth,
        Kind(finding.kind),
        Status(finding.status),
        finding.surfaces,
        str(finding.group or ""),
        str(finding.uuid),
    )


def _note_absence(absent: set[str], mark: Mark) -> None:
    if mark.kind is Kind.ABSENT or (mark.kind is Kind.EXTRACTION and mark.status is Status.DONE):
        absent.add(mark.tooth)
    elif mark.kind is Kind.ERUPTING:
        absent.discard(mark.tooth)


def marks_of_act(act: Act, status: Status, absent: Iterable[str] = ()) -> list[Mark]:
    """What an act shows on each of its teeth."""
    if not act.draws:
        return []
    kind, codes = Kind(act.draws), act.tooth_codes
    group = str(act.uuid) if kind in (Kind.BRIDGE_ABUTMENT, Kind.PROSTHESIS) else ""
    roles = bridge_roles(codes, absent) if kind is Kind.BRIDGE_ABUTMENT else dict.fromkeys(codes, kind)
    surfaces = act.surfaces if kind in SURFACE_KINDS else ""
    return [Mark(tooth, role, status, surfaces, group, str(act.uuid)) for tooth, role in roles.items()]
