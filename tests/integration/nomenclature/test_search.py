"""Acts are found as people type them."""

import datetime as dt
from typing import Any

import pytest

from cuspide.formats.teeth import tooth
from cuspide.nomenclature import selectors

DAY = dt.date(2026, 6, 1)


def codes(text: str, **more: Any) -> list[str]:
    return [act.code for act in selectors.search_acts(text, DAY, **more)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("HBJD001", "HBJD001"),
        ("hbjd", "HBJD001"),
        ("détartrage", "HBJD001"),
        ("detar", "HBJD001"),
        ("pano", "HBQK002"),
        ("rétro", "HBQK389"),
        ("retro-alvéolaire", "HBQK389"),
        ("composite 2 faces", "HBMD049"),
        ("faces 2 compo", "HBMD049"),
        ("composite 1 face incisive", "HBMD058"),
        ("carie", "HBMD053"),
        ("dévitalisation molaire", "HBFD008"),
        ("dent de sagesse", "HBGD004"),
        ("couronne céramo-métallique", "HBLD634"),
        ("inlay core", "HBLD090"),
        ("scellement de sillons", "HBBD005"),
        ("consultation", "C"),
        ("c", "C"),
        ("semestre", "TO90"),
        ("mt dents", "BDA"),
        ("surfaçage", "HBJA003"),
        ("extraction dent de lait", "HBGD035"),
        ("avulsion", "HBGD036"),
        ("implant", "LBLD015"),
    ],
)
def test_usual_words_find_the_usual_act_first(nomenclature: Any, typed: str, first: str) -> None:
    assert codes(typed)[0] == first


def test_acts_without_everyday_name_are_found_by_their_label(nomenclature: Any) -> None:
    assert "HBED024" in codes("greffe conjonctive gencive")


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "zzzz", "'; drop table acte; --", "\x00", "é" * 5000])
def test_nonsense_finds_nothing(nomenclature: Any, typed: str) -> None:
    assert codes(typed) == []


def test_favourites_come_first(nomenclature: Any) -> None:
    assert codes("couronne")[0] == "HBLD634"
    assert codes("couronne", favourites={"HBLD073"})[0] == "HBLD073"


def test_the_list_is_no_longer_than_asked(nomenclature: Any) -> None:
    assert len(codes("avulsion")) == 12
    assert len(codes("avulsion", limit=3)) == 3


def test_an_act_is_found_only_while_it_exists(nomenclature: Any) -> None:
    assert "HBLD425" not in codes("HBLD425")
    found = selectors.search_acts("HBLD425", dt.date(2025, 6, 1))
    assert [act.code for act in found] == ["HBLD425"]
    assert selectors.search_acts("HBLD426", dt.date(2025, 6, 1)) == []


def test_a_search_is_one_query(nomenclature: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        selectors.search_acts("composite 2 faces", DAY)


@pytest.mark.parametrize(
    ("kind", "code", "surfaces", "pulp", "first"),
    [
        ("filling", "16", 2, "", "HBMD049"),
        ("filling", "11", 1, "", "HBMD058"),
        ("filling", "75", 3, "", "HBMD038"),
        ("root_treatment", "36", 0, "vital", "HBFD008"),
        ("root_treatment", "14", 0, "necrotic", "HBFD297"),
        ("root_treatment", "85", 0, "", "HBFD006"),
        ("extraction", "46", 0, "", "HBGD036"),
        ("extraction", "51", 0, "", "HBGD035"),
        ("crown", "26", 0, "", "HBLD073"),
        ("crown", "11", 0, "", "HBLD634"),
        ("sealant", "36", 1, "", "HBBD005"),
    ],
)
def test_the_chart_proposes_the_act(
    nomenclature: Any, kind: str, code: str, surfaces: int, pulp: str, first: str
) -> None:
    assert selectors.proposals(kind, tooth(code), DAY, surfaces, pulp)[0].code == first


def test_the_chart_proposes_nothing_for_what_it_does_not_know(nomenclature: Any) -> None:
    assert selectors.proposals("whistling", tooth("11"), DAY) == []
    assert selectors.proposals("crown", tooth("51"), DAY) == []
    assert selectors.proposals("filling", tooth("11"), DAY, surfaces=0) == []


def test_a_price_book_is_read_in_five_queries(nomenclature: Any, practice: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):
        book = selectors.price_book(entity=practice.entity)
    assert len(book.lines) > 650
