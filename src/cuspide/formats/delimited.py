"""CSV as programs and spreadsheets really write it (RFC 4180 and what does not follow it).

Separator, encoding and the presence of a header are found in the first lines. A line is read by itself, so that one
that is broken costs no other: a quote that is never closed makes its own line unreadable and not the rest of the file.
"""

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from cuspide.formats import encodings
from cuspide.formats.errors import FormatError
from cuspide.formats.table import Row, Table, named_once

SAMPLE = 256 * 1024
"""Bytes that are looked at to find the dialect."""

SEPARATORS = (";", ",", "\t", "|")
LONGEST_CELL = 10_000
MOST_COLUMNS = 300
LONGEST_TEXT = 100_000
"""Characters of a line; the reader of the standard library takes 131,072 in a cell."""
LONGEST_RECORD = 50
"""Lines that one quoted cell may run over."""

_QUOTED_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_GUARDED = re.compile(r"'[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True)
class Dialect:
    """How a file is written. `mark` is the length of its byte order mark."""

    encoding: str
    separator: str
    has_header: bool = True
    mark: int = 0


def detect(sample: bytes) -> Dialect:
    """The dialect of a file, from its first bytes (`SAMPLE` are enough). Whether its first line is a header is for
    whoever knows the words of headers: it is taken for one unless it holds a digit that begins a cell's value."""
    encoding, mark = encodings.detect(sample)
    head = []
    for line, _encoding in encodings.lines(iter([sample]), encoding, mark):
        if line.strip():
            head.append(line)
        if len(head) == 60:
            break
    separator = max(SEPARATORS, key=lambda one: _regularity(head, one))
    first = next(iter(_split(head[0], separator)), []) if head else []
    has_header = not any(re.search(r"\d{2}", cell) for cell in first)
    return Dialect(encoding, separator, has_header, mark)


def _regularity(head: list[str], separator: str) -> tuple[float, int]:
    """How well a separator cuts the first lines into equally many cells, more than one."""
    counts = Counter(len(cells) for line in head[:-1] or head for cells in _split(line, separator))
    counts.pop(1, None)
    if not counts:
        return (0.0, 0)
    width, times = max(counts.items(), key=lambda each: (each[1], each[0]))
    return (times / max(1, len(head)), width)


def _split(line: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader([line], delimiter=separator))
    except csv.Error:
        return []


def read(chunks: Iterable[bytes], dialect: Dialect | None = None) -> Table:
    """The table of a CSV file, given in pieces of any size; memory stays bounded by the longest line.

    Raises FormatError `csv.empty`, `csv.columns` (params `most`). Rows carry as their fault `csv.quote` (a quote never
    closed), `csv.cells` (params `found`, `expected`), `csv.nul` (a zero byte), `csv.long` (params `most`, the column
    where it is a cell of one).
    """
    pieces = iter(chunks)
    sample = b""
    for piece in pieces:
        sample += piece
        if len(sample) >= SAMPLE:
            break
    dialect = dialect or detect(sample[:SAMPLE])
    lines = encodings.lines(chain([sample], pieces), dialect.encoding, dialect.mark)
    records = _records(lines, dialect)
    first = next((row for row in records if row.fault is None and any(cell.strip() for cell in row.cells)), None)
    if first is None:
        raise FormatError("csv.empty", "The file holds no line")
    names = list(first.cells)
    if not dialect.has_header:
        names = [""] * len(names)
    while dialect.has_header and len(names) > 1 and not names[-1].strip():
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise FormatError("csv.columns", "Too many columns", line=1, params={"most": MOST_COLUMNS})
    header = named_once([plain(name) for name in names])
    rows = records if dialect.has_header else chain([first], records)
    return Table(header, (_checked(row, header) for row in rows if row.fault or any(map(str.strip, row.cells))))


def _checked(row: Row, header: tuple[str, ...]) -> Row:
    if row.fault:
        return row
    cells = row.cells
    width = len(header)
    if len(cells) > width and not any(map(str.strip, cells[width:])):
        cells = cells[:width]
    if len(cells) != width:
        return _faulty(
            row,
            FormatError(
                "csv.cells",
                "The line has not as many cells as the header",
                line=row.line,
                params={"found": len(cells), "expected": width},
            ),
        )
    for place, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            return _faulty(
                row,
                FormatError(
                    "csv.long",
                    "A cell is too long",
                    line=row.line,
                    column=place + 1,
                    field=header[place],
                    params={"most": LONGEST_CELL},
                ),
            )
    return Row(row.line, tuple(map(plain, cells)), row.encoding)


def _faulty(row: Row, fault: FormatError) -> Row:
    return replace(row, cells=(), fault=fault)


def plain(cell: str) -> str:
    """The text of a cell: `="06"`, by which spreadsheets are told that digits are text, is `06`; the apostrophe that
    keeps a text from being reckoned as a formula goes."""
    text = cell.strip()
    if text.startswith("=") and (found := _QUOTED_TEXT.fullmatch(text)):
        return found[1].replace('""', '"').strip()
    return text[1:] if _GUARDED.match(text) else text


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would reckon the cell instead of showing it. A telephone number or an amount may begin
    with a sign; a text that begins with = is a formula."""
    return cell.startswith(("=", "＝"))


class _Lines:
    """Lines with their numbers, of which those that were read too far can be given back."""

    def __init__(self, lines: Iterator[tuple[str, str]]) -> None:
        self._lines = enumerate(lines, start=1)
        self._back: deque[tuple[int, tuple[str, str]]] = deque()

    def take(self) -> tuple[int, str, str] | None:
        number, (text, encoding) = self._back.popleft() if self._back else next(self._lines, (0, ("", "")))
        return (number, text, encoding) if number else None

    def give_back(self, taken: list[tuple[int, str, str]]) -> None:
        self._back.extendleft((number, (text, encoding)) for number, text, encoding in reversed(taken))


def _records(lines: Iterator[tuple[str, str]], dialect: Dialect) -> Iterator[Row]:
    source = _Lines(lines)
    while (taken := source.take()) is not None:
        number, text, encoding = taken
        other = encoding if encoding != dialect.encoding else ""
        if "\0" in text:
            yield Row(number, (), other, FormatError("csv.nul", "The line holds a zero byte", line=number))
        elif len(text) > LONGEST_TEXT:
            most = {"most": LONGEST_TEXT}
            yield Row(number, (), other, FormatError("csv.long", "The line is too long", line=number, params=most))
        elif '"' not in text:
            yield Row(number, tuple(text.split(dialect.separator)), other)
        else:
            yield _quoted(source, taken, dialect.separator, other)


def _quoted(source: _Lines, first: tuple[int, str, str], separator: str, other: str) -> Row:
    """A line with quotes, and those that follow while a quoted cell runs on."""
    number, text, _encoding = first
    further: list[tuple[int, str, str]] = []
    while True:
        try:
            return Row(number, _parse(text, separator, strict=True), other)
        except csv.Error as error:
            runs_on = "unexpected end of data" in str(error)
        following = source.take() if runs_on and len(further) < LONGEST_RECORD and len(text) < LONGEST_CELL else None
        if following is not None:
            further.append(following)
            text += "\n" + following[1]
            continue
        source.give_back(further)
        if not further and not runs_on:
            # A quote within a cell, `Jean "Jeannot" Martin`, is a letter like any other.
            try:
                return Row(number, _parse(text, separator, strict=False), other)
            except csv.Error:
                pass
        return Row(number, (), other, FormatError("csv.quote", "A quote is opened and never closed", line=number))


def _parse(text: str, separator: str, *, strict: bool) -> tuple[str, ...]:
    rows = list(csv.reader([text], delimiter=separator, strict=strict))
    return tuple(rows[0]) if rows else ()
