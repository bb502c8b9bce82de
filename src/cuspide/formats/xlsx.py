"""XLSX (ECMA-376) as a table, through openpyxl: the first sheet that holds anything, read row after row.

A workbook is a ZIP of XML that a few kilobytes can make gigabytes of: what it unpacks to is looked at before
anything is unpacked. Formulas are not reckoned; what they showed when the file was saved is taken.
"""

import datetime as dt
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import Any

from cuspide.formats.delimited import LONGEST_CELL, MOST_COLUMNS
from cuspide.formats.errors import FormatError
from cuspide.formats.table import Row, Table, named_once

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is taken."""
MOST_UNPACKED = 512 * 1024 * 1024
MOST_SHARED = 32 * 1024 * 1024
"""Bytes of the table of texts, which openpyxl holds in memory."""


def is_one(sample: bytes) -> bool:
    return sample.startswith(b"PK\x03\x04")


def read(content: bytes, size: int = 0) -> Table:
    """The table of a workbook. Raises FormatError `xlsx.form` for what is none, `xlsx.large` (params `most`, in MB),
    `csv.empty`, `csv.columns`; rows carry `csv.long` and `xlsx.row` (cannot be read) as their fault.

    `size` is that of a file which is not given because it is too large.
    """
    if max(len(content), size) > LARGEST:
        raise FormatError("xlsx.large", "The workbook is too large", params={"most": LARGEST >> 20})
    _require_small(content)
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        rows = _rows(book)
        first = next((row for row in rows if row.fault is None), None)
    except FormatError:
        raise
    except Exception as error:
        # Whatever is wrong inside, the library says it by exceptions of many kinds.
        raise FormatError("xlsx.form", "This is not a workbook that can be read") from error
    if first is None:
        raise FormatError("csv.empty", "The file holds no line")
    names = list(first.cells)
    while len(names) > 1 and not names[-1].strip():
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise FormatError("csv.columns", "Too many columns", line=1, params={"most": MOST_COLUMNS})
    header = named_once(names)
    if any(_is_value(name) for name in names):
        header = named_once([""] * len(names))
        rows = chain([first], rows)
    return Table(header, (_checked(row, len(header)) for row in rows))


def _is_value(name: str) -> bool:
    return sum(character.isdigit() for character in name) > 3


def _require_small(content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise FormatError("xlsx.form", "This is not a workbook that can be read") from error
    shared = sum(part.file_size for part in parts if "sharedStrings" in part.filename)
    if sum(part.file_size for part in parts) > MOST_UNPACKED or shared > MOST_SHARED or len(parts) > 10_000:
        raise FormatError("xlsx.large", "The workbook unpacks to too much", params={"most": MOST_UNPACKED >> 20})


def _rows(book: Any) -> Iterator[Row]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may say that it has a billion rows
        found = False
        for row in _sheet_rows(sheet):
            found = True
            yield row
        if found:
            return


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    number = 0
    values = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
    while True:
        number += 1
        try:
            row = next(values)
        except StopIteration:
            return
        except Exception as error:
            fault = FormatError("xlsx.row", "The rest of the sheet cannot be read", line=number)
            fault.__cause__ = error
            yield Row(number, (), "", fault)
            return
        cells = tuple(map(_text, row))
        if any(cells):
            yield Row(number, cells)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _checked(row: Row, width: int) -> Row:
    if row.fault:
        return row
    cells = (*row.cells[:width], *[""] * (width - len(row.cells)))
    for place, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            fault = FormatError(
                "csv.long", "A cell is too long", line=row.line, column=place + 1, params={"most": LONGEST_CELL}
            )
            return Row(row.line, (), "", fault)
    return Row(row.line, cells)
