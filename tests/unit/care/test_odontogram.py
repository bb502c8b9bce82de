"""The drawing of a mouth: every tooth and face is there, can be reached, and says what it is."""

import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import translation

from cuspide.care.odontogram import Dentition, Drawing, Kind, Mark, Status, draw, states_from_marks, tooth_label
from cuspide.care.odontogram.layout import page
from cuspide.care.odontogram.paint import HATCHED, LETTERS, PAINT
from cuspide.care.odontogram.state import STATUSES, SURFACE_KINDS, ToothState, letters_of
from cuspide.care.odontogram.words import face_label, kind_label, mark_in_words
from cuspide.formats import teeth

SVG = "{http://www.w3.org/2000/svg}"
SHOWN = {
    Dentition.ADULT: teeth.PERMANENT_TEETH,
    Dentition.CHILD: teeth.DECIDUOUS_TEETH,
    Dentition.MIXED: teeth.ALL_TEETH,
}


def _svg(
    dentition: Dentition = Dentition.ADULT, marks: list[Mark] | None = None, **options: object
) -> ElementTree.Element:
    drawing = Drawing(dentition, states_from_marks(marks or []), **options)  # type: ignore[arg-type]
    return ElementTree.fromstring(draw(drawing))


def _buttons(svg: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {each.get("id", ""): each for each in svg.iter(f"{SVG}a")}


def _points(path: str) -> list[tuple[float, float]]:
    """Where the points of a path stand, whether they are written by place or by distance."""
    pen, points = (0.0, 0.0), []
    for letter, written in re.findall(r"([MLlcsq])([^A-Za-z]*)", path):
        numbers = [float(each) for each in re.findall(r"-?\d*\.?\d+", written)]
        from_x, from_y = pen if letter.islower() else (0.0, 0.0)
        found = [(from_x + x, from_y + y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        points += found
        pen = found[-1]
    return points


def _every_mark() -> list[Mark]:
    """Each kind in each status, on molars, premolars and front teeth, above and below."""
    marks = []
    codes = [tooth.code for tooth in teeth.PERMANENT_TEETH]
    for index, (kind, statuses) in enumerate(sorted(STATUSES.items())):
        for offset, status in enumerate(sorted(statuses)):
            tooth = codes[(index * 3 + offset) % 32]
            faces = letters_of(tooth)[:2] if kind in SURFACE_KINDS else ""
            marks.append(Mark(tooth, kind, status, faces))
    return marks


@pytest.mark.parametrize("dentition", Dentition)
def test_every_tooth_and_every_face_can_be_pressed(dentition: Dentition) -> None:
    buttons = _buttons(_svg(dentition))
    wanted = {f"odo-{tooth.code}" for tooth in SHOWN[dentition]}
    wanted |= {f"odo-{tooth.code}{face.value}" for tooth in SHOWN[dentition] for face in tooth.surfaces}
    assert set(buttons) == wanted
    for button in buttons.values():
        assert button.get("role") == "button"
        assert button.get("aria-pressed") == "false"
        assert button.get("aria-label")
        assert button.get("href", "").startswith("?at=")


@pytest.mark.parametrize("dentition", Dentition)
@pytest.mark.parametrize("embedded", [False, True])
def test_no_inline_style_and_no_id_twice(dentition: Dentition, embedded: bool) -> None:
    text = draw(Drawing(dentition, states_from_marks(_every_mark()), embedded=embedded))
    assert "style=" not in text
    assert "<script" not in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for used in re.findall(r"url\(#([^)]+)\)", text):
        assert used in ids


def test_a_drawing_that_stands_alone_has_its_colours_and_nothing_to_press() -> None:
    text = draw(Drawing(states=states_from_marks(_every_mark()), embedded=True))
    assert "class=" not in text
    assert "<a " not in text
    assert "#B3261E" in text


def test_every_class_of_the_drawing_has_a_rule_in_the_style_sheet() -> None:
    css = (Path(__file__).parents[3] / "frontend/src/chart/odontogram.css").read_text()
    missing = [name for name in PAINT if f".{name}" not in css]
    assert not missing


def test_the_patients_right_is_on_the_left_and_teeth_do_not_overlap() -> None:
    for row in page(Dentition.ADULT).rows:
        assert [place.tooth.code for place in row][:2] in (["18", "17"], ["48", "47"])
        for place, after in pairwise(row):
            assert place.left + place.width <= after.left + 0.01


def test_both_arches_stand_in_the_same_columns() -> None:
    upper, lower = page(Dentition.ADULT).rows
    assert [place.left for place in upper] == [place.left for place in lower]


@pytest.mark.parametrize("dentition", Dentition)
def test_nothing_is_drawn_outside_of_the_page(dentition: Dentition) -> None:
    sheet = page(dentition)
    marks = [Mark(tooth.code, Kind.EXTRACTION, Status.PLANNED) for tooth in SHOWN[dentition]]
    for path in re.findall(r' d="([^"]+)"', draw(Drawing(dentition, states_from_marks(marks)))):
        if "H" in path or "V" in path:
            continue
        xs, ys = zip(*_points(path), strict=True)
        assert min(xs) >= 0
        assert max(xs) <= sheet.width
        assert min(ys) >= -3
        assert max(ys) <= sheet.height + 3


def test_a_page_does_not_carry_the_drawing_at_length() -> None:
    """The record shows it to every dentist who opens it: it was 100 kB, and most of each page."""
    assert len(draw(Drawing(pressable=False))) < 62_000


def test_a_tooth_is_drawn_in_the_language_of_its_page() -> None:
    with translation.override("fr"):
        french = draw(Drawing())
    with translation.override("en"):
        english = draw(Drawing())
    assert "incisive" in french
    assert "incisor" in english
    assert "incisive" not in english


def test_anatomy_tells_the_teeth_apart() -> None:
    from cuspide.care.odontogram.anatomy import anatomy

    def roots(code: str) -> int:
        return len(anatomy(teeth.tooth(code)).roots)

    assert roots("16") == 3
    assert roots("46") == 2
    assert roots("14") == 2
    assert roots("15") == 1
    assert roots("13") == 1
    assert roots("55") == 3
    longest = max(teeth.PERMANENT_TEETH, key=lambda tooth: max(root.length for root in anatomy(tooth).roots))
    assert longest.code in ("13", "23")


def test_each_meaning_is_told_without_colour_too() -> None:
    assert {"caries", "watch", "planned", "existing"} == HATCHED
    assert set(LETTERS) == set(Kind) - {Kind.SOUND}
    for face in "MODVLPI":
        assert face not in LETTERS.values()


def test_a_caries_shows_on_its_faces_and_by_its_letter() -> None:
    svg = _svg(marks=[Mark("16", Kind.CARIES, Status.EXISTING, "MO")])
    buttons = _buttons(svg)
    for face, marked in {"M": True, "O": True, "D": False, "V": False, "P": False}.items():
        hatches = [path.get("fill") for path in buttons[f"odo-16{face}"].iter(f"{SVG}path")]
        assert ("url(#odo-hatch-caries)" in hatches) is marked
    [tooth] = [each for each in svg.iter(f"{SVG}g") if each.get("data-tooth") == "16"]
    assert [text.text for text in tooth.iter(f"{SVG}text")] == ["16", "C"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SOUND])
def test_every_kind_changes_the_drawing_of_its_tooth(kind: Kind) -> None:
    plain = ElementTree.tostring(_svg())
    drawn = set()
    for status in STATUSES[kind]:
        svg = ElementTree.tostring(_svg(marks=[Mark("26", kind, status)]))
        assert svg != plain
        drawn.add(svg)
    assert len(drawn) == len(STATUSES[kind]), "two states of a kind look the same"


def test_selected_teeth_and_faces_are_pressed() -> None:
    buttons = _buttons(_svg(selected={"16", "16M"}))
    pressed = {name for name, button in buttons.items() if button.get("aria-pressed") == "true"}
    assert pressed == {"odo-16", "odo-16M"}


def test_a_bridge_is_one_bar_over_its_teeth() -> None:
    def bars(marks: list[Mark]) -> int:
        return sum("odo-bar-" in (each.get("class") or "") for each in _svg(marks=marks).iter(f"{SVG}rect"))

    ends = [Mark(tooth, Kind.BRIDGE_ABUTMENT, Status.EXISTING, group="a") for tooth in ("24", "26")]
    pontic = Mark("25", Kind.BRIDGE_PONTIC, Status.EXISTING, group="a")
    other = [Mark(tooth, Kind.BRIDGE_ABUTMENT, Status.EXISTING, group="b") for tooth in ("14", "16")]
    assert bars([*ends, pontic]) == 1
    assert bars([*ends, pontic, *other]) == 2
    assert bars(ends[:1]) == 0


def test_labels_say_the_tooth_in_french() -> None:
    state = ToothState("16", (Mark("16", Kind.CARIES, Status.EXISTING, "MO"),))
    with translation.override("fr"):
        assert tooth_label(state) == "16, première molaire supérieure droite\u00a0: carie mésiale et occlusale"
        assert face_label(state, "M") == "16, face mésiale\u00a0: carie"
        assert tooth_label(ToothState("51")) == "51, incisive centrale supérieure droite temporaire"
        assert tooth_label(ToothState("38")) == "38, dent de sagesse inférieure gauche"
        planned = Mark("11", Kind.CROWN, Status.PLANNED)
        assert mark_in_words(planned) == "couronne, à faire"


def test_labels_say_the_tooth_in_english() -> None:
    state = ToothState("16", (Mark("16", Kind.CARIES, Status.EXISTING, "MO"),))
    with translation.override("en"):
        assert tooth_label(state) == "16, upper right first molar: mesial and occlusal caries"
        assert face_label(state, "M") == "16, mesial surface: caries"
        assert tooth_label(ToothState("51")) == "51, deciduous upper right central incisor"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_tooth_and_every_kind_has_its_own_words(language: str) -> None:
    with translation.override(language):
        names = {tooth_label(ToothState(tooth.code)) for tooth in teeth.ALL_TEETH}
        kinds = {kind_label(kind) for kind in Kind}
    assert len(names) == 52
    assert len(kinds) == len(Kind)
    if language == "fr":
        assert not any(word in " ".join(names) for word in ("upper", "molar", "tooth"))


def test_hostile_text_does_not_reach_the_drawing() -> None:
    text = draw(Drawing(link='"><script>', selected={'"><script>'}))
    assert "<script" not in text
