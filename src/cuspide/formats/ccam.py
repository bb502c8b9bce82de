"""CCAM as the CNAM publishes it: the full export as CSV, and the syntax of its codes.

The export has eleven columns. A row is a chapter ("07.02.02.05"), an act (four letters and three
digits), a further activity of the act above (blank code), a list of allowed modifiers ("[N, 9]"),
a list of complementary acts ("(ZZLP025, HBQK061)"), or a note, which is left out.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from cuspide.formats.errors import FormatError

COLUMNS = (
    "code",
    "",
    "label",
    "activity",
    "phase",
    "tariff",
    "tariff_other",
    "conditional",
    "prior_agreement",
    "exo_tm",
    "regroupement",
)
NOT_COVERED = "Non pris en charge"

_CODE = re.compile(r"[A-Z]{4}[0-9]{3}")
_TITLE = re.compile(r"CNAM - CCAM version ([0-9]{1,3}) applicable ([0-9]{2})/([0-9]{2})/([0-9]{4})")
_CHAPTER = re.compile(r"[0-9]{1,2}(\.[0-9]{2})*")
# Some editions went through a spreadsheet that read "01.06" as a number.
_CHAPTER_AS_FLOAT = re.compile(r"[0-9]{1,2}\.[0-9]{6,20}")
_FOOTNOTE = "*"
_SPREADSHEET_NOISE = Decimal("0.000001")
_MODIFIERS = re.compile(r"\[\s*([0-9A-Z](?:\s*,\s*[0-9A-Z])*)\s*\]")
_COMPLEMENTARY = re.compile(r"\(\s*([A-Z]{4}[0-9]{3}(?:\s*,\s*[A-Z]{4}[0-9]{3})*)\s*,?\s*\)")
_TARIFF = re.compile(r"[0-9]{1,6}(?:[.,] ?[0-9]{1,20})?")
_EXO = re.compile(r"[0-9](-[0-9])*")
_REGROUPEMENT = re.compile(r"[A-Z0-9]{2,3}")
_MODIFIERS_CHAPTER = "19.03"


def is_code(text: str) -> bool:
    """Whether the text is written as a CCAM code; says nothing of whether the act exists."""
    return _CODE.fullmatch(text) is not None


def parse_code(text: str) -> str:
    """A CCAM code as it is typed, in upper case.

    Raises FormatError `ccam.code` with the position of the first wrong character.
    """
    code = text.strip().upper() if len(text) <= 40 else text[:40]
    for index, character in enumerate(code[:7]):
        fits = character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if index < 4 else character in "0123456789"
        if not fits:
            raise FormatError(
                "ccam.code",
                "A CCAM code is four letters and three digits",
                position=len(text) - len(text.lstrip()) + index + 1,
            )
    if len(code) != 7:
        raise FormatError(
            "ccam.code",
            "A CCAM code is four letters and three digits",
            position=min(len(code), 7) + 1,
        )
    return code


@dataclass(frozen=True, slots=True)
class CcamPart:
    """One activity and phase of an act. Amounts in euros.

    tariff: column "secteur 1 / OPTAM"; tariff_other: the other column. None where the cell is
    empty (priced by another nomenclature) or says that the act is not covered.
    conditional: *remboursement sous conditions*; prior_agreement: *accord préalable*.
    exo_tm: codes of the exemption from the ticket modérateur, "5-7".
    """

    activity: str
    phase: str
    label: str
    tariff: Decimal | None
    tariff_other: Decimal | None
    covered: bool
    conditional: bool
    prior_agreement: bool
    exo_tm: str
    regroupement: str
    line: int


@dataclass(frozen=True, slots=True)
class CcamAct:
    """An act with its parts in the order of the file; `modifiers` are those it allows."""

    code: str
    label: str
    chapter: str
    chapter_label: str
    parts: tuple[CcamPart, ...]
    modifiers: tuple[str, ...]
    complementary: tuple[str, ...]
    line: int

    @property
    def main(self) -> CcamPart | None:
        """The main activity (1), first phase; None for an act that has no tariff line."""
        return next((each for each in self.parts if each.activity == "1"), None)


@dataclass(frozen=True, slots=True)
class CcamEdition:
    """A version of the CCAM and the day from which it is in force."""

    version: int
    in_force: dt.date
    acts: tuple[CcamAct, ...]


@dataclass
class _Reading:
    """An act being read."""

    code: str
    label: str
    chapter: str
    chapter_label: str
    line: int
    parts: list[CcamPart] = field(default_factory=list)
    modifiers: list[str] = field(default_factory=list)
    complementary: list[str] = field(default_factory=list)

    def finished(self) -> CcamAct:
        return CcamAct(
            self.code,
            self.label,
            self.chapter,
            self.chapter_label,
            tuple(self.parts),
            tuple(dict.fromkeys(self.modifiers)),
            tuple(dict.fromkeys(self.complementary)),
            self.line,
        )


def read_export(data: bytes) -> CcamEdition:
    """Read the full CSV export of the CNAM (UTF-8, with or without byte order mark).

    Raises FormatError `ccam.encoding`, `ccam.csv`, `ccam.title`, `ccam.columns`, `ccam.code`,
    `ccam.repeated`, `ccam.activity`, `ccam.phase`, `ccam.tariff`, `ccam.exo_tm`,
    `ccam.regroupement` or `ccam.empty`, with line, column and field.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FormatError("ccam.encoding", "The file is not UTF-8 text", line=line) from None
    rows = _rows(text)
    version, in_force = _title(next(rows, (1, [])))
    acts: list[CcamAct] = []
    seen: set[str] = set()
    reading: _Reading | None = None
    chapter, chapter_label = "", ""
    for line, row in rows:
        if not any(row) or row[0] == "Code":
            continue
        if len(row) != len(COLUMNS):
            raise FormatError(
                "ccam.columns",
                "A row of the CCAM has eleven columns",
                line=line,
                params={"found": len(row), "expected": len(COLUMNS)},
            )
        cells = [cell.strip() for cell in row]
        code = _as_written(cells[0])
        if is_code(code):
            if code in seen:
                raise _fault("ccam.repeated", "This code stands twice in the file", line, 0)
            seen.add(code)
            if reading is not None:
                acts.append(reading.finished())
            reading = _Reading(code, _one_line(cells[2]), chapter, chapter_label, line)
            if cells[3]:
                reading.parts.append(_part(cells, line))
        elif _CHAPTER.fullmatch(code) and not cells[5]:
            if reading is not None:
                acts.append(reading.finished())
                reading = None
            chapter, chapter_label = code, _one_line(cells[2])
        elif chapter.startswith(_MODIFIERS_CHAPTER):
            continue
        elif code and code != _FOOTNOTE and not _MODIFIERS.fullmatch(code):
            raise _fault("ccam.code", "This is neither a code, a chapter nor modifiers", line, 0)
        elif reading is not None:
            _continue(reading, cells, line)
    if reading is not None:
        acts.append(reading.finished())
    if not acts:
        raise FormatError("ccam.empty", "The file holds no act")
    return CcamEdition(version, in_force, tuple(acts))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError("ccam.csv", "The file is not CSV", line=line) from error
        yield line, row
        line = reader.line_num + 1


def _title(first: tuple[int, list[str]]) -> tuple[int, dt.date]:
    match = _TITLE.match(first[1][0]) if first[1] else None
    if match is None:
        raise FormatError(
            "ccam.title",
            "The first line does not name a version of the CCAM and its date",
            line=1,
            column=1,
        )
    version, day, month, year = (int(each) for each in match.groups())
    try:
        return version, dt.date(year, month, day)
    except ValueError:
        raise FormatError("ccam.title", "The date of the version does not exist", line=1, column=1) from None


def _continue(reading: _Reading, cells: list[str], line: int) -> None:
    modifiers = _MODIFIERS.fullmatch(cells[0])
    if modifiers:
        reading.modifiers += [each.strip() for each in modifiers[1].split(",")]
    complementary = _COMPLEMENTARY.fullmatch(cells[2])
    if complementary:
        reading.complementary += [each.strip() for each in complementary[1].split(",")]
    if cells[3]:
        reading.parts.append(_part(cells, line))


def _part(cells: list[str], line: int) -> CcamPart:
    if not (cells[3] in tuple("12345") and len(cells[3]) == 1):
        raise _fault("ccam.activity", "An activity is a digit from 1 to 5", line, 3)
    if not (cells[4] in tuple("0123") and len(cells[4]) == 1):
        raise _fault("ccam.phase", "A phase is a digit from 0 to 3", line, 4)
    exo_tm = cells[9].replace(" ", "").strip('"')
    if exo_tm and not _EXO.fullmatch(exo_tm):
        raise _fault("ccam.exo_tm", "Exemption codes are digits joined by hyphens", line, 9)
    if cells[10] and not _REGROUPEMENT.fullmatch(cells[10]):
        raise _fault("ccam.regroupement", "A group has two or three characters", line, 10)
    return CcamPart(
        activity=cells[3],
        phase=cells[4],
        label=_one_line(cells[2]),
        tariff=_tariff(cells, 5, line),
        tariff_other=_tariff(cells, 6, line),
        covered=cells[5] != NOT_COVERED,
        conditional=cells[7] == "RC",
        prior_agreement=cells[8] == "AP",
        exo_tm=exo_tm,
        regroupement=cells[10],
        line=line,
    )


def _tariff(cells: list[str], column: int, line: int) -> Decimal | None:
    if cells[column] in ("", NOT_COVERED):
        return None
    if _TARIFF.fullmatch(cells[column]) is None:
        raise _fault("ccam.tariff", "A tariff is an amount in euros", line, column)
    amount = Decimal(cells[column].replace(" ", "").replace(",", "."))
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    if abs(amount - cents) > _SPREADSHEET_NOISE:
        raise _fault("ccam.tariff", "A tariff is an amount in euros and cents", line, column)
    return cents


def _as_written(code: str) -> str:
    """The first cell, a chapter number brought back from a spreadsheet's float."""
    return f"{Decimal(code):05.2f}" if _CHAPTER_AS_FLOAT.fullmatch(code) else code


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fault(code: str, sentence: str, line: int, column: int) -> FormatError:
    return FormatError(code, sentence, line=line, column=column + 1, field=COLUMNS[column])
