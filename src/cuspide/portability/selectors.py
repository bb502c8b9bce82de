"""What the pages and the command line show of imports."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.errors import Sentence
from cuspide.formats.errors import FormatError
from cuspide.patients.models import Patient
from cuspide.portability import sources
from cuspide.portability.models import Fate, Import, ImportRow, Outcome, State
from cuspide.portability.rules import reasons

PREVIEWED = 5


def imports() -> QuerySet[Import]:
    """All imports, the newest first, but files that are still arriving."""
    return Import.objects.exclude(state=State.ARRIVING).order_by("-pk")


def import_by_uuid(uuid: UUID) -> Import | None:
    return Import.objects.filter(uuid=uuid).first()


def unfinished() -> Import | None:
    """The last import that was begun and has not ended."""
    return imports().filter(state__in=["rehearsing", "running", "undoing"]).first()


def preview(of: Import) -> list[tuple[str, ...]]:
    """The first rows of the file."""
    try:
        rows = [row.cells for row in islice(sources.table(of).rows, PREVIEWED * 4) if row.fault is None]
    except FormatError:
        return []
    return rows[:PREVIEWED]


@dataclass(frozen=True)
class Line:
    """A line of the file as it is shown; `patient` where the reader may open her record."""

    row: ImportRow
    patient: Patient | None
    said: Sequence[Sentence]

    @property
    def name(self) -> str:
        return self.patient.display_name if self.patient is not None else self.row.shown

    @property
    def table(self) -> Any:
        """What the line tells of, where it is no patient."""
        return TABLE_ROWS.get(self.row.table, "")


TABLE_ROWS = {"appointment": _("Appointment"), "procedurelog": _("Act"), "recall": _("Recall")}
WHICH = ("all", *Outcome.values, "noted", "kept")


def rows(of: Import, which: str) -> QuerySet[ImportRow]:
    """The lines of an import: all, those of an outcome, those to be looked at, those that an undo left."""
    found = ImportRow.objects.filter(of=of).order_by("table", "line")
    if which == "noted":
        return found.filter(noted=True)
    if which == "kept":
        return found.filter(fate=Fate.KEPT)
    return found.filter(outcome=which) if which in Outcome.values else found


@dataclass(frozen=True)
class Tabs:
    """The choices among the lines, each with its number; `kept` is how many an undo left."""

    shown: Sequence[tuple[str, Any, int]]
    kept: int


def tabs(of: Import) -> Tabs:
    """How many lines there are of each kind. One query at most."""
    counts = counted(of)
    kept = rows(of, "kept").count() if of.state in {State.UNDOING, State.UNDONE} else 0
    offered = [
        ("refused", Outcome.REFUSED.label, counts["refused"]),
        ("noted", _("To be looked at"), int(of.counts.get("noted", 0))),
        *((each.value, each.label, counts[each]) for each in (Outcome.CREATED, Outcome.COMPLETED, Outcome.SAME)),
        ("kept", Fate.KEPT.label, kept),
    ]
    shown = [(key, label, count) for key, label, count in offered if count]
    return Tabs([*shown, ("all", pgettext_lazy("lines", "All"), sum(counts.values()))], kept)


def lines(found: Sequence[ImportRow]) -> list[Line]:
    """Rows with their patients and reasons in words. One query."""
    uuids = {row.patient_uuid for row in found if row.patient_uuid}
    patients = {patient.uuid: patient for patient in Patient.objects.filter(uuid__in=uuids)} if uuids else {}
    return [Line(row, patients.get(row.patient_uuid), said(row)) for row in found]  # type: ignore[arg-type]


def said(row: ImportRow) -> list[Sentence]:
    return [reasons.sentence(code, params) for code, params in row.reasons]


def columns_left_out(of: Import) -> list[str]:
    """Columns of the file that mean nothing here."""
    return [name for name in of.header if name not in of.mapping]


def left_in_file(of: Import) -> list[tuple[Any, int]]:
    """What the file holds besides patients, which is not brought in: what it is called and how many."""
    left = of.dialect.get("left", {})
    return [(_LEFT[name], int(left[name])) for name in _LEFT if left.get(name)]


_LEFT = {
    "allergy": _("allergies"),
    "disease": _("diseases"),
    "medicationpat": _("medicines taken"),
    "rxpat": _("prescriptions"),
    "procnote": _("notes on procedures"),
    "perioexam": _("periodontal charts"),
    "document": _("documents"),
    "payment": _("payments"),
}
TABLES = {"appointment": _("Appointments"), "procedurelog": _("Acts"), "recall": _("Recalls")}
"""What is brought in besides patients, as it is called."""


@dataclass(frozen=True)
class Table:
    """Patients, or another table of a dump: how many lines of it came to what."""

    label: Any
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def tables(of: Import) -> list[Table]:
    """Of a file that holds more than patients, its tables one by one; together they are all its lines."""
    counts = of.counts.get("tables", {})
    if not counts:
        return []
    others = {
        name: {each: int(counts[name].get(each, 0)) for each in Outcome.values} for name in TABLES if name in counts
    }
    people = {each: count - sum(other[each] for other in others.values()) for each, count in counted(of).items()}
    return [Table(_("Patients"), people), *(Table(TABLES[name], other) for name, other in others.items())]


def counted(of: Import) -> dict[str, int]:
    """How many lines came to what; together they are the lines read."""
    return {outcome: int(of.counts.get(outcome, 0)) for outcome in Outcome.values}


def report(of: Import) -> dict[str, Any]:
    """An import in plain values, for machines."""
    counts = counted(of)
    kept = ImportRow.objects.filter(of=of, fate=Fate.KEPT).count() if of.state in {"undoing", "undone"} else 0
    return {
        "id": str(of.uuid),
        "state": of.state,
        "sha256": of.sha256,
        "rows": sum(counts.values()),
        **counts,
        "noted": int(of.counts.get("noted", 0)),
        "kept": kept,
        "reconciled": not of.under_way and sum(counts.values()) == of.rows_total,
        "mapping": of.mapping,
        "tables": of.counts.get("tables", {}),
        "columns_left_out": columns_left_out(of),
        "left_in_file": of.dialect.get("left", {}),
    }
