"""What the search index holds: the tokens of a patient, and the forms by which a misread token is still found.

A token is a word or a run of words (`rules.names`), a birth date, a telephone or a record number. Its *deletions* are
what is left of it, or of one of its beginnings, when one letter goes: two words that are one edit apart have a deletion
in common, which makes a typing error a lookup instead of a comparison with every word. Its *endings* begin inside it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

from cuspide.patients.rules.birth import birth_tokens
from cuspide.patients.rules.names import as_one_word, name_tokens

SHORTEST_MISREAD = 4
"""Letters that must have been typed before an error in them, or the inside of a name, is looked for."""
_SHORTEST_CUT = 5
"""Beginnings of fewer letters are not looked for with an error: half the names would be near."""
_LONGEST_CUT = 8
"""Of a longer word its first letters stand in the table of deletions."""
_SEPARATE = re.compile(r"[\s,;]+")


class Rank(IntEnum):
    """How near a token is to what a patient is called; the order of answers to one word. Who is called Martin comes
    before who was born so, and before who is called Saint-Martin."""

    FAMILY_NAME = 0
    GIVEN_NAME = 1
    NAME_AT_BIRTH = 2
    PART_OF_NAME = 3
    OTHER = 4


class Nearness(IntEnum):
    """How a misread term answers a token, best first."""

    WHOLE = 0
    BEGINNING = 1
    INSIDE = 2


def tokens_of(
    *,
    in_use: tuple[str, str],
    at_birth: tuple[str, str],
    all_given_names: str,
    birth_date: str,
    number: int,
    phones: Iterable[str],
) -> dict[str, Rank]:
    """Every token of a patient with its rank. `in_use` and `at_birth` are family and given name; `phones` as dialled in
    France; `all_given_names` is a list, each of which is a name of its own: no run of words goes on to the next."""
    others = {*birth_tokens(birth_date), str(number), *phones, *name_tokens(*_SEPARATE.split(all_given_names))}
    return {
        **dict.fromkeys(others, Rank.OTHER),
        **dict.fromkeys(name_tokens(*in_use, *at_birth), Rank.PART_OF_NAME),
        **_whole(at_birth, Rank.NAME_AT_BIRTH, Rank.NAME_AT_BIRTH),
        **_whole(in_use, Rank.FAMILY_NAME, Rank.GIVEN_NAME),
    }


def _whole(names: tuple[str, str], *ranks: Rank) -> dict[str, Rank]:
    tokens = ((as_one_word(name), rank) for name, rank in zip(names, ranks, strict=True))
    # Who is called Martin Martin is found as one who is called so.
    return {token: rank for token, rank in reversed(list(tokens)) if token}


def is_word(token: str) -> bool:
    """Whether a token may be misread: a number is right or wrong."""
    return len(token) >= SHORTEST_MISREAD - 1 and not token.isdigit()


def deletions(token: str) -> frozenset[str]:
    """The forms of a token with which those of a misread term meet.

    >>> sorted(deletions("lea")), sorted(deletions("paul"))
    (['lea'], ['aul', 'pal', 'pau', 'paul', 'pul'])
    """
    if len(token) < SHORTEST_MISREAD:
        return frozenset({token})
    lengths = range(min(len(token), _SHORTEST_CUT), min(len(token), _LONGEST_CUT) + 1)
    return frozenset().union(*(_with_deletions(token[:length]) for length in lengths))


def looked_up(term: str) -> frozenset[str]:
    """The forms of a typed term: every token one edit away, or with such a beginning, has one of them as a deletion."""
    return _with_deletions(term[:_LONGEST_CUT]) if len(term) >= SHORTEST_MISREAD else frozenset()


def _with_deletions(text: str) -> frozenset[str]:
    return frozenset({text, *(text[:at] + text[at + 1 :] for at in range(len(text)))})


def endings(token: str) -> frozenset[str]:
    """The ends of a token that may be looked for.

    >>> sorted(endings("martin"))
    ['artin', 'rtin']
    """
    return frozenset(token[at:] for at in range(1, len(token) - SHORTEST_MISREAD + 1))


def nearness(term: str, token: str) -> Nearness | None:
    """How a misread term answers a token: one letter more, less, changed or swapped with the next, in the whole token
    or in its beginning; or inside of it. None: not at all."""
    at = 0
    for typed, held in zip(term, token, strict=False):
        if typed != held:
            break
        at += 1
    typed, held = term[at:], token[at:]
    pairs = [(typed[1:], held[1:]), (typed[1:], held), (typed, held[1:])]
    if typed[:2] == held[1::-1]:
        pairs.append((typed[2:], held[2:]))
    if any(one == other for one, other in pairs):
        return Nearness.WHOLE
    if len(term) >= _SHORTEST_CUT and any(other.startswith(one) for one, other in pairs):
        return Nearness.BEGINNING
    return Nearness.INSIDE if term in token[1:] else None


def nearest(term: str, tokens: Iterable[str], most: int) -> Mapping[str, Nearness]:
    """The tokens that a misread term answers, the best of them."""
    found = ((near, token) for token in set(tokens) if (near := nearness(term, token)) is not None)
    return {token: near for near, token in sorted(found)[:most]}


def words_of(tokens: Iterable[str]) -> Sequence[str]:
    """Those that may be misread, in the order in which they are written: two writers never wait for each other."""
    return sorted(token for token in tokens if is_word(token))
