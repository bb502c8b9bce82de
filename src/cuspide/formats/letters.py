"""Letters and their marks in one normal form, in a time that grows with the text and no faster."""

import unicodedata
from typing import Literal

MOST_MARKS = 30
"""Marks on one letter; no language piles up more (UAX 15, Stream-Safe Text Format)."""

_SHORT = 64


def normalised(form: Literal["NFC", "NFKC", "NFD", "NFKD"], text: str) -> str:
    """The text in a normal form of Unicode. Of marks that pile up on one letter, the first thirty are kept: putting a
    pile into its order costs the square of its height, 3 s for 64,000 marks."""
    return unicodedata.normalize(form, text if len(text) <= _SHORT else _without_piles(text))


def _without_piles(text: str) -> str:
    kept, height = [], 0
    for character in text:
        height = height + 1 if unicodedata.combining(character) else 0
        if height <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
