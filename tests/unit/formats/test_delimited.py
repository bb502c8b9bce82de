"""CSV is read as programs write it: any separator, encoding and end of line; a broken line costs no other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import delimited, encodings
from cuspide.formats.errors import FormatError

NAMES = ["MÜLLER", "LEFÈVRE", "BŒUF", "GARÇON", "NOËL", "Éloïse"]


def read(content: bytes, size: int = 7) -> list[tuple[int, tuple[str, ...], str]]:
    table = delimited.read(content[start : start + size] for start in range(0, len(content), size))
    return [(row.line, row.cells, row.fault.code if row.fault else "") for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso8859-15", "mac-roman", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_usual_form_is_recognised(encoding: str, separator: str, end: str) -> None:
    lines = [["Nom", "Prénom", "Né le"], *([name, "Zoé", "07/03/1984"] for name in NAMES)]
    content = end.join(separator.join(cells) for cells in lines).encode(encoding)
    assert read(content) == [(n, tuple(cells), "") for n, cells in enumerate(lines[1:], start=2)]


def test_a_line_in_another_encoding_is_read_in_its_own_and_said() -> None:
    usual = "".join(f"{name};Zoé\n" for name in NAMES).encode("cp1252")
    table = delimited.read([b"Nom;Prenom\n", usual, "NOËL;Zoé\n".encode(), "BŒUF;Zoé\n".encode("mac-roman")])
    assert [(row.cells[0], row.encoding) for row in table.rows][-3:] == [
        ("Éloïse", ""), ("NOËL", "utf-8"), ("BŒUF", "mac-roman"),
    ]  # fmt: skip


def test_a_quote_that_is_never_closed_costs_its_own_line() -> None:
    content = b'a;b\n"x;1\ny;2\nz;3\n'
    assert read(content) == [(2, (), "csv.quote"), (3, ("y", "2"), ""), (4, ("z", "3"), "")]


def test_a_cell_over_two_lines_is_one_record_with_the_number_of_its_first() -> None:
    assert read(b'a;b\n"x\ny";1\nz;2\n') == [(2, ("x\ny", "1"), ""), (4, ("z", "2"), "")]


def test_a_line_with_too_few_or_too_many_cells_says_so() -> None:
    assert read(b"a;b\n1\n1;2;3\n1;2;\n") == [(2, (), "csv.cells"), (3, (), "csv.cells"), (4, ("1", "2"), "")]


def test_blank_lines_are_none_and_keep_the_count() -> None:
    assert read(b"\n\na;b\n\n;;\n1;2\n") == [(6, ("1", "2"), "")]


def test_what_spreadsheets_wrap_is_unwrapped() -> None:
    assert delimited.plain('="0612"') == "0612"
    assert delimited.plain("'+33612") == "+33612"
    assert delimited.plain("'Ndiaye") == "'Ndiaye"
    assert delimited.is_formula("=1+1")
    assert not delimited.is_formula("+33612")


def test_every_line_with_an_open_quote_ends_soon() -> None:
    content = b"a;b\n" + b'"x;y\n' * 20_000
    assert len(read(content, 65_536)) == 20_000


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    rows = read(b"a;b\n" + b"x" * 3_000_000, 65_536)
    assert [fault for _line, _cells, fault in rows] == ["csv.long"] * 3


def test_an_empty_file_is_said() -> None:
    for content in (b"", b"\n\n", b"\xff\xfe"):
        with pytest.raises(FormatError, match="no line"):
            delimited.read([content])


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12), min_size=2,
                 max_size=2),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_what_the_standard_library_writes_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["un", "deux"], *rows])
    table = delimited.read([written.getvalue().encode()], delimited.Dialect("utf-8", ";"))
    wanted = [tuple(map(delimited.plain, row)) for row in rows if any(cell.strip() for cell in row)]
    assert [row.cells for row in table.rows if row.fault is None] == wanted


@given(st.binary(max_size=600))
def test_no_bytes_break_it(content: bytes) -> None:
    try:
        table = delimited.read([content])
    except FormatError:
        return
    for row in table.rows:
        assert row.fault is not None or len(row.cells) == len(table.header)


@given(st.binary(max_size=200), st.integers(1, 20))
def test_pieces_make_no_difference(content: bytes, size: int) -> None:
    whole = list(encodings.lines(iter([content]), "cp1252", 0))
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    assert list(encodings.lines(pieces, "cp1252", 0)) == whole
