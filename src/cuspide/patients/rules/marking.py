"""Which letters of a name, a telephone or a number a search found: the same words and runs of words as the index."""

from collections.abc import Iterable, Sequence

from cuspide.patients.rules.names import fold


def _letters(text: str) -> list[tuple[str, int, bool]]:
    """The folded letters and digits of a text, each with its place in the text and whether it begins a word."""
    found: list[tuple[str, int, bool]] = []
    begins = True
    for place, character in enumerate(text):
        for letter in fold(character):
            if letter.isalnum() and letter.isascii():
                found.append((letter, place, begins))
                begins = False
            else:
                begins = True
    return found


def spans(text: str, terms: Iterable[str], *, from_start: bool = False) -> list[tuple[int, int]]:
    """Where the terms stand in the text, as (first, past the last) places of its characters, in order, none in another.

    A term is found at the beginning of a word and may run on over the words that follow, as `dornano` does in
    "d’Ornano"; `from_start`: only at the beginning of the text, as in a telephone number.
    """
    letters = _letters(text)
    joined = "".join(letter for letter, _place, _begins in letters)
    found: set[tuple[int, int]] = set()
    for term in {term for term in terms if term}:
        for at, (_letter, place, begins) in enumerate(letters):
            if (begins if not from_start else at == 0) and joined.startswith(term, at):
                found.add((place, letters[at + len(term) - 1][1] + 1))
    return _merged(sorted(found))


def _merged(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, past in found:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(past, merged[-1][1]))
        else:
            merged.append((first, past))
    return merged
