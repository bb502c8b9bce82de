"""Undo an import as a whole: whom it created is removed, what it added is taken back.

Somebody whose record was worked on since stays, and the report says who.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.patients.models import Patient
from cuspide.patients.services import bulk
from cuspide.portability import permissions
from cuspide.portability.matching import WROTE
from cuspide.portability.models import Fate, Import, ImportRow, KnownAs, Outcome, State
from cuspide.portability.services import filing, records
from cuspide.portability.services.working import BATCH, StopAsked, acting_for

Progress = Callable[[Import], None]
_WROTE = (Outcome.CREATED, Outcome.COMPLETED)


def undo(actor: Actor, of: Import) -> Import:
    """Begin to undo an import that ran or was stopped: `work` does it. Raises Forbidden, DomainError."""
    actor.require_everywhere(permissions.IMPORT)
    with transaction.atomic():
        held = filing.locked(of, State.DONE, State.RUNNING)
        held.state, held.reached, held.stop_requested, held.moved_at = State.UNDOING, 0, False, clock.now()
        held.user_id, held.user_label = actor.user_id, trail.label(actor.label, 150)
        held.at_table = records.UNDONE_IN_ORDER[0] if held.kind == "opendental" else ""
        held.save()
        filing.forget_file(held)
        trail.record(actor, "portability.undo", subject=held)
    return held


def work(pk: int, progress: Progress | None = None) -> Import:
    """Undo from the place reached to the end. Raises StopAsked."""
    of = Import.objects.get(pk=pk)
    while of.state == State.UNDOING:
        of = _batch(of)
        if progress is not None:
            progress(of)
    return of


def _batch(of: Import) -> Import:
    """The next lines that wrote something; the end when there are none."""
    with transaction.atomic():
        held: Import = locks.held(Import.objects).get(pk=of.pk)
        if held.state != State.UNDOING:
            return held
        if held.stop_requested:
            raise StopAsked
        wrote = ImportRow.objects.filter(of=held, table=held.at_table, outcome__in=_WROTE)
        rows = list(wrote.filter(line__gt=held.reached).order_by("line")[:BATCH])
        if not rows and held.at_table:
            held.at_table, held.reached = _next_table(held.at_table), 0
        elif not rows:
            held.state, held.ended_at = State.UNDONE, clock.now()
            kept = ImportRow.objects.filter(of=held, table="", fate=Fate.KEPT).values("patient_uuid")
            KnownAs.objects.filter(of=held).exclude(patient__uuid__in=kept).delete()
            trail.record(acting_for(held), "portability.undone", subject=held, detail=_told(held))
        elif held.at_table:
            removed_records = _undo_records(held, [row for row in rows if not row.fate])
            held.reached = rows[-1].line
            trail.record(acting_for(held), "portability.undo_lines", subject=held, detail=removed_records)
        else:
            removed, taken_back = _undo(held, [row for row in rows if not row.fate])
            held.reached = rows[-1].line
            detail = {"removed": removed, "taken_back": taken_back}
            trail.record(acting_for(held), "portability.undo_lines", subject=held, detail=detail)
        held.moved_at = clock.now()
        held.save()
    return held


def _next_table(table: str) -> str:
    """What is undone after a table; its patients, "", come last: whoever still has an appointment stays."""
    order = (*records.UNDONE_IN_ORDER, "")
    return order[order.index(table) + 1]


def _undo_records(of: Import, rows: Sequence[ImportRow]) -> dict[str, int]:
    """Take back what some rows of a table made, unless another import has met it since; how many went and how many
    stay."""
    by_thing = {row.thing_uuid: row for row in rows if row.thing_uuid}
    elsewhere = ImportRow.objects.filter(thing_uuid__in=by_thing, of__state__in=WROTE).exclude(of=of)
    met = {thing for thing in elsewhere.values_list("thing_uuid", flat=True) if thing}
    stay = met | records.take_back(of.at_table, [thing for thing in by_thing if thing not in met])
    kept = [row.pk for thing, row in by_thing.items() if thing in stay]
    gone = [row.pk for thing, row in by_thing.items() if thing not in stay]
    ImportRow.objects.filter(pk__in=kept).update(fate=Fate.KEPT)
    ImportRow.objects.filter(pk__in=gone).update(fate=Fate.UNDONE)
    return {"undone": len(gone), "kept": len(kept)}


def _told(of: Import) -> dict[str, int]:
    rows = ImportRow.objects.filter(of=of)
    return {fate.value: rows.filter(fate=fate).count() for fate in (Fate.UNDONE, Fate.KEPT)}


def _undo(of: Import, rows: Sequence[ImportRow]) -> tuple[list[str], list[str]]:
    """Undo lines, with all others of the same patients; the uuids of who was removed, and whose record is as before."""
    uuids = {row.patient_uuid for row in rows if row.patient_uuid}
    wrote = ImportRow.objects.filter(of=of, table="", patient_uuid__in=uuids, outcome__in=_WROTE)
    made: set[UUID | None] = set()
    added: dict[UUID | None, list[dict[str, Any]]] = defaultdict(list)
    for uuid, outcome, addition in wrote.values_list("patient_uuid", "outcome", "added"):
        if outcome == Outcome.CREATED:
            made.add(uuid)
        if addition:
            added[uuid].append(addition)
    patients = list(locks.held(Patient.objects).filter(uuid__in=uuids).order_by("pk"))
    gone = _untouched(of, [patient for patient in patients if patient.uuid in made], added)
    as_before = [each for each in patients if each.uuid not in made and bulk.take_back(each, added[each.uuid])]
    kept = {patient.uuid for patient in patients} - {patient.uuid for patient in (*gone, *as_before)}
    KnownAs.objects.filter(of=of, patient__in=as_before).delete()
    bulk.remove(gone)
    wrote.filter(patient_uuid__in=kept).update(fate=Fate.KEPT)
    wrote.exclude(patient_uuid__in=kept).update(fate=Fate.UNDONE)
    return sorted(str(one.uuid) for one in gone), sorted(str(one.uuid) for one in as_before)


def _untouched(
    of: Import, patients: Sequence[Patient], added: Mapping[UUID | None, Sequence[Mapping[str, Any]]]
) -> list[Patient]:
    """Those with whom nobody has worked, and whom no other import has met since."""
    elsewhere = ImportRow.objects.filter(patient_uuid__in=[each.uuid for each in patients], of__state__in=WROTE)
    met = set(elsewhere.exclude(of=of).values_list("patient_uuid", flat=True))
    versions = {
        each.pk: max(addition["version"] for addition in added[each.uuid]) for each in patients if each.uuid in added
    }
    return bulk.untouched([each for each in patients if each.uuid not in met], versions, besides=[KnownAs])
