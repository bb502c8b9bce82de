"""Numbers as people type them: separators are dropped, and every character keeps its place."""

from dataclasses import dataclass

# Space, no-break spaces, the thin ones that word processors put in, dot, hyphens, slash.
_SEPARATORS = frozenset(" \t\u00a0\u2007\u2009\u202f.-\u2010\u2011\u2013/")


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """Characters without separators, upper case, and where each stood in what was typed (from 1)."""

    characters: str
    positions: tuple[int, ...]

    def position(self, index: int) -> int:
        """Place in the typed text of the character at `index`; after the end, just behind it."""
        if index < len(self.positions):
            return self.positions[index]
        return (self.positions[-1] if self.positions else 0) + 1


def read_typed(text: str) -> TypedNumber:
    kept = [(each, place) for place, each in enumerate(text, start=1) if each not in _SEPARATORS]
    return TypedNumber(
        "".join(each.upper() if each.isascii() else each for each, _ in kept),
        tuple(place for _, place in kept),
    )


def is_digit(character: str) -> bool:
    """One of 0 to 9: `str.isdigit` would let superscripts and other scripts pass."""
    return character in "0123456789" and len(character) == 1
