"""Workbooks are read row after row; one that unpacks to too much is refused before it is unpacked."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from cuspide.formats import xlsx
from cuspide.formats.errors import FormatError


def workbook(*rows: list[object], sheets: int = 1) -> bytes:
    book = Workbook()
    for _empty in range(sheets - 1):
        book.create_sheet()
    sheet = book.worksheets[sheets - 1]
    for row in rows:
        sheet.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


HEAD = ["Nom", "Né le", "CP", "N° SS", "Tel"]


def test_values_are_read_as_they_are_typed() -> None:
    content = workbook(
        HEAD,
        ["MARTIN", dt.datetime(1984, 3, 7), 26000, 284032636212355, "06 39 98 12 34"],
        [],
        ["PETIT", "07/03/1984", "01000", 2.84032636212355e14, 639981234.0],
    )
    table = xlsx.read(content)
    assert table.header == tuple(HEAD)
    assert [(row.line, row.cells) for row in table.rows] == [
        (2, ("MARTIN", "1984-03-07", "26000", "284032636212355", "06 39 98 12 34")),
        (4, ("PETIT", "07/03/1984", "01000", "284032636212355", "639981234")),
    ]


def test_an_empty_first_sheet_is_passed_over() -> None:
    assert [row.cells for row in xlsx.read(workbook(["Nom"], ["MARTIN"], sheets=2)).rows] == [("MARTIN",)]


def test_a_formula_is_not_reckoned() -> None:
    table = xlsx.read(workbook(["Nom", "Prénom"], ["=1+1", "Léa"]))
    assert [row.cells for row in table.rows] == [("", "Léa")]


def test_a_row_far_away_does_not_fill_the_memory() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["B200000"] = "Nom", "MARTIN", "far"
    written = BytesIO()
    book.save(written)
    assert [row.line for row in xlsx.read(written.getvalue()).rows] == [2, 200_000]


def test_what_is_none_is_refused() -> None:
    for content in (b"", b"PK\x03\x04", b"Nom;Prenom", workbook(HEAD)[:2000]):
        with pytest.raises(FormatError) as refused:
            xlsx.read(content)
        assert refused.value.code == "xlsx.form"
    with pytest.raises(FormatError) as refused:
        xlsx.read(workbook())
    assert refused.value.code == "csv.empty"


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_UNPACKED", 1_000_000)
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    assert len(written.getvalue()) < 30_000
    with pytest.raises(FormatError) as refused:
        xlsx.read(written.getvalue())
    assert refused.value.code == "xlsx.large"


def test_a_bomb_of_entities_is_refused() -> None:
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 10) for letter in range(97, 107)
    )
    source = zipfile.ZipFile(BytesIO(workbook(HEAD, ["MARTIN"])))
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<worksheet", entities + b"]><worksheet", 1).replace(b"MARTIN", b"&k;")
                content = content.replace(b"<v>0</v>", b"<v>&k;</v>", 1)
            archive.writestr(part.filename, content)
    try:
        rows = list(xlsx.read(written.getvalue()).rows)
    except FormatError:
        return
    assert all(row.fault or sum(map(len, row.cells)) < 100_000 for row in rows)


@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=20))
def test_no_damage_breaks_it(at: int, junk: bytes) -> None:
    content = bytearray(_WHOLE)
    at %= len(content)
    content[at : at + len(junk)] = junk
    try:
        for row in xlsx.read(bytes(content)).rows:
            assert row.fault or row.cells
    except FormatError:
        pass


_WHOLE = workbook(HEAD, ["MARTIN", dt.datetime(1984, 3, 7), 26000, 1, "06"])
