"""Teeth and surfaces as the dentist writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import teeth
from cuspide.formats.errors import FormatError
from cuspide.formats.teeth import Surface, ToothKind, parse_surfaces, parse_teeth, teeth_of, tooth
from tests.unit.formats.outcomes import outcome


def codes(found: tuple[teeth.Tooth, ...]) -> list[str]:
    return [each.code for each in found]


def test_a_mouth_has_32_permanent_and_20_deciduous_teeth() -> None:
    assert len(set(teeth.PERMANENT_TEETH)) == 32
    assert len(set(teeth.DECIDUOUS_TEETH)) == 20


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("11", ToothKind.INCISOR),
        ("13", ToothKind.CANINE),
        ("14", ToothKind.PREMOLAR),
        ("16", ToothKind.MOLAR),
        ("48", ToothKind.MOLAR),
        ("54", ToothKind.MOLAR),
        ("53", ToothKind.CANINE),
    ],
)
def test_a_tooth_knows_its_kind(code: str, kind: ToothKind) -> None:
    assert tooth(code).kind is kind


def test_the_chart_reads_from_the_patients_right() -> None:
    assert codes(teeth.UPPER_PERMANENT)[:1] + codes(teeth.UPPER_PERMANENT)[-1:] == ["18", "28"]
    assert codes(teeth.LOWER_PERMANENT)[:1] + codes(teeth.LOWER_PERMANENT)[-1:] == ["48", "38"]
    assert codes(teeth.UPPER_DECIDUOUS)[:1] + codes(teeth.LOWER_DECIDUOUS)[:1] == ["55", "85"]


def test_a_milk_molar_is_followed_by_a_premolar_and_no_molar_by_anything() -> None:
    successor = tooth("85").successor
    assert successor is not None
    assert (successor.code, successor.kind) == ("45", ToothKind.PREMOLAR)
    assert tooth("46").predecessor is None
    for each in teeth.DECIDUOUS_TEETH:
        assert each.successor is not None
        assert each.successor.predecessor == each
        assert (each.successor.arch, each.successor.side) == (each.arch, each.side)


def test_regions_hold_the_teeth_of_iso_3950() -> None:
    assert codes(teeth_of("04"))[:6] == ["13", "12", "11", "21", "22", "23"]
    assert [c for c in codes(teeth_of("08")) if c < "50"] == ["48", "47", "46", "45", "44"]
    assert [c for c in codes(teeth_of("06")) if c < "50"] == ["34", "35", "36", "37", "38"]
    assert codes(teeth_of("20")) == ["21", "22", "23", "24", "25", "26", "27", "28"]
    assert len(teeth_of("01")) == 26
    assert sum(len(teeth_of(each)) for each in teeth.SEXTANTS) == 52
    assert codes(teeth_of("36")) == ["36"]


def test_neighbours_run_along_the_arch() -> None:
    assert tooth("11").mesial_neighbour.code == "21"
    assert tooth("41").mesial_neighbour.code == "31"
    assert tooth("16").mesial_neighbour.code == "15"
    assert tooth("18").distal_neighbour is None
    assert tooth("85").distal_neighbour is None


@pytest.mark.parametrize("code", ["", "1", "19", "10", "49", "56", "86", "90", "1 6", "XX", "016"])
def test_a_tooth_that_does_not_exist_is_refused(code: str) -> None:
    with pytest.raises(FormatError) as caught:
        tooth(code)
    assert caught.value.code == "tooth.unknown"


def test_teeth_are_typed_one_by_one_or_as_a_range() -> None:
    assert codes(parse_teeth("16, 26;36 46")) == ["16", "26", "36", "46"]
    assert codes(parse_teeth("13-23")) == ["13", "12", "11", "21", "22", "23"]
    assert codes(parse_teeth("23-21")) == ["21", "22", "23"]
    assert parse_teeth(" ") == ()


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("16 99", "tooth.unknown", 4),
        ("13-43", "tooth.range", 1),
        ("11 53-11", "tooth.range", 4),
        ("16 16", "tooth.repeated", 4),
        ("11-", "tooth.unknown", 1),
    ],
)
def test_a_fault_in_a_list_of_teeth_is_placed(text: str, code: str, position: int) -> None:
    with pytest.raises(FormatError) as caught:
        parse_teeth(text)
    assert (caught.value.code, caught.value.position) == (code, position)


@pytest.mark.parametrize(
    ("typed", "on", "written"),
    [
        ("dom", "16", "MOD"),
        ("MO", "11", "MI"),
        ("vl", "26", "VP"),
        ("vp", "36", "VL"),
        ("b", "46", "V"),
        ("m-o-d", "75", "MOD"),
        ("", "16", ""),
    ],
)
def test_surfaces_take_the_letters_that_suit_the_tooth(typed: str, on: str, written: str) -> None:
    assert "".join(parse_surfaces(typed, tooth(on))) == written


def test_a_wrong_surface_is_refused_where_it_stands() -> None:
    with pytest.raises(FormatError) as unknown:
        parse_surfaces("MX", tooth("16"))
    assert (unknown.value.code, unknown.value.position) == ("surface.unknown", 2)
    with pytest.raises(FormatError) as repeated:
        parse_surfaces("OI", tooth("16"))
    assert (repeated.value.code, repeated.value.position) == ("surface.repeated", 2)


def test_the_expected_mouth_follows_the_age() -> None:
    assert teeth.expected_teeth(3) == ()
    assert teeth.dentition_stage(3) is teeth.DentitionStage.TOOTHLESS
    four_years = teeth.expected_teeth(4 * 12)
    assert set(four_years) == set(teeth.DECIDUOUS_TEETH)
    seven = codes(teeth.expected_teeth(7 * 12))
    assert {"16", "26", "36", "46", "31", "41", "11"} <= set(seven)
    assert {"54", "55", "63", "75"} <= set(seven)
    assert not {"51", "71"} & set(seven)
    assert teeth.dentition_stage(7 * 12) is teeth.DentitionStage.MIXED
    assert teeth.dentition_stage(14 * 12) is teeth.DentitionStage.PERMANENT
    assert len(teeth.expected_teeth(14 * 12)) == 28
    assert set(teeth.expected_teeth(40 * 12)) == set(teeth.PERMANENT_TEETH)


@given(st.integers(min_value=-10, max_value=130 * 12))
def test_no_place_in_the_mouth_ever_holds_two_expected_teeth(age_months: int) -> None:
    seen = teeth.expected_teeth(age_months)
    assert len(set(seen)) == len(seen)
    for each in seen:
        assert each.successor not in seen


@given(st.text(max_size=40))
def test_any_text_is_teeth_or_a_format_error(text: str) -> None:
    found = outcome(parse_teeth, text)
    if isinstance(found, FormatError):
        assert found.code.startswith("tooth.")
    else:
        assert set(found) <= set(teeth.ALL_TEETH)


@given(st.text(max_size=12), st.sampled_from(teeth.ALL_TEETH))
def test_any_text_is_surfaces_of_the_tooth_or_a_format_error(text: str, on: teeth.Tooth) -> None:
    found = outcome(parse_surfaces, text, on)
    if isinstance(found, FormatError):
        assert found.position is not None
    else:
        assert set(found) <= set(on.surfaces)
        assert len(set(found)) == len(found)


@given(st.lists(st.sampled_from(Surface), max_size=9))
def test_the_written_order_does_not_depend_on_the_typed_one(found: list[Surface]) -> None:
    assert teeth.ordered(found) == teeth.ordered(reversed(found))
