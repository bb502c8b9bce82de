"""Every sentence exists in French, with its placeholders and its typography; no catalogue keeps a dead one."""

import re
from pathlib import Path

import pytest

from tests.support import words

# A plain space before these marks, or a plain space inside quotes, is wrong in French.
_PLAIN_SPACE = re.compile(r" [:;!?»]|« ")
# Where the same letters stand for syntax and not for a sentence.
_NOT_PROSE = re.compile(r"https?://|:\d|--\w")


@pytest.mark.parametrize("room", words.rooms(), ids=lambda room: room.name)
def test_every_string_of_a_room_is_in_its_french_catalogue(room: Path) -> None:
    catalogue = words.catalogue(room)
    asked = words.asked(room)
    if catalogue is None:
        assert asked == set()
        return
    missing = []
    for word in sorted(asked):
        message = catalogue.get(word.text, word.context or None)
        given = message.string if message else ""
        if not (all(given) if isinstance(given, tuple) else given) or message.fuzzy:
            missing.append(word)
    assert missing == []


@pytest.mark.parametrize("room", words.rooms(), ids=lambda room: room.name)
def test_no_french_sentence_is_kept_that_nobody_asks_for(room: Path) -> None:
    catalogue = words.catalogue(room)
    if catalogue is None:
        return
    asked = {(word.context, word.text) for word in words.asked(room)}
    dead = []
    for message in catalogue:
        text = message.id[0] if isinstance(message.id, tuple) else message.id
        if text and (message.context or "", text) not in asked:
            dead.append(text)
    assert dead == []


@pytest.mark.parametrize("room", words.rooms(), ids=lambda room: room.name)
def test_a_translation_has_the_placeholders_of_its_original_and_french_spaces(room: Path) -> None:
    catalogue = words.catalogue(room)
    wrong = []
    for message in catalogue or []:
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        translations = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = [words.placeholders(text) for text in originals]
        for text in translations:
            if words.placeholders(text) not in wanted:
                wrong.append(("placeholders", text))
            if _PLAIN_SPACE.search(text) and not _NOT_PROSE.search(text):
                wrong.append(("spaces", text))
    assert wrong == []


def test_no_two_rooms_say_the_same_words_differently() -> None:
    """All catalogues are one when the program runs: the first of two translations would be said in both rooms."""
    said: dict[tuple[str, str], dict[str, list[str]]] = {}
    for room in words.rooms():
        for message in words.catalogue(room) or []:
            text = message.id[0] if isinstance(message.id, tuple) else message.id
            if text:
                known = said.setdefault((message.context or "", text), {})
                known.setdefault(str(message.string), []).append(room.name)
    assert len(said) > 1000
    assert {word: known for word, known in said.items() if len(known) > 1} == {}
