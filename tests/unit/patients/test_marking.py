"""The letters of a name that a search found: those of the index, whatever stands between them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.patients.rules.marking import spans
from cuspide.patients.rules.names import name_tokens


def marked(text: str, *terms: str, from_start: bool = False) -> str:
    shown, last = "", 0
    for first, past in spans(text, terms, from_start=from_start):
        shown += f"{text[last:first]}[{text[first:past]}]"
        last = past
    return shown + text[last:]


@pytest.mark.parametrize(
    ("text", "terms", "shown"),
    [
        ("MARTIN Léa", ["mar"], "[MAR]TIN Léa"),
        ("MARTIN Léa", ["lea", "mart"], "[MART]IN [Léa]"),
        ("CHAUVIN Omar", ["mar"], "CHAUVIN Omar"),
        ("D’ORNANO Zoé", ["dorn"], "[D’ORN]ANO Zoé"),
        ("D’ORNANO Zoé", ["ornano"], "D’[ORNANO] Zoé"),
        ("BŒUF Aïcha", ["boe"], "[BŒ]UF Aïcha"),
        ("BŒUF Aïcha", ["bo"], "[BŒ]UF Aïcha"),
        ("MARTIN", ["mar", "martin"], "[MARTIN]"),
        ("Léa", ["lea"], "[Léa]"),
        ("MARTIN", [""], "MARTIN"),
        ("", ["mar"], ""),
    ],
)
def test_what_was_typed_is_marked(text: str, terms: list[str], shown: str) -> None:
    assert marked(text, *terms) == shown


def test_a_telephone_is_found_from_its_beginning_alone() -> None:
    assert marked("06 39 98 12 34", "063998", from_start=True) == "[06 39 98] 12 34"
    assert marked("06 39 98 12 34", "39", from_start=True) == "06 39 98 12 34"


@given(st.text(max_size=40), st.data())
def test_every_token_of_a_name_is_marked_in_it(name: str, data: st.DataObject) -> None:
    for token in sorted(name_tokens(name)):
        if len(token) < 60:
            end = data.draw(st.integers(1, len(token)))
            found = spans(name, [token[:end]])
            assert found
            assert all(0 <= first < past <= len(name) for first, past in found)


@given(st.text(max_size=30), st.lists(st.text(max_size=6), max_size=4))
def test_the_places_are_in_order_and_apart(name: str, terms: list[str]) -> None:
    found = spans(name, terms)
    assert found == sorted(found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
