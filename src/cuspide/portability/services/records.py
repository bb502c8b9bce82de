"""Appointments, procedures and recalls that a file holds beside its patients: what becomes of each, and writing it.

Each room has its own service for what an import brings; here is decided whom and where a line is about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cuspide.agenda.models import DueRecall
from cuspide.agenda.rules import State
from cuspide.agenda.services import bringing, recalls
from cuspide.agenda.services.bringing import Brought
from cuspide.care.models import EarlierAct
from cuspide.care.services import earlier
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages import typography
from cuspide.formats.open_dental_records import APPOINTMENT, PROCEDURE, RECALL, Procedure, Recall, Record, Visit
from cuspide.patients.models import Patient
from cuspide.portability import places
from cuspide.portability.models import Import, ImportRow, Outcome
from cuspide.portability.places import Known
from cuspide.portability.rules import cdt
from cuspide.portability.rules.places import OPERATORY, PROVIDER, TYPE
from cuspide.portability.rules.reasons import CALM, Reason

UNDONE_IN_ORDER = (RECALL, PROCEDURE, APPOINTMENT)
"""Tables whose rows are taken back, before their patients."""


def take_back(table: str, uuids: Sequence[UUID]) -> set[UUID]:
    """Remove what the rows of a table made; which of it stays, because somebody has worked on it since."""
    back: Mapping[str, Callable[[Sequence[UUID]], set[UUID]]] = {
        APPOINTMENT: bringing.take_back,
        PROCEDURE: earlier.remove_earlier,
        RECALL: recalls.take_recalls_back,
    }
    return back[table](uuids)


@dataclass(frozen=True)
class _Whom:
    """Whom a line is about. `patient` is None in a rehearsal of somebody new; `shown` is then what the file says."""

    patient: Patient | None
    shown: str


@dataclass
class _Decided:
    """A line in the making. `thing` is what is written of it, `met` what it was already."""

    record: Record
    whom: _Whom | None = None
    outcome: Outcome = Outcome.CREATED
    notes: list[Reason] = field(default_factory=list)
    shown: str = ""
    thing: Any = None
    uuid: UUID | None = None

    def refuse(self, code: str, **params: Any) -> None:
        self.outcome, self.thing = Outcome.REFUSED, None
        self.notes = [(code, params)]

    def meet(self, met: Any, *, same: bool) -> None:
        self.outcome, self.thing, self.uuid = Outcome.SAME, None, met.uuid
        self.notes = [] if same else [("record_differs", {})]


class Records:
    """Decides and writes the records of one batch, whose patients are written already."""

    def __init__(self, of: Import, actor: Actor, *, real: bool) -> None:
        self.of, self.actor, self.real = of, actor, real
        self.program = of.source or "Open Dental"

    def write(self, records: Sequence[Record]) -> list[ImportRow]:
        """What became of each, in order."""
        if not records:
            return []
        people = self._people(records)
        decided = [self._begin(record, people) for record in records]
        by_table: dict[str, list[_Decided]] = {table: [] for table in UNDONE_IN_ORDER}
        for one in decided:
            if one.outcome == Outcome.CREATED:
                by_table[one.record.table].append(one)
        self._appointments(by_table[APPOINTMENT])
        self._procedures(by_table[PROCEDURE])
        self._recalls(by_table[RECALL])
        return [self._row(one) for one in decided]

    def _people(self, records: Sequence[Record]) -> dict[str, _Whom]:
        """Whom the numbers of patients are, by the lines of this import. Two queries."""
        numbers = {record.patient for record in records} - {""}
        lines = ImportRow.objects.filter(of=self.of, table="", source_number__in=numbers).order_by("line")
        taken = lines.exclude(outcome=Outcome.REFUSED)
        found = list(taken.values_list("source_number", "patient_uuid", "shown"))
        uuids = {uuid for _number, uuid, _shown in found if uuid}
        patients = {one.uuid: one for one in Patient.objects.filter(uuid__in=uuids).select_related("merged_into")}
        people: dict[str, _Whom] = {}
        for number, uuid, shown in found:
            patient = patients.get(uuid) if uuid else None
            while patient is not None and patient.merged_into is not None:
                patient = patient.merged_into
            if patient is not None or uuid is None:
                people.setdefault(number, _Whom(patient, shown))
        return people

    def _begin(self, record: Record, people: Mapping[str, _Whom]) -> _Decided:
        one = _Decided(record, people.get(record.patient), shown=_shown(record))
        if record.fault is not None:
            one.refuse(record.fault.code)
        elif one.whom is None:
            one.refuse("no_patient", number=record.patient or "?")
        return one

    def _known(self, decided: Sequence[_Decided], held: Mapping[str, Any], same: Callable[[Any, Any], bool]) -> None:
        """Settle those that were brought in before, also by an earlier line of this batch."""
        seen: set[str] = set()
        for one in decided:
            if one.outcome != Outcome.CREATED:
                continue
            if (met := held.get(one.record.number)) is not None:
                one.meet(met, same=same(one.thing, met))
            elif one.record.number in seen:
                one.refuse("record_twice")
            seen.add(one.record.number)

    def _appointments(self, decided: Sequence[_Decided]) -> None:
        if not decided:
            return
        known = Known.read()
        for one in decided:
            self._place(one, known)
        left = [one for one in decided if one.outcome == Outcome.CREATED]
        if self.real:
            bringing.lock_chairs([one.thing.chair for one in left])
        held = bringing.appointments_by_number(self.program, {one.record.number for one in left})
        self._known(left, held, bringing.same_told)
        new = [one for one in left if one.outcome == Outcome.CREATED]
        doubled = bringing.in_the_way([one.thing for one in new])
        for one in new:
            if one.record.number in doubled:
                one.notes.append(("in_the_way", {"chair": one.thing.chair.name}))
        if self.real:
            made = bringing.bring(self.actor, [one.thing for one in new], doubled)
            for one, appointment in zip(new, made, strict=True):
                one.uuid = appointment.uuid

    def _place(self, one: _Decided, known: Known) -> None:
        visit, whom = one.record.what, one.whom
        assert isinstance(visit, Visit)
        assert whom is not None
        for kind, number in ((OPERATORY, visit.operatory), (PROVIDER, visit.provider), (TYPE, visit.type)):
            if known.of(self.of.places, kind, number) is None:
                name = places.name_there(self.of, kind, number)
                one.refuse(f"no_{kind}", name=name or str(places.NONE_THERE))
                return
        brought = Brought(
            patient=whom.patient,
            chair=known.of(self.of.places, OPERATORY, visit.operatory),
            practitioner=known.of(self.of.places, PROVIDER, visit.provider),
            type=known.of(self.of.places, TYPE, visit.type),
            begins=visit.begins,
            minutes=visit.minutes,
            state=State(visit.status),
            note=visit.note,
            program=self.program,
            number=one.record.number,
            chair_there=places.name_there(self.of, OPERATORY, visit.operatory)[:100],
            practitioner_there=places.name_there(self.of, PROVIDER, visit.provider)[:120],
            type_there=places.name_there(self.of, TYPE, visit.type)[:100],
            arrived=visit.arrived,
            seated=visit.seated,
            dismissed=visit.dismissed,
        )
        if not brought.is_possible():
            one.refuse("dental.span")
            return
        ahead = brought.state == State.BOOKED and brought.span()[1] > clock.now()
        if ahead and whom.patient is not None and whom.patient.deceased_on:
            one.refuse("deceased")
            return
        if len(visit.note) > bringing.LONGEST_NOTE:
            one.notes.append(("note_cut", {"most": bringing.LONGEST_NOTE}))
        if brought.state == State.BOOKED and not ahead:
            one.notes.append(("booked_past", {}))
        one.thing = brought

    def _procedures(self, decided: Sequence[_Decided]) -> None:
        for one in decided:
            assert isinstance(one.record.what, Procedure)
            assert one.whom is not None
            one.thing = self._earlier_act(one.record.number, one.record.what, one.whom.patient)
            if one.record.what.elsewhere:
                one.notes.append(("tooth_elsewhere", {"tooth": one.record.what.elsewhere}))
        held = earlier.earlier_by_number(self.program, {one.record.number for one in decided})
        self._known(decided, held, earlier.same_told)
        self._write(decided, earlier.record_earlier)

    def _earlier_act(self, number: str, told: Procedure, patient: Patient | None) -> EarlierAct:
        return EarlierAct(
            patient=patient,
            program=self.program,
            number=number,
            code=told.code,
            label=told.label,
            stage=told.stage,
            day=told.day,
            teeth=" ".join(told.teeth),
            teeth_there=told.elsewhere,
            region=told.region,
            surfaces=told.surfaces[:5],
            draws="" if told.hidden else cdt.drawn_by(told.code),
            done_by=told.provider[:120],
        )

    def _recalls(self, decided: Sequence[_Decided]) -> None:
        for one in decided:
            assert isinstance(one.record.what, Recall)
            assert one.whom is not None
            told = one.record.what
            one.thing = DueRecall(
                patient=one.whom.patient,
                program=self.program,
                number=one.record.number,
                label=told.label[:100],
                due_on=told.due_on,
                previous_on=told.previous_on,
                months=told.months,
                days=told.days,
                note=told.note[:300],
            )
            if len(told.note) > 300:
                one.notes.append(("note_cut", {"most": 300}))
        held = recalls.recalls_by_number(self.program, {one.record.number for one in decided})
        self._known(decided, held, lambda brought, met: brought.due_on == met.due_on)
        self._write(decided, recalls.bring_recalls)

    def _write(self, decided: Sequence[_Decided], write: Callable[[Sequence[Any]], None]) -> None:
        new = [one for one in decided if one.outcome == Outcome.CREATED]
        if self.real:
            write([one.thing for one in new])
            for one in new:
                one.uuid = one.thing.uuid

    def _row(self, one: _Decided) -> ImportRow:
        whom = one.whom
        patient = whom.patient if whom is not None else None
        who = whom.shown if whom is not None and patient is None else ""
        return ImportRow(
            of=self.of,
            table=one.record.table,
            line=one.record.line,
            outcome=one.outcome,
            patient_uuid=patient.uuid if patient is not None else None,
            thing_uuid=one.uuid,
            reasons=[[code, params] for code, params in one.notes],
            noted=one.outcome != Outcome.REFUSED and any(code not in CALM for code, _params in one.notes),
            shown=" · ".join(part for part in (who, one.shown) if part)[:200],
        )


def _shown(record: Record) -> str:
    """What a line tells of, in few words; of one that could not be read, its number there."""
    what = record.what
    if isinstance(what, Visit):
        return f"{typography.day(what.begins.date())} {what.begins:%H:%M}"
    if isinstance(what, Procedure):
        day = typography.day(what.day) if what.day else ""
        return " ".join(part for part in (day, what.code, " ".join(what.teeth), what.surfaces) if part)
    if isinstance(what, Recall):
        return f"{what.label} {typography.day(what.due_on)}".strip()
    return _("no. %(number)s") % {"number": record.number} if record.number else ""
