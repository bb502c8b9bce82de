"""What is left of a tooth when later marks replace earlier ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.care.odontogram.state import STATUSES, SURFACE_KINDS, Kind, Mark, Status, letters_of, states_from_marks

EXISTING, DONE, PLANNED, WATCH = Status.EXISTING, Status.DONE, Status.PLANNED, Status.WATCH


def left(*marks: Mark, tooth: str = "16") -> list[tuple[str, str, str]]:
    state = states_from_marks(marks).get(tooth)
    return [(mark.kind.value, mark.status.value, mark.surfaces) for mark in state.marks] if state else []


def mark(kind: Kind, status: Status = EXISTING, surfaces: str = "", tooth: str = "16") -> Mark:
    return Mark(tooth, kind, status, surfaces)


def test_a_filling_that_was_done_closes_the_caries_of_its_faces() -> None:
    assert left(mark(Kind.CARIES, EXISTING, "MO"), mark(Kind.FILLING, DONE, "MO")) == [("filling", "done", "MO")]


def test_a_caries_on_another_face_stays_open() -> None:
    marks = left(mark(Kind.CARIES, EXISTING, "MOD"), mark(Kind.FILLING, DONE, "MO"))
    assert ("caries", "existing", "D") in marks


def test_a_planned_filling_leaves_the_caries_to_be_seen() -> None:
    marks = left(mark(Kind.CARIES, EXISTING, "MO"), mark(Kind.FILLING, PLANNED, "MO"))
    assert [each[0] for each in marks] == ["caries", "filling"]


def test_what_was_planned_goes_when_it_is_done() -> None:
    assert left(mark(Kind.FILLING, PLANNED, "MO"), mark(Kind.FILLING, DONE, "MO")) == [("filling", "done", "MO")]
    assert left(mark(Kind.CROWN, PLANNED), mark(Kind.CROWN, DONE)) == [("crown", "done", "")]
    assert left(mark(Kind.ROOT_TREATMENT, PLANNED), mark(Kind.ROOT_TREATMENT, DONE)) == [("root_treatment", "done", "")]


def test_a_secondary_caries_is_seen_over_the_filling() -> None:
    marks = left(mark(Kind.FILLING, DONE, "MO"), mark(Kind.CARIES, EXISTING, "M"))
    assert {each[0] for each in marks} == {"filling", "caries"}


def test_a_crown_covers_fillings_and_keeps_the_root_treatment() -> None:
    marks = left(mark(Kind.FILLING, EXISTING, "MOD"), mark(Kind.ROOT_TREATMENT), mark(Kind.CROWN, DONE))
    assert [each[0] for each in marks] == ["root_treatment", "crown"]


def test_an_extraction_that_was_done_leaves_an_absent_tooth() -> None:
    marks = left(mark(Kind.CARIES, EXISTING, "MO"), mark(Kind.CROWN, PLANNED), mark(Kind.EXTRACTION, DONE))
    assert marks == [("absent", "existing", "")]


def test_an_implant_with_its_crown_stands_where_a_tooth_was() -> None:
    marks = left(mark(Kind.ABSENT), mark(Kind.IMPLANT, DONE), mark(Kind.CROWN, DONE))
    assert [each[0] for each in marks] == ["absent", "implant", "crown"]
    assert states_from_marks([mark(Kind.IMPLANT, DONE)])["16"].is_absent


def test_a_planned_implant_stays_planned_when_the_tooth_is_taken_out() -> None:
    marks = left(mark(Kind.IMPLANT, PLANNED), mark(Kind.EXTRACTION, DONE))
    assert ("implant", "planned", "") in marks


def test_a_tooth_found_sound_has_nothing_left() -> None:
    assert left(mark(Kind.CARIES, EXISTING, "O"), mark(Kind.WATCH, WATCH), mark(Kind.SOUND)) == []
    assert left(mark(Kind.CARIES, EXISTING, "MO"), mark(Kind.SOUND, EXISTING, "M")) == [("caries", "existing", "O")]


def test_an_impacted_tooth_erupts() -> None:
    assert left(mark(Kind.IMPACTED, tooth="38"), mark(Kind.ERUPTING, tooth="38"), tooth="38") == [
        ("erupting", "existing", "")
    ]


def test_the_same_thing_noted_twice_is_one() -> None:
    assert left(mark(Kind.CARIES, EXISTING, "MO"), mark(Kind.CARIES, EXISTING, "MO")) == [("caries", "existing", "MO")]


@st.composite
def marks(draw: st.DrawFn) -> list[Mark]:
    made = []
    for _ in range(draw(st.integers(0, 12))):
        tooth = draw(st.sampled_from(["16", "11", "46", "55"]))
        kind = draw(st.sampled_from(list(Kind)))
        status = draw(st.sampled_from(sorted(STATUSES[kind])))
        chosen = draw(st.sets(st.sampled_from(letters_of(tooth)))) if kind in SURFACE_KINDS else set()
        made.append(Mark(tooth, kind, status, "".join(each for each in letters_of(tooth) if each in chosen)))
    return made


@given(marks())
def test_whatever_is_noted_the_state_holds_together(noted: list[Mark]) -> None:
    states = states_from_marks(noted)
    for tooth, state in states.items():
        assert state.marks
        latest = [each for each in noted if each.tooth == tooth][-1]
        if latest.kind not in (Kind.SOUND, Kind.EXTRACTION):
            assert latest in state.marks, "what was noted last is always seen"
        for each in state.marks:
            assert set(each.surfaces) <= set(letters_of(tooth))
            assert each.kind is not Kind.SOUND


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_says_which_states_it_can_have(kind: Kind) -> None:
    assert STATUSES[kind]
