"""Go through a file: the rehearsal, which writes only what would become of each line, and the import itself.

Some hundreds of lines are one transaction, in which the import also notes how far it is: what is killed leaves a whole
number of them, and goes on there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.db.bulk import insert_rows
from cuspide.core.errors import DomainError
from cuspide.formats.errors import FormatError
from cuspide.formats.open_dental_records import Record
from cuspide.formats.table import Row
from cuspide.patients.models import Patient
from cuspide.patients.services import bulk
from cuspide.patients.services.identity import take_numbers
from cuspide.portability import matching, permissions, sources
from cuspide.portability.matching import Decision
from cuspide.portability.models import Import, ImportRow, KnownAs, Outcome, State
from cuspide.portability.rules.reading import Person, Refused, read_row
from cuspide.portability.rules.reasons import CALM, Reason
from cuspide.portability.services import filing
from cuspide.portability.services.records import APPOINTMENT, PROCEDURE, RECALL, Records

BATCH = 500
"""Lines in one transaction. Their patients' uuids fit into one entry of the trace."""

_ROW = [field.attname for field in ImportRow._meta.concrete_fields if not field.primary_key]
Progress = Callable[[Import], None]


class StopAsked(Exception):
    """Somebody asked the import to stop; it goes on from the place it reached."""


def rehearse(actor: Actor, of: Import) -> Import:
    """Begin a rehearsal: `work` goes through the file. Raises Forbidden, DomainError."""
    actor.require_everywhere(permissions.IMPORT)
    with transaction.atomic():
        held = filing.locked(of, State.MAPPING, State.REHEARSED)
        filing.require_whole(held)
        filing.forget_rehearsal(held)
        _begin(held, State.REHEARSING)
        trail.record(actor, "portability.rehearse", subject=held)
    return held


def run(actor: Actor, of: Import) -> Import:
    """Begin the import: `work` goes through the file. Raises Forbidden, DomainError."""
    actor.require_everywhere(permissions.IMPORT)
    with transaction.atomic():
        # Whoever begins another import of the same file waits here, and is then refused.
        take_numbers(0)
        held = filing.locked(of, State.MAPPING, State.REHEARSED)
        filing.require_whole(held)
        if Import.objects.filter(sha256=held.sha256, state=State.RUNNING).exists():
            raise DomainError(_("This file is being brought in just now."))
        filing.forget_rehearsal(held)
        _begin(held, State.RUNNING)
        trail.record(actor, "portability.import", subject=held, detail={"sha256": held.sha256})
    return held


def _begin(held: Import, state: State) -> None:
    held.state, held.stop_requested, held.moved_at = state, False, clock.now()
    held.newest_before = Patient.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    held.save()


def stop(actor: Actor, of: Import) -> None:
    """Ask it to stop after the lines it is at."""
    actor.require_everywhere(permissions.IMPORT)
    with transaction.atomic():
        held = filing.locked(of, State.REHEARSING, State.RUNNING, State.UNDOING)
        Import.objects.filter(pk=held.pk).update(stop_requested=True)
        trail.record(actor, "portability.stop", subject=held)


def go_on(actor: Actor, of: Import) -> Import:
    """Take a stop back, so that `work` goes on."""
    actor.require_everywhere(permissions.IMPORT)
    with transaction.atomic():
        held = filing.locked(of, State.REHEARSING, State.RUNNING, State.UNDOING)
        held.stop_requested = False
        held.save(update_fields=["stop_requested"])
        trail.record(actor, "portability.go_on", subject=held)
    return held


def work(pk: int, progress: Progress | None = None) -> Import:
    """Go through the file from the place reached to its end. In the name of whoever began it.

    Raises StopAsked. Two that work on one import do not harm each other: each batch is done once.
    """
    of = Import.objects.get(pk=pk)
    with translation.override(of.language):
        while of.state in {State.REHEARSING, State.RUNNING}:
            of = _through(of, progress)
    return of


def acting_for(of: Import) -> Actor:
    """Whoever began the import: her right was asked when she did."""
    return Actor(user_id=of.user_id, label=of.user_label, is_system=True)


def _through(of: Import, progress: Progress | None) -> Import:
    table = sources.table(of)
    rows = islice(chain(table.rows, sources.records(of)), of.reached, None)
    while True:
        batch = _next(rows)
        people = [read_row(table, row, of.mapping, clock.today()) for row in batch if isinstance(row, Row)]
        done = _batch(of, people, [row for row in batch if isinstance(row, Record)]) if batch else _end(of)
        if done is None:
            # Another has worked on it meanwhile.
            return Import.objects.get(pk=of.pk)
        of = done
        if progress is not None:
            progress(of)
        if not batch:
            return of


def _next(rows: Any) -> list[Row | Record]:
    batch: list[Row | Record] = []
    try:
        batch.extend(islice(rows, BATCH))
    except FormatError as error:
        # What was read stays; that the file could be read no further is said on a line of its own.
        line = batch[-1].line + 1 if batch else (error.line or 0)
        batch.append(Row(line, (), "", error))
    return batch


def _held(of: Import) -> Import | None:
    """The import, locked, if it still is where this worker left it."""
    held: Import = locks.held(Import.objects).get(pk=of.pk)
    if (held.state, held.reached) != (of.state, of.reached):
        return None
    if held.stop_requested:
        raise StopAsked
    return held


def _end(of: Import) -> Import | None:
    left = sources.left_in(of)
    with transaction.atomic():
        held = _held(of)
        if held is None:
            return None
        held.dialect = {**held.dialect, **left}
        held.rows_total = held.reached
        if held.state == State.RUNNING:
            held.state, held.ended_at = State.DONE, clock.now()
            filing.forget_file(held)
            trail.record(acting_for(held), "portability.imported", subject=held, detail=filing.described(held))
        else:
            held.state = State.REHEARSED
        held.moved_at = clock.now()
        held.save()
    return held


def _batch(of: Import, people: Sequence[Person | Refused], records: Sequence[Record]) -> Import | None:
    """Some lines of people, then some of what is recorded of them: patients come first in a file."""
    real = of.state == State.RUNNING
    with transaction.atomic():
        if real:
            # The counter is locked first, as for each new patient: nobody creates one of them beside this.
            take_numbers(0)
        held = _held(of)
        if held is None:
            return None
        matcher = matching.prepare(held, [one for one in people if isinstance(one, Person)])
        decided = [one if isinstance(one, Refused) else matcher.decide(one) for one in people]
        writer = _Writer(held, real)
        rows = writer.write(decided)
        _keep(rows)
        # They find their patients by the lines just kept.
        others = Records(held, acting_for(held), real=real).write(records)
        _keep(others)
        held.reached += len(people) + len(records)
        held.moved_at = clock.now()
        for row in (*rows, *others):
            _count(held.counts, row)
        held.save(update_fields=["reached", "moved_at", "counts"])
        if real:
            detail = {
                "created": [str(row.patient_uuid) for row in rows if row.outcome == Outcome.CREATED],
                "completed": [str(row.patient_uuid) for row in rows if row.outcome == Outcome.COMPLETED],
            }
            if records:
                detail |= _told(others)
            trail.record(acting_for(held), "portability.import_lines", subject=held, detail=detail)
    return held


def _keep(rows: Sequence[ImportRow]) -> None:
    insert_rows(ImportRow, _ROW, [[getattr(row, name) for name in _ROW] for row in rows])


def _count(counts: dict[str, Any], row: ImportRow) -> None:
    """Of all lines by outcome, and of each table besides patients once more."""
    counts[row.outcome] = counts.get(row.outcome, 0) + 1
    if row.noted:
        counts["noted"] = counts.get("noted", 0) + 1
    if row.table:
        of_table = counts.setdefault("tables", {}).setdefault(row.table, {})
        of_table[row.outcome] = of_table.get(row.outcome, 0) + 1


def _told(others: Sequence[ImportRow]) -> dict[str, Any]:
    """What was made besides patients, for the trace."""
    made = [row for row in others if row.outcome == Outcome.CREATED]
    return {
        "appointments": [str(row.thing_uuid) for row in made if row.table == APPOINTMENT],
        "earlier_acts": sum(row.table == PROCEDURE for row in made),
        "recalls": sum(row.table == RECALL for row in made),
    }


@dataclass
class _Writer:
    """Writes what was decided of a batch, or says what would be."""

    of: Import
    real: bool
    made: dict[int, Patient] = field(default_factory=dict)
    """Patients of this batch, by line."""
    completed: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What was added to somebody, by line."""

    def write(self, decided: Sequence[Decision | Refused]) -> list[ImportRow]:
        decisions = [one for one in decided if isinstance(one, Decision) and one.refused is None]
        new = [one.person for one in decisions if one.patient is None and one.as_line is None]
        if self.real:
            created = bulk.create_many(
                acting_for(self.of),
                [_newcomer(person) for person in new],
                site_id=self.of.site_id,
            )
            self.made = {person.line: patient for person, patient in zip(new, created, strict=True)}
        met = [(one, patient) for one in decisions if not one.nothing_new and (patient := self._patient(one))]
        told = self._told(met)
        if self.real:
            self._remember_numbers(decisions)
        return [self._row(one, told) for one in decided]

    def _patient(self, decision: Decision) -> Patient | None:
        """Whom somebody who is not new is; None where a rehearsal has nobody."""
        if decision.patient is not None or decision.as_line is None:
            return decision.patient
        line = decision.as_line
        if line.patient_uuid is None:
            return self.made.get(line.number)
        return Patient.objects.filter(uuid=line.patient_uuid, merged_into__isnull=True).first()

    def _told(self, met: Sequence[tuple[Decision, Patient]]) -> dict[int, bulk.Lacking]:
        """What each line adds to whom it met; written down at once when it is real."""
        newcomers = [_newcomer(one.person) for one, _patient in met]
        told = dict(
            zip(
                [one.person.line for one, _patient in met],
                bulk.lacking([(patient, each) for (_one, patient), each in zip(met, newcomers, strict=True)]),
                strict=True,
            )
        )
        if not self.real:
            return told
        seen: set[int] = set()
        for (one, patient), newcomer in zip(met, newcomers, strict=True):
            line = one.person.line
            if not told[line]:
                continue
            current = locks.held(Patient.objects).get(pk=patient.pk)
            if patient.pk in seen:
                # An earlier line of this batch has added something meanwhile.
                told[line] = bulk.lacking([(current, newcomer)])[0]
            seen.add(patient.pk)
            if told[line]:
                self.completed[line] = bulk.complete(acting_for(self.of), current, told[line])
        return told

    def _remember_numbers(self, decisions: Sequence[Decision]) -> None:
        rows = []
        for one in decisions:
            patient = self.made.get(one.person.line) or self._patient(one)
            if one.person.source_number and patient is not None:
                rows.append([patient.pk, self.of.source, one.person.source_number, self.of.pk])
        insert_rows(KnownAs, ["patient_id", "source", "number", "of_id"], rows, unless_there=True)

    def _row(self, one: Decision | Refused, told: dict[int, bulk.Lacking]) -> ImportRow:
        if isinstance(one, Refused):
            return self._refused(one.line, one.reasons, one.shown)
        person = one.person
        if one.refused is not None:
            return self._refused(person.line, (*person.notes, one.refused), person.shown)
        added = told.get(person.line)
        patient = self.made.get(person.line) or self._patient(one)
        is_new = one.patient is None and one.as_line is None
        notes: list[Reason] = list(person.notes)
        if added is not None and added.differs:
            notes.append(("differs", {"fields": list(added.differs)}))
        outcome = Outcome.CREATED if is_new else Outcome.COMPLETED if added else Outcome.SAME
        return ImportRow(
            of=self.of,
            line=person.line,
            outcome=outcome,
            patient_uuid=patient.uuid if patient is not None else None,
            identity_key=person.identity_key,
            nir_key=person.nir_key,
            source_number=person.source_number,
            reasons=_stored(notes),
            noted=any(code not in CALM for code, _params in notes),
            shown="" if self.real else person.shown[:200],
            added=self.completed.get(person.line),
        )

    def _refused(self, line: int, why: Sequence[Reason], shown: str) -> ImportRow:
        return ImportRow(of=self.of, line=line, outcome=Outcome.REFUSED, reasons=_stored(why), shown=shown[:200])


def _newcomer(person: Person) -> bulk.Newcomer:
    return bulk.Newcomer(person.identity, person.contacts, person.amo, person.amc)


def _stored(notes: Sequence[Reason]) -> list[Any]:
    """Reasons as they are kept: without the text that went into the remark."""
    return [[code, {name: value for name, value in params.items() if name != "text"}] for code, params in notes]
