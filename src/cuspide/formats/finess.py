"""FINESS number of a health establishment: 9 characters, the last a Luhn check digit.

In Corsica the second character is A or B and counts as 1 or 2 in the check digit.
"""

from stdnum import luhn

from cuspide.formats.errors import FormatError
from cuspide.formats.typed import is_digit, read_typed

LENGTH = 9
_CORSICA = {"A": "1", "B": "2"}


def parse(text: str) -> str:
    """The nine characters of a FINESS number typed with any usual separators.

    Raises FormatError `finess.length` (params `length`, `expected`), `finess.character`
    (position), `finess.check_digit` (params `expected`).
    """
    typed = read_typed(text[:60])
    characters = typed.characters
    for index, character in enumerate(characters):
        in_corsica = index == 1 and character in _CORSICA and characters[0] == "2"
        if not is_digit(character) and not in_corsica:
            raise FormatError(
                "finess.character",
                "A FINESS number has digits only, A or B for Corsica apart",
                position=typed.position(index),
            )
    if len(characters) != LENGTH:
        raise FormatError(
            "finess.length",
            "A FINESS number has 9 characters",
            params={"length": len(characters), "expected": LENGTH},
        )
    expected = luhn.calc_check_digit(_digits(characters)[:-1])
    if characters[-1] != expected:
        raise FormatError(
            "finess.check_digit",
            "A character of the FINESS number is wrong",
            params={"expected": expected},
        )
    return characters


def transmitted(number: str) -> str:
    """The all-digit form that B2 carries: `2Ayyxxxxc` becomes `2001xxxxc`, `2B` `2002xxxxc`.

    Raises FormatError as `parse` does.
    """
    parsed = parse(number)
    corsica = _CORSICA.get(parsed[1])
    return parsed if corsica is None else f"200{corsica}{parsed[4:]}"


def with_check_digit(first_eight: str) -> str:
    """The FINESS number that begins with these eight characters (demo data and tests)."""
    return first_eight + luhn.calc_check_digit(_digits(first_eight))


def is_valid(text: str) -> bool:
    try:
        parse(text)
    except FormatError:
        return False
    return True


def _digits(characters: str) -> str:
    return "".join(_CORSICA.get(each, each) for each in characters)
