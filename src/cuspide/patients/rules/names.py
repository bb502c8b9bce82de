"""Names: how they are cleaned, compared and cut into search tokens.

A token is made of ASCII letters and digits only, so that its order in an index is the order of its bytes on both
stores and a prefix is a range.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from cuspide.formats.letters import normalised

TOKEN_LENGTH = 64
"""Longest token kept. A longer word is cut, in the index and in what is typed alike."""

_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŀ": "l"}
)
_WORD = re.compile(r"[a-z0-9]+")
_SPACES = re.compile(r"\s+")


def clean_name(text: str) -> str:
    """A name as it is kept: composed (NFC), single spaces, one kind of apostrophe, no invisible characters.

    Control and format characters go, among them those that turn the direction of the line: shown, they would
    reorder what stands beside the name.
    """
    if text.isprintable():
        # Letters and signs alone: what goes is not printable.
        visible = text if text.isascii() else normalised("NFC", text)
    else:
        visible = "".join(
            " " if character.isspace() else character
            for character in normalised("NFC", text)
            if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        )
    return _SPACES.sub(" ", visible.replace("'", "’").replace("ʼ", "’")).strip()


def has_letter(text: str) -> bool:
    """Whether a name holds at least one letter of any script."""
    return any(character.isalpha() for character in text)


def fold(text: str) -> str:
    """Lower case without accents or ligatures; a letter of another script becomes `u` and its code point.

    `fold("Bœuf-d'Été")` is `"boeuf-d'ete"`. Folding a folded text changes nothing.
    """
    lowered = normalised("NFKD", text.casefold()).casefold().translate(_LETTERS)
    folded = []
    for character in normalised("NFKD", lowered):
        if character.isascii():
            folded.append(character)
        elif unicodedata.category(character) == "Mn":
            continue
        elif character.isalnum():
            folded.append(f"u{ord(character):x}")
        else:
            folded.append(" ")
    return "".join(folded)


def words(text: str) -> list[str]:
    """The words of a name or of a search, folded: spaces, hyphens, apostrophes and all other signs separate."""
    return [word[:TOKEN_LENGTH] for word in _WORD.findall(fold(text))]


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = _listed("d de del della des di du el al l la las le les los of van von der den ten ter y")
"""Words of a name that are left out or added as people please, when a search for all of it found too little."""
TITLES = _listed("m mr mme mlle madame monsieur mademoiselle dr docteur pr professeur me maitre")
"""How somebody is addressed, which is no part of the name."""
ABBREVIATED = {"st": "saint", "ste": "sainte"}
"""Words of names that are written in two ways."""


def name_tokens(*names: str) -> frozenset[str]:
    """What the index holds for these names.

    Each word, and each run of words to the end of its name written as one, so that "d'Ornano" is found by
    `ornano`, `dornano` and `d ornano`, and "Le Goff" by `legoff`; `saint` finds "St-Martin".
    """
    tokens: set[str] = set()
    for name in names:
        parts = words(name)
        tokens.update(parts)
        tokens.update(ABBREVIATED[part] for part in parts if part in ABBREVIATED)
        # A token of that length is made of as many words at most: the rest need not be joined.
        tokens.update("".join(parts[start : start + TOKEN_LENGTH])[:TOKEN_LENGTH] for start in range(len(parts)))
    return frozenset(tokens)


def as_one_word(name: str) -> str:
    """The longest of a name's tokens: `legoff` for "Le Goff"; nothing where it has no letter or digit."""
    return "".join(words(name)[:TOKEN_LENGTH])[:TOKEN_LENGTH]


def similar(one: str, other: str) -> bool:
    """Whether two names may be the same one misspelt: equal when written as one word, one contained in the
    other as a word, or at most one edit (two from eight letters) apart."""
    first, second = "".join(words(one)), "".join(words(other))
    if not first or not second:
        return False
    if first == second or set(words(one)) & set(words(other)):
        return True
    allowed = 2 if min(len(first), len(second)) >= 8 else 1
    return min(len(first), len(second)) >= 3 and within_edits(first, second, allowed)


def within_edits(one: str, other: str, allowed: int) -> bool:
    """Whether at most `allowed` insertions, deletions, changes or transpositions turn one into the other."""
    if abs(len(one) - len(other)) > allowed:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        following = [i]
        for j, against in enumerate(other, start=1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
        if min(row) > allowed:
            return False
    return row[-1] <= allowed


def title_case(text: str) -> str:
    """A given name typed in one case, as it is usually written: `JEAN-PIERRE` is `Jean-Pierre`.

    A name typed in mixed case is left as it is: whoever typed it knew why.
    """
    if text != text.upper() and text != text.lower():
        return text
    shown = []
    for previous, character in pairwise(" " + text):
        shown.append(character.upper() if previous in " -’" else character.lower())
    return "".join(shown)


def surname_case(text: str) -> str:
    """A family name as the administration writes it: capitals, accents kept."""
    return text.upper()


def joined(names: Iterable[str]) -> str:
    return " ".join(name for name in names if name)
