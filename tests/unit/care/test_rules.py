"""What is typed on the chart, and what an act shows on it."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.care import rules
from cuspide.care.odontogram.state import STATUSES, Kind, Status
from cuspide.formats.errors import FormatError


def selected(text: str) -> str:
    return rules.written(rules.parse_selection(text))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("16MO", "16MO"),
        ("16 om", "16MO"),
        ("16mo, 17", "16MO 17"),
        ("11 o", "11I"),
        ("16 l", "16P"),
        ("46 p", "46L"),
        ("16b", "16V"),
        ("16M 16O", "16MO"),
        ("11-13", "11 12 13"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_teeth_and_faces_are_read_as_people_write_them(typed: str, written: str) -> None:
    assert {*selected(typed).split()} == {*written.split()}


@pytest.mark.parametrize("typed", ["99", "16MM", "16Q", "1", "abc", "16 zz", "18-48", "16 " * 900, "16\x00"])
def test_what_is_not_a_tooth_is_refused(typed: str) -> None:
    with pytest.raises(FormatError):
        rules.parse_selection(typed)


@pytest.mark.parametrize(
    ("typed", "at", "kind", "status", "words"),
    [
        ("16 mo c", "16MO", Kind.CARIES, None, ""),
        ("16mo c", "16MO", Kind.CARIES, None, ""),
        ("16 mo carie", "16MO", Kind.CARIES, None, ""),
        ("36 x", "36", Kind.EXTRACTION, None, ""),
        ("11 k +", "11", Kind.CROWN, Status.PLANNED, ""),
        ("14 15 16 b", "14 15 16", Kind.BRIDGE_ABUTMENT, None, ""),
        ("16 o", "16O", None, None, ""),
        ("détartrage", "", None, None, "détartrage"),
        ("16 mo composite deux faces", "16MO", None, None, "composite deux faces"),
        ("46 HBFD008", "46", None, None, "HBFD008"),
        ("26 à surveiller", "26", Kind.WATCH, None, ""),
        ("", "", None, None, ""),
    ],
)
def test_the_quick_line(typed: str, at: str, kind: Kind | None, status: Status | None, words: str) -> None:
    line = rules.parse_line(typed)
    assert (rules.written(line.selection), line.kind, line.status, line.words) == (at, kind, status, words)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        line = rules.parse_line(text)
    except FormatError:
        return
    assert line.kind is None or line.selection, "a finding without a tooth is never read"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("wanted", [None, *Status])
def test_a_pressed_key_always_gives_a_state_that_can_be(kind: Kind, wanted: Status | None) -> None:
    status = rules.status_for(kind, wanted)
    assert status in STATUSES[kind]
    if wanted in STATUSES[kind]:
        assert status is wanted


def test_every_key_is_of_one_kind_and_none_is_a_face() -> None:
    assert not set(rules.KIND_OF_KEY) & set("MODVLPI")
    assert len(set(rules.KIND_OF_KEY.values())) == len(rules.KIND_OF_KEY)


@pytest.mark.parametrize(
    ("code", "kind", "on_teeth"),
    [
        ("HBMD049", Kind.FILLING, True),
        ("HBMD460", Kind.FILLING, True),
        ("HBBD005", Kind.SEALANT, True),
        ("HBFD008", Kind.ROOT_TREATMENT, True),
        ("HBGD036", Kind.EXTRACTION, True),
        ("HBLD634", Kind.CROWN, True),
        ("HBLD490", Kind.CROWN, True),
        ("HBLD418", Kind.CROWN, True),
        ("HBLD090", Kind.INLAY_CORE, True),
        ("HBLD099", Kind.BRIDGE_ABUTMENT, True),
        ("HBMD048", Kind.VENEER, True),
        ("LBLD015", Kind.IMPLANT, True),
        ("HBLD131", Kind.PROSTHESIS, True),
        ("HBQK389", None, True),
        ("HBJD001", None, False),
        ("HBQK002", None, False),
        ("HBLD045", None, False),
        ("HBGD005", None, True),
        ("HBMD020", None, False),
    ],
)
def test_what_an_act_shows_follows_from_its_official_label(code: str, kind: Kind | None, on_teeth: bool) -> None:
    table = Path(rules.__file__).parents[1] / "nomenclature/data/acts.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        label = next(row["label"] for row in csv.DictReader(stream) if row["code"] == code)
    assert rules.drawn_by(label) is kind
    assert rules.takes_teeth(label) is on_teeth


def test_a_bridge_has_pontics_where_no_tooth_stands() -> None:
    assert rules.bridge_roles(["14", "15", "16"], {"15"}) == {
        "14": Kind.BRIDGE_ABUTMENT,
        "15": Kind.BRIDGE_PONTIC,
        "16": Kind.BRIDGE_ABUTMENT,
    }
    assert rules.bridge_roles(["14", "15", "16"], set())["15"] is Kind.BRIDGE_PONTIC
