"""Open Dental's database dump as a table of patients (its table `patient`, https://www.opendental.com/OpenDentalDocumentation).

Its numbers become words: Gender 0, 1, 2 are M, F, U; PatStatus 4 is a record that was deleted there. Day 0001-01-01 is
none. Telephones are North American unless they begin with +. Its SSN is the American one, and is left.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from cuspide.formats import mysql_dump
from cuspide.formats.errors import FormatError
from cuspide.formats.mysql_dump import DumpRow
from cuspide.formats.table import Row, Table

HEADER = (
    "PatNum", "LName", "FName", "MiddleI", "Preferred", "Title", "Gender", "Birthdate", "HmPhone", "WkPhone",
    "WirelessPhone", "Email", "Address", "Address2", "City", "State", "Zip", "Country", "DateTimeDeceased", "AddrNote",
    "ChartNumber", "SSN",
)  # fmt: skip
OTHER_TABLES = ("allergy", "disease", "medicationpat", "procnote", "perioexam", "rxpat", "document", "payment")
"""What else a dump holds of patients, and nobody brings in."""

_GENDERS = {"0": "M", "1": "F", "2": "U"}
_DELETED = "4"
_AMERICAN = re.compile(r"\(?(\d{3})\)?[\s.-]*(\d{3})[\s.-]*(\d{4})", re.ASCII)
_NO_DAY = re.compile(r"000[01]-0[01]-0[01].*")


def is_one(sample: bytes) -> bool:
    return mysql_dump.is_one(sample)


def read(chunks: Iterable[bytes]) -> Table:
    """The patients of a dump as rows; `line` counts the rows of the table.

    Raises FormatError `sql.none` where there is no patient. A row carries `sql.deleted` (deleted in the other program)
    as its fault, the last one `sql.cut` or `sql.long` (with the line of the dump in `at`).
    """
    rows = _rows(mysql_dump.read(chunks, {"patient"}))
    first = next(rows, None)
    if first is None:
        raise FormatError("sql.none", "The dump holds no patient")
    return Table(HEADER, chain([first], rows))


def count(chunks: Iterable[bytes]) -> dict[str, int]:
    """How many rows the other tables hold."""
    found = dict.fromkeys(OTHER_TABLES, 0)
    try:
        for row in mysql_dump.read(chunks, OTHER_TABLES):
            found[row.table] += 1
    except FormatError:
        pass  # said by `read`, on its last row
    return found


def _rows(dump: Iterator[DumpRow]) -> Iterator[Row]:
    last = 0
    try:
        for row in dump:
            if "PatNum" not in row.values and not last:
                raise FormatError("sql.none", "The table of patients is not Open Dental's")
            last = row.number
            if row.values.get("PatStatus") == _DELETED:
                yield Row(last, (), "", FormatError("sql.deleted", "Deleted in the other program", line=last))
            else:
                yield Row(last, tuple(_cell(name, row.values) for name in HEADER))
    except FormatError as error:
        if not last:
            raise
        params = {"at": error.line or 0}
        yield Row(last + 1, (), "", FormatError(error.code, error.sentence, line=last + 1, params=params))


def _cell(name: str, values: Mapping[str, str]) -> str:
    text = values.get(name, "").strip()
    if name == "Gender":
        return _GENDERS.get(text, "U")
    if name in {"Birthdate", "DateTimeDeceased"}:
        return "" if _NO_DAY.fullmatch(text) else text[:10]
    if name.endswith("Phone") and (found := _AMERICAN.fullmatch(text)):
        return f"+1{found[1]}{found[2]}{found[3]}"
    return text
