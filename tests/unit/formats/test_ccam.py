"""The CCAM export is read whole, or refused with the place of the fault."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import ccam
from cuspide.formats.errors import FormatError
from tests.unit.formats.outcomes import outcome

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "ccam"

SMALL = """CNAM - CCAM version 81 applicable 01/01/2026,,,,,,,,,,
Code,,Texte,Activité,Phase,"Tarif
(en euro)",Tarif hors,Rembt. ss Cdtions,Accord Préalable,Exo. TM,Regroupement
,,,,,,,,,,
07.02.02.05,,Restauration des tissus durs de la dent,,,,,,,,
HBMD053,,"Restauration d'une dent
sur 1 face",1,0,30.47,30.47,,,5-7,SDE
"[N, 9]",,Facturation : trois par dent,,,,,,,,
,,"(ZZLP025, HBQK061)",,,,,,,,
HBMD014,,Modélisation,1,0,Non pris en charge,Non pris en charge,RC,AP,2,ADM
"[A, 3]",,anesthésie,4,0,"68, 1",68.16,,,5 -7,ADA
19.03,,MODIFICATEURS,,,,,,,,
U,,La nuit,,,25.15,25.15,,,,
9,,Soins,,,+30%,+30%,,,,
"""


def test_an_export_is_read() -> None:
    edition = ccam.read_export(SMALL.encode())
    assert (edition.version, edition.in_force) == (81, dt.date(2026, 1, 1))
    filling, model = edition.acts
    assert (filling.code, filling.label) == ("HBMD053", "Restauration d'une dent sur 1 face")
    assert filling.chapter == "07.02.02.05"
    assert filling.modifiers == ("N", "9")
    assert filling.complementary == ("ZZLP025", "HBQK061")
    assert filling.main is not None
    assert (filling.main.tariff, filling.main.exo_tm) == (Decimal("30.47"), "5-7")
    assert (filling.main.regroupement, filling.main.line) == ("SDE", 6)
    assert model.main is not None
    assert (model.main.covered, model.main.tariff) == (False, None)
    assert (model.main.conditional, model.main.prior_agreement) == (True, True)
    assert [part.activity for part in model.parts] == ["1", "4"]
    assert (model.parts[1].tariff, model.parts[1].exo_tm) == (Decimal("68.10"), "5-7")


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        ("CNAM - CCAM", "MAIRIE - CCAM", "ccam.title", 1, 1),
        ("01/01/2026", "31/02/2026", "ccam.title", 1, 1),
        ("1,0,30.47", "1,0,abc", "ccam.tariff", 6, 6),
        ("1,0,30.47", "1,0,-3", "ccam.tariff", 6, 6),
        ("1,0,30.47", "x,0,30.47", "ccam.activity", 6, 4),
        ("1,0,30.47", "1,9,30.47", "ccam.phase", 6, 5),
        ("5-7,SDE", "5/7,SDE", "ccam.exo_tm", 6, 10),
        ("5-7,SDE", "5-7,soins", "ccam.regroupement", 6, 11),
        ("HBMD014,,", "HBMD053,,", "ccam.repeated", 10, 1),
        ("HBMD014,,", "HBMD01,,", "ccam.code", 10, 1),
        ("2,ADM", "2,ADM,extra", "ccam.columns", 10, None),
        ("RC,AP", '"R"C,AP', "ccam.csv", 10, None),
    ],
)
def test_a_fault_is_placed(old: str, new: str, code: str, line: int, column: int | None) -> None:
    with pytest.raises(FormatError) as caught:
        ccam.read_export(SMALL.replace(old, new, 1).encode())
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)


def test_a_file_of_another_kind_is_refused() -> None:
    for data, code in (
        (b"", "ccam.title"),
        (b"\xff\xfe", "ccam.encoding"),
        (b"%PDF-1.7\n", "ccam.title"),
        (b"CNAM - CCAM version 81 applicable 01/01/2026\n", "ccam.empty"),
    ):
        found = outcome(ccam.read_export, data)
        assert isinstance(found, FormatError)
        assert found.code == code


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_plainly(data: bytes) -> None:
    assert isinstance(outcome(ccam.read_export, data), FormatError)


@given(
    st.integers(0, len(SMALL) - 1),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=4),
    st.integers(0, 6),
)
def test_a_damaged_export_is_read_or_refused_plainly(at: int, put: str, cut: int) -> None:
    damaged = SMALL[:at] + put + SMALL[at + cut :]
    found = outcome(ccam.read_export, damaged.encode())
    if isinstance(found, FormatError):
        assert found.code.startswith("ccam.")
    else:
        assert all(ccam.is_code(act.code) for act in found.acts)


@pytest.mark.parametrize("typed", ["HBJD001", " hbjd001 "])
def test_a_code_is_typed_in_any_case(typed: str) -> None:
    assert ccam.parse_code(typed) == "HBJD001"


@pytest.mark.parametrize(
    ("typed", "position"),
    [("", 1), ("HBJ", 4), ("HB1D001", 3), (" HBJDO01", 6), ("HBJD0012", 8), ("ÉBJD001", 1)],
)
def test_a_wrong_code_says_where(typed: str, position: int) -> None:
    with pytest.raises(FormatError) as caught:
        ccam.parse_code(typed)
    assert (caught.value.code, caught.value.position) == ("ccam.code", position)


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_a_format_error(text: str) -> None:
    found = outcome(ccam.parse_code, text)
    assert isinstance(found, FormatError) or ccam.is_code(found)


@pytest.mark.parametrize(
    ("name", "version", "acts"),
    [
        ("ccam_v78_20250201_full.csv", 78, 8242),
        ("ccam_v81_20260101_full.csv", 81, 8257),
    ],
)
def test_the_official_exports_are_read_whole(name: str, version: int, acts: int) -> None:
    if not (OFFICIAL / name).exists():
        pytest.skip("the official CCAM exports are not beside this checkout")
    edition = ccam.read_export((OFFICIAL / name).read_bytes())
    assert (edition.version, len(edition.acts)) == (version, acts)
    # An empty tariff is an act that is priced elsewhere; it is never read as a price of nought.
    assert all(
        act.main.tariff is not None or not act.main.covered or act.main.tariff_other is None
        for act in edition.acts
        if act.main
    )
    by_code = {act.code: act for act in edition.acts}
    scaling = by_code["HBJD001"].main
    assert scaling is not None
    assert scaling.tariff == Decimal("28.92")
