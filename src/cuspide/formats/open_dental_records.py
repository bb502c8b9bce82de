"""What Open Dental's dump holds of its patients besides who they are: appointments, procedures and recalls, with the
lists whose numbers they use (chairs, providers, codes).

Its numbers become words and its teeth FDI codes. Facts about its tables are public
(https://www.opendental.com/OpenDentalDocumentation): AptStatus 1 scheduled, 2 complete, 3 on the unscheduled list,
4 scheduled and wanted sooner, 5 broken, 6 planned, 7 and 8 notes; `Pattern` has one sign for five minutes; ProcStatus
1 planned, 2 complete, 3 existing, 4 existing from elsewhere, 5 referred, 6 deleted, 7 condition, 8 planned and set
aside; an interval is years, months, weeks and days, a byte each; Surf names a quadrant (UR), a sextant (1 to 6) or an
arch (U, L) where there is no tooth.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cuspide.formats import mysql_dump, teeth
from cuspide.formats.errors import FormatError
from cuspide.formats.mysql_dump import DumpRow

APPOINTMENT, PROCEDURE, RECALL = "appointment", "procedurelog", "recall"
TABLES = (APPOINTMENT, PROCEDURE, RECALL)
_LISTS = ("operatory", "provider", "appointmenttype", "procedurecode", "recalltype")
_MOST = 20_000
"""Entries of a list that are kept; no practice has as many chairs or codes."""
_STATUSES = {"1": "booked", "2": "finished", "4": "booked", "5": "missed"}
_NO_VISIT = {"3": "unscheduled", "6": "planned", "7": "note", "8": "note"}
_STAGES = {"1": "planned", "2": "done", "3": "existing", "4": "existing", "5": "referred", "7": "condition",
           "8": "planned"}  # fmt: skip
_DELETED = "6"
_SLICE = 5
_QUADRANTS = {"UR": "10", "UL": "20", "LL": "30", "LR": "40"}
_ARCHES = {"U": "01", "L": "02"}


@dataclass
class Lists:
    """What numbers stand for: chairs, providers, types of appointments and of recalls by name; codes of procedures with
    their label. `used` are those that appointments name, by kind (`operatory`, `provider`, `type`)."""

    operatories: dict[str, str] = field(default_factory=dict)
    providers: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    recalls: dict[str, str] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=lambda: {"operatory": set(), "provider": set(), "type": set()})


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment. Times are those of the wall; `status` is `booked`, `finished` or `missed`; chair, provider and
    type are Open Dental's numbers, "0" for none."""

    begins: dt.datetime
    minutes: int
    status: str
    operatory: str
    provider: str
    type: str
    note: str
    arrived: dt.datetime | None = None
    seated: dt.datetime | None = None
    dismissed: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure. `stage` is `planned`, `done`, `existing`, `referred` or `condition`; `teeth` are FDI codes,
    `surfaces` the letters of the one tooth, `region` an ISO 3950 region; `elsewhere` a tooth that FDI has no code for,
    as it was written there. `hidden`: not drawn there any more."""

    code: str
    label: str
    stage: str
    day: dt.date | None
    teeth: tuple[str, ...]
    surfaces: str
    region: str
    provider: str
    elsewhere: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall that is due. `months` and `days` are its interval."""

    label: str
    due_on: dt.date
    previous_on: dt.date | None
    months: int
    days: int
    note: str


@dataclass(frozen=True, slots=True)
class Record:
    """A row of one of `TABLES`: `line` counts the rows of its table, `number` is its key there, `patient` a PatNum.
    `fault` says why it cannot be brought in; `what` is then None."""

    table: str
    line: int
    number: str
    patient: str
    what: Visit | Procedure | Recall | None
    fault: FormatError | None = None


def lists(chunks: Iterable[bytes]) -> Lists:
    """The lists of a dump, as far as it goes: where it was cut is said by its patients."""
    found = Lists()
    try:
        for row in mysql_dump.read(chunks, {*_LISTS, APPOINTMENT}):
            _note(found, row.table, _visible(row).values)
    except FormatError:
        pass
    return found


def _note(found: Lists, table: str, values: Mapping[str, str]) -> None:
    def text(*names: str) -> str:
        return next((values[name].strip() for name in names if values.get(name, "").strip()), "")

    def keep(into: dict[str, str], number: str, name: str) -> None:
        if number and len(into) < _MOST:
            into[number] = name[:100]

    if table == "operatory":
        keep(found.operatories, text("OperatoryNum"), text("OpName", "Abbrev"))
    elif table == "provider":
        keep(found.providers, text("ProvNum"), f"{text('FName')} {text('LName')}".strip() or text("Abbr"))
    elif table == "appointmenttype":
        keep(found.types, text("AppointmentTypeNum"), text("AppointmentTypeName"))
    elif table == "recalltype":
        keep(found.recalls, text("RecallTypeNum"), text("Description"))
    elif table == "procedurecode":
        if len(found.codes) < _MOST:
            found.codes[text("CodeNum")] = (text("ProcCode")[:15], text("Descript", "AbbrDesc", "LaymanTerm")[:255])
    elif values.get("AptStatus") in _STATUSES:
        for kind, number in (
            ("operatory", text("Op") or "0"),
            ("provider", _provider_of(values)),
            ("type", text("AppointmentTypeNum") or "0"),
        ):
            if len(found.used[kind]) < _MOST:
                found.used[kind].add(number)


def records(chunks: Iterable[bytes], of: Lists) -> Iterator[Record]:
    """Appointments, procedures and recalls in the order of the dump, as far as it goes."""
    try:
        for row in mysql_dump.read(chunks, TABLES):
            yield _record(_visible(row), of)
    except FormatError:
        return  # said by the patients


def _visible(row: DumpRow) -> DumpRow:
    """Without control characters, which neither store holds everywhere."""
    if all(text.isprintable() for text in row.values.values()):
        return row
    cleaned = {name: "".join(sign if sign.isprintable() else " " for sign in text) for name, text in row.values.items()}
    return DumpRow(row.table, row.number, cleaned)


def _record(row: DumpRow, of: Lists) -> Record:
    key = {APPOINTMENT: "AptNum", PROCEDURE: "ProcNum", RECALL: "RecallNum"}[row.table]
    number, patient = row.values.get(key, "").strip()[:30], row.values.get("PatNum", "").strip()[:100]
    what: Visit | Procedure | Recall | None = None
    fault: FormatError | None = None
    try:
        if not number:
            raise _fault("form", row.number)
        what = _READERS[row.table](row, of)
    except FormatError as error:
        fault = error
    return Record(row.table, row.number, number, patient, what, fault)


def _fault(code: str, line: int) -> FormatError:
    return FormatError(f"dental.{code}", "This row cannot be brought in", line=line)


def _visit(row: DumpRow, of: Lists) -> Visit:
    values = row.values
    status = values.get("AptStatus", "").strip()
    if status not in _STATUSES:
        raise _fault(_NO_VISIT.get(status, "form"), row.number)
    begins = _instant(values.get("AptDateTime", ""))
    if begins is None:
        raise _fault("no_day", row.number)
    minutes = len(values.get("Pattern", "").strip()) * _SLICE
    if not minutes:
        raise _fault("span", row.number)
    said = [" ".join(values.get(name, "").split()) for name in ("ProcDescript", "Note")]
    return Visit(
        begins=begins,
        minutes=minutes,
        status=_STATUSES[status],
        operatory=values.get("Op", "").strip() or "0",
        provider=_provider_of(values),
        type=values.get("AppointmentTypeNum", "").strip() or "0",
        note=" · ".join(part for part in said if part),
        arrived=_same_day(begins, values.get("DateTimeArrived", "")),
        seated=_same_day(begins, values.get("DateTimeSeated", "")),
        dismissed=_same_day(begins, values.get("DateTimeDismissed", "")),
    )


def _provider_of(values: Mapping[str, str]) -> str:
    hygienist = values.get("ProvHyg", "").strip()
    if values.get("IsHygiene", "").strip() == "1" and hygienist not in {"", "0"}:
        return hygienist
    return values.get("ProvNum", "").strip() or "0"


def _procedure(row: DumpRow, of: Lists) -> Procedure:
    values = row.values
    status = values.get("ProcStatus", "").strip()
    if status == _DELETED:
        raise _fault("deleted", row.number)
    code, label = of.codes.get(values.get("CodeNum", "").strip(), ("", ""))
    if status not in _STAGES or not code:
        raise _fault("code" if status in _STAGES else "form", row.number)
    named = [values.get("ToothNum", "").strip(), *values.get("ToothRange", "").split(",")]
    found, elsewhere = _teeth([each.strip() for each in named if each.strip()])
    surface = values.get("Surf", "").strip().upper()
    return Procedure(
        code=code,
        label=label or code,
        stage=_STAGES[status],
        day=_day(values.get("ProcDate", "")) or _day(values.get("DateTP", "")),
        teeth=found,
        surfaces=_surfaces(surface, teeth.tooth(found[0])) if len(found) == 1 else "",
        region="" if found or elsewhere else _region(surface),
        provider=of.providers.get(values.get("ProvNum", "").strip(), ""),
        elsewhere=elsewhere,
        hidden=values.get("HideGraphics", "").strip() == "1",
    )


def _teeth(numbers: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """FDI codes, each once, and what has none (supernumerary teeth)."""
    found: dict[str, None] = {}
    left: list[str] = []
    for number in numbers:
        try:
            found[teeth.from_universal(number).code] = None
        except FormatError:
            left.append(number)
    return tuple(found)[:32], ", ".join(left)[:60]


def _surfaces(letters: str, on: teeth.Tooth) -> str:
    """The faces of a tooth; B and F are vestibular, V is the fifth class, at its neck. A sign that is none is left."""
    chosen: set[teeth.Surface] = set()
    for letter in letters:
        try:
            chosen.update(teeth.parse_surfaces("V" if letter == "F" else letter, on))
        except FormatError:
            continue
    return "".join(each.value for each in teeth.ordered(chosen))


def _region(written: str) -> str:
    if written in {"1", "2", "3", "4", "5", "6"}:
        return f"0{int(written) + 2}"
    return _QUADRANTS.get(written) or _ARCHES.get(written, "")


def _recall(row: DumpRow, of: Lists) -> Recall:
    values = row.values
    if values.get("IsDisabled", "").strip() == "1":
        raise _fault("off", row.number)
    due_on = _day(values.get("DateDue", "")) or _day(values.get("DateDueCalc", ""))
    if due_on is None:
        raise _fault("not_due", row.number)
    interval = values.get("RecallInterval", "").strip()
    every = int(interval) if interval.isascii() and interval.isdigit() and len(interval) <= 10 else 0
    years, months, weeks, days = (every >> 24 & 255, every >> 16 & 255, every >> 8 & 255, every & 255)
    return Recall(
        label=of.recalls.get(values.get("RecallTypeNum", "").strip(), ""),
        due_on=due_on,
        previous_on=_day(values.get("DatePrevious", "")),
        months=years * 12 + months,
        days=weeks * 7 + days,
        note=" ".join(values.get("Note", "").split()),
    )


def _instant(text: str) -> dt.datetime | None:
    """A time on the wall; None for none (year 1 or 0) and for what is no time."""
    try:
        read = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read.replace(tzinfo=None, microsecond=0) if read.year > 1 else None


def _day(text: str) -> dt.date | None:
    read = _instant(text)
    return read.date() if read is not None else None


def _same_day(begins: dt.datetime, text: str) -> dt.datetime | None:
    """A time of the day of an appointment; its date is not kept with care there. None for midnight, which is none."""
    read = _instant(text)
    return None if read is None or read.time() == dt.time(0) else dt.datetime.combine(begins.date(), read.time())


_READERS: dict[str, Callable[[DumpRow, Lists], Visit | Procedure | Recall]] = {
    APPOINTMENT: _visit,
    PROCEDURE: _procedure,
    RECALL: _recall,
}
