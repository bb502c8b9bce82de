"""The box finds a command by any beginning of its words, and shows nobody what is not his."""

import pytest

from cuspide.core import registry
from cuspide.core.actor import Actor
from cuspide.core.pages import search
from cuspide.core.rights import Right

MONEY = Right("test.money", "Money", frozenset())
SECRETARY = Actor(user_id=1, label="secretary")
BOOKKEEPER = Actor(user_id=2, label="bookkeeper", rights=frozenset({"test.money"}))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: registry.Point[registry.Command] = registry.Point("commands")
    commands.add(registry.Command("book", "Prendre un rendez-vous", "core:home", keywords="agenda créneau"))
    commands.add(registry.Command("close", "Clôturer la journée", "core:search", right=MONEY, keywords="caisse"))
    providers: registry.Point[registry.SearchProvider] = registry.Point("search_providers")
    providers.add(
        registry.SearchProvider(
            "money", "Factures", MONEY, lambda actor, text, limit: [registry.SearchHit("2026-1", "", "/x")]
        )
    )
    monkeypatch.setattr(registry, "commands", commands)
    monkeypatch.setattr(registry, "search_providers", providers)
    monkeypatch.setattr(registry, "rail", registry.Point("rail"))


def titles(actor: Actor, text: str) -> list[str]:
    return [str(hit.title) for hit in search.commands(actor, text, 10)]


@pytest.mark.parametrize("typed", ["rendez", "RENDEZ vous", "vous prendre", "rdv"[:1], "creneau", "CRÉNEAU", "agen"])
def test_a_command_is_found_by_the_beginnings_of_its_words(typed: str) -> None:
    assert titles(BOOKKEEPER, typed)[:1] == ["Prendre un rendez-vous"]


def test_accents_do_not_matter() -> None:
    assert titles(BOOKKEEPER, "cloturer") == ["Clôturer la journée"]


@pytest.mark.parametrize("typed", ["endez", "rendez xyz", "'; DROP TABLE", "\0", "()[]*", "…", "😀"])
def test_what_begins_no_word_finds_nothing(typed: str) -> None:
    assert titles(BOOKKEEPER, typed) == []


def test_nobody_is_shown_a_command_or_an_answer_that_is_not_his() -> None:
    assert titles(SECRETARY, "caisse") == []
    assert titles(BOOKKEEPER, "caisse") == ["Clôturer la journée"]
    assert search.answer(SECRETARY, "2026", 10).total == 0
    assert [group.label for group in search.answer(BOOKKEEPER, "2026", 10).groups] == ["Factures"]


def test_an_empty_box_offers_commands_and_asks_no_room() -> None:
    assert [str(group.label) for group in search.answer(BOOKKEEPER, "  ", 10).groups] == ["Actions"]


def test_folding_keeps_what_letters_mean() -> None:
    assert search.folded("Œdème ÉCLAT ß") == "oedeme eclat ss"
