"""RPPS number of a health professional: 11 digits, the last a Luhn check digit."""

from stdnum import luhn

from cuspide.formats.errors import FormatError
from cuspide.formats.typed import is_digit, read_typed

LENGTH = 11


def parse(text: str) -> str:
    """The 11 digits of an RPPS number typed with any usual separators.

    Raises FormatError `rpps.length` (params `length`, `expected`), `rpps.character` (position),
    `rpps.check_digit` (params `expected`).
    """
    typed = read_typed(text[:60])
    for index, character in enumerate(typed.characters):
        if not is_digit(character):
            raise FormatError(
                "rpps.character",
                "An RPPS number has digits only",
                position=typed.position(index),
            )
    if len(typed.characters) != LENGTH:
        raise FormatError(
            "rpps.length",
            "An RPPS number has 11 digits",
            params={"length": len(typed.characters), "expected": LENGTH},
        )
    expected = luhn.calc_check_digit(typed.characters[:-1])
    if typed.characters[-1] != expected:
        raise FormatError(
            "rpps.check_digit",
            "A digit of the RPPS number is wrong",
            params={"expected": expected},
        )
    return typed.characters


def with_check_digit(first_ten: str) -> str:
    """The RPPS number that begins with these ten digits (demo data and tests)."""
    return first_ten + luhn.calc_check_digit(first_ten)


def is_valid(text: str) -> bool:
    try:
        parse(text)
    except FormatError:
        return False
    return True
