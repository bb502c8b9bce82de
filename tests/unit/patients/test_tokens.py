"""One error in what is typed is a lookup: a misread word and the word it stands for have a form in common."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cuspide.patients.rules.names import within_edits
from cuspide.patients.rules.tokens import (
    Nearness,
    Rank,
    deletions,
    endings,
    is_word,
    looked_up,
    nearest,
    nearness,
    tokens_of,
    words_of,
)

LETTERS = "abcdeinrst"
WORDS = st.text(alphabet=LETTERS, min_size=3, max_size=20)


@st.composite
def misread(draw: st.DrawFn) -> tuple[str, str]:
    """A word and what somebody types for it with one error."""
    word = draw(WORDS)
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(LETTERS))
    typed = draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + letter + word[at:],
                word + letter,
                word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            ]
        )
    )
    return word, typed


@given(misread())
def test_a_word_with_one_error_is_looked_up_and_near(case: tuple[str, str]) -> None:
    word, typed = case
    assume(len(typed) >= 4)
    assert looked_up(typed) & deletions(word)
    assert nearness(typed, word) == Nearness.WHOLE


@given(misread(), st.text(alphabet=LETTERS, max_size=12))
def test_so_is_a_beginning_with_one_error(case: tuple[str, str], rest: str) -> None:
    beginning, typed = case
    assume(len(typed) >= 5)
    assert looked_up(typed) & deletions(beginning + rest)
    assert nearness(typed, beginning + rest) in {Nearness.WHOLE, Nearness.BEGINNING}


@given(WORDS, WORDS)
def test_near_as_a_whole_is_one_edit_and_nothing_else(term: str, word: str) -> None:
    assert (nearness(term, word) == Nearness.WHOLE) == within_edits(term, word, 1)


@given(WORDS, st.integers(4, 8))
def test_the_inside_of_a_word_begins_one_of_its_endings(word: str, length: int) -> None:
    for at in range(1, len(word) - length + 1):
        part = word[at : at + length]
        assert any(ending.startswith(part) for ending in endings(word))
        assert nearness(part, word) is not None


@pytest.mark.parametrize(
    ("term", "word", "expected"),
    [
        ("matrin", "martin", Nearness.WHOLE),
        ("matri", "martin", Nearness.BEGINNING),
        ("lefevbre", "lefebvre", Nearness.WHOLE),
        ("ornano", "dornano", Nearness.WHOLE),
        ("mart", "saintmartin", Nearness.INSIDE),
        ("mrt", "martineau", None),
        ("dubois", "martin", None),
    ],
)
def test_how_near_a_term_is(term: str, word: str, expected: Nearness | None) -> None:
    assert nearness(term, word) == expected


def test_the_nearest_come_first_and_no_more_than_asked() -> None:
    known = ["saintmartin", "martineau", "dupont", "martin"]
    assert list(nearest("matrin", known, 5)) == ["martin", "martineau"]
    assert list(nearest("martin", known, 2)) == ["martin", "martineau"]


def test_the_forms_of_a_word_are_few() -> None:
    assert len(deletions("a" * 64)) <= 8
    assert len(deletions("lacordaire")) <= 30
    assert len(endings("x" * 64)) <= 60


def test_numbers_are_right_or_wrong() -> None:
    assert words_of(["0639980001", "martin", "le", "lea", "u738b"]) == ["lea", "martin", "u738b"]
    assert not is_word("1984")


def test_the_tokens_of_a_patient_and_how_near_they_are_to_her_name() -> None:
    found = tokens_of(
        in_use=("DE LA TOUR", "Anne Marie"),
        at_birth=("DUBOIS", "Anne Marie"),
        all_given_names="Anne-Marie Zoé",
        birth_date="1984-03-07",
        number=1042,
        phones=("0639980001",),
    )
    ranks = {rank: {token for token in found if found[token] == rank} for rank in Rank}
    assert ranks == {
        Rank.FAMILY_NAME: {"delatour"},
        Rank.NAME_AT_BIRTH: {"dubois"},
        Rank.GIVEN_NAME: {"annemarie"},
        Rank.PART_OF_NAME: {"de", "la", "tour", "latour", "anne", "marie"},
        Rank.OTHER: {"zoe", "07031984", "19840307", "1984", "1042", "0639980001"},
    }


def test_given_names_of_a_list_are_not_run_together() -> None:
    found = tokens_of(
        in_use=("", ""),
        at_birth=("", ""),
        all_given_names="Léa, Rose Zoé",
        birth_date="1984-00-00",
        number=1,
        phones=(),
    )
    assert {token for token in found if is_word(token)} == {"lea", "rose", "zoe"}
