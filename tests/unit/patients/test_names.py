"""Names are cleaned without loss and found however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.patients.rules.names import clean_name, fold, name_tokens, similar, surname_case, title_case, words

NAMES = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
FRENCH = st.text(alphabet="abcdeéèêëïîôöùûüçœæÿ'’- ABCÉŒ", min_size=1, max_size=40)


@given(NAMES)
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(NAMES)
def test_cleaning_twice_is_cleaning_once(name: str) -> None:
    assert clean_name(clean_name(name)) == clean_name(name)


@given(NAMES)
def test_tokens_are_letters_and_digits_of_ascii(name: str) -> None:
    for token in name_tokens(name):
        assert token.isascii()
        assert token.isalnum()
        assert token == token.lower()
        assert len(token) <= 64


@given(NAMES)
def test_every_word_of_a_name_is_one_of_its_tokens(name: str) -> None:
    assert set(words(name)) <= name_tokens(name)


@given(FRENCH)
def test_case_and_accents_do_not_matter(name: str) -> None:
    assert name_tokens(name) == name_tokens(name.upper()) == name_tokens(fold(name))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("d'Ornano", "dornano"),
        ("D’ORNANO", "ornano"),
        ("Le Goff", "legoff"),
        ("LE GOFF", "goff"),
        ("Jean-Pierre", "jeanpierre"),
        ("Jean-Pierre", "pierre"),
        ("Bœuf", "boeuf"),
        ("Lætitia", "laetitia"),
        ("Ñuñez", "nunez"),
        ("Łukasz", "lukasz"),
        ("Đặng", "dang"),
        ("Yıldız", "yildiz"),
        ("Straße", "strasse"),
        ("de La Rochefoucauld", "larochefoucauld"),
    ],
)
def test_a_name_is_found_as_people_type_it(name: str, typed: str) -> None:
    assert typed in name_tokens(name)


def test_a_name_in_another_script_is_found_by_its_own_letters() -> None:
    assert words("محمد")[0] in name_tokens("محمد بن علي")
    assert words("王")[0] == words("王")[0]
    assert name_tokens("王") != name_tokens("李")


def test_characters_that_turn_the_line_are_taken_out() -> None:
    assert clean_name("MAR\u202eTIN\u200b \x00 Léa") == "MARTIN Léa"


def test_one_apostrophe_is_kept() -> None:
    assert clean_name("D'ARC") == clean_name("D’ARC") == "D’ARC"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("JEAN-PIERRE", "Jean-Pierre"), ("léa", "Léa"), ("McKenzie", "McKenzie"), ("D’ARTAGNAN", "D’Artagnan")],
)
def test_a_given_name_is_written_as_usual(typed: str, kept: str) -> None:
    assert title_case(typed) == kept


def test_a_family_name_keeps_its_accents_in_capitals() -> None:
    assert surname_case("Lefèvre") == "LEFÈVRE"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Martin", "MARTIN", True),
        ("Lefebvre", "Lefèvre", True),
        ("Dupond", "Dupont", True),
        ("Martin", "Martni", True),
        ("Le Goff", "LEGOFF", True),
        ("Dubois Martin", "Martin", True),
        ("Martin", "Bernard", False),
        ("Léa", "Hugo", False),
        ("Martin", "", False),
        ("Li", "Lu", False),
    ],
)
def test_similar_names(one: str, other: str, expected: bool) -> None:
    assert similar(one, other) is expected
    assert similar(other, one) is expected
