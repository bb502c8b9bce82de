"""What of a search somebody's tokens answer, and how well."""

from typing import Any

import pytest

from cuspide.patients.rules.query import parse_query
from cuspide.patients.rules.readings import MISREAD, STRICTLY, WITHOUT_PARTICLES, answer
from cuspide.patients.rules.tokens import tokens_of


def of(family: str, given: str, **more: Any) -> dict[str, int]:
    fields: dict[str, Any] = {
        "all_given_names": "",
        "birth_date": "1984-03-07",
        "number": 1042,
        "phones": ["0639981234"],
    }
    names = (family, given)
    return {token: int(rank) for token, rank in tokens_of(in_use=names, at_birth=names, **(fields | more)).items()}


HER = of("Le Goff", "Marguerite")


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("le goff marguerite", STRICTLY),
        ("marg 07/03/1984", STRICTLY),
        ("goff 06 39 98", STRICTLY),
        ("1042 goff", STRICTLY),
        ("mme goff marguerite", WITHOUT_PARTICLES),
        ("de goff 1984", WITHOUT_PARTICLES),
        ("goff margueritte", MISREAD),
        ("le off marguerite", MISREAD),
        ("goff guerite", MISREAD),
    ],
)
def test_a_search_is_read_in_the_best_way(text: str, reading: int) -> None:
    found = answer(parse_query(text), HER)
    assert found is not None
    assert found[0][0] == reading


@pytest.mark.parametrize("text", ["goff paul", "gof margueritte x", "goff 08/03/1984", "goff 0639989999", "goff 1043"])
def test_whoever_does_not_answer_every_word_is_not_found(text: str) -> None:
    assert answer(parse_query(text), HER) is None


def test_whole_words_and_what_she_is_called_come_first() -> None:
    query = parse_query("martin jean")
    called, second, longer = (
        of("Martin", "Jean"),
        of("Martin", "Luc", all_given_names="Luc, Jean"),
        of("Martineau", "Jean"),
    )
    orders = [found[0] for tokens in (called, second, longer) if (found := answer(query, tokens))]
    assert len(orders) == 3
    assert orders == sorted(orders)
    assert len(set(orders)) == 3


def test_the_word_that_was_meant_is_told() -> None:
    found = answer(parse_query("lefevbre marg"), of("Lefebvre", "Marguerite"))
    assert found is not None
    assert found[1] == ("marg", "lefebvre")
