"""NIR, the French social security number: 13 characters and a key of two digits.

Structure (INSEE, répertoire national d'identification des personnes physiques): sex 1, year 2,
month 2, department 2, commune or country 3, order 3, key = 97 − (number mod 97), where Corsica's
2A counts as 19 and 2B as 18. A waiting number (NIA) has the same structure and the same key.
"""

from dataclasses import dataclass
from enum import StrEnum

from stdnum.fr import nir as stdnum_nir

from cuspide.formats.errors import FormatError
from cuspide.formats.typed import TypedNumber, is_digit, read_typed

LENGTH = 13
LENGTH_WITH_KEY = 15
_TEMPORARY_FIRST_DIGITS = "3478"
_FIRST_DIGITS = "12" + _TEMPORARY_FIRST_DIGITS
_ABROAD = "99"
_PARTS = ((0, 1), (1, 3), (3, 5), (5, 7), (7, 10), (10, 13))


class Sex(StrEnum):
    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True, slots=True, repr=False)
class Nir:
    """A valid NIR. `number` has 13 characters, `key` two; what was typed is not kept."""

    number: str
    key: str
    key_was_typed: bool

    def __repr__(self) -> str:
        # A traceback or a log line must not show the number.
        return "Nir(…)"

    @property
    def full(self) -> str:
        """Number and key together, 15 characters."""
        return self.number + self.key

    @property
    def formatted(self) -> str:
        """As it is printed: `2 95 10 99 126 111 93`."""
        return " ".join([self.number[start:end] for start, end in _PARTS] + [self.key])

    @property
    def is_temporary(self) -> bool:
        """First digit 3, 4, 7 or 8: the person is being registered, the number will change."""
        return self.number[0] in _TEMPORARY_FIRST_DIGITS

    @property
    def sex(self) -> Sex:
        return Sex.MALE if int(self.number[0]) % 2 else Sex.FEMALE

    @property
    def year(self) -> int:
        """Last two digits of the year of birth."""
        return int(self.number[1:3])

    def birth_year(self, not_after: int) -> int:
        """The latest year that ends on these two digits and is not after `not_after`."""
        return not_after - (not_after - self.year) % 100

    @property
    def month_code(self) -> int:
        """The two digits in the place of the month: 1 to 12, 20 to 42 or 50 to 99."""
        return int(self.number[3:5])

    @property
    def month(self) -> int | None:
        """Month of birth; None where the civil register gave none (codes 20 to 42, 50 to 99)."""
        return self.month_code if self.month_code <= 12 else None

    @property
    def birth_department(self) -> str | None:
        """One of "75", "2A", "971"; None for a birth abroad (99).

        Algeria (91 to 94), Morocco (95) and Tunisia (96) before independence share codes with
        departments that were made later: the code alone does not tell them apart.
        """
        code = self.number[5:7]
        if code == _ABROAD:
            return None
        return self.number[5:8] if code in ("97", "98") else code

    @property
    def birth_place(self) -> str:
        """Five characters of the official geographic code: commune, or 99 and country."""
        return self.number[5:10]

    @property
    def is_born_abroad(self) -> bool:
        return self.number[5:7] == _ABROAD


def compute_key(number: str) -> str:
    """The two-digit key of a 13-character number ("01" to "97").

    Raises FormatError as `parse` does.
    """
    typed = read_typed(number)
    if len(typed.characters) != LENGTH:
        raise _length_error(typed)
    _check(typed)
    return stdnum_nir.calc_check_digits(typed.characters)


def parse(text: str) -> Nir:
    """A NIR as it is typed or read, with or without key, with any usual separators.

    Raises FormatError, with the position where there is one:
    `nir.empty`; `nir.length` (params `length`, `expected`); `nir.character`; `nir.first_digit`;
    `nir.month`; `nir.department`; `nir.key` (params `expected`, `found`).

    >>> parse("2 95 10 99 126 111 93").key
    '93'
    >>> parse("2530 72B 073 004").key
    '70'
    """
    if len(text) > 60:
        raise FormatError(
            "nir.length",
            "A NIR has 13 characters, or 15 with its key",
            params={"length": len(text), "expected": "13, 15"},
        )
    typed = read_typed(text)
    characters = typed.characters
    if not characters:
        raise FormatError("nir.empty", "No NIR was typed")
    if len(characters) not in (LENGTH, LENGTH_WITH_KEY):
        _check_characters(typed)
        raise _length_error(typed)
    _check(typed)
    expected = stdnum_nir.calc_check_digits(characters[:LENGTH])
    found = characters[LENGTH:]
    if found and found != expected:
        raise FormatError(
            "nir.key",
            "The key of the NIR does not fit its number",
            position=typed.position(LENGTH),
            params={"expected": expected, "found": found},
        )
    return Nir(characters[:LENGTH], expected, key_was_typed=bool(found))


def is_valid(text: str) -> bool:
    try:
        parse(text)
    except FormatError:
        return False
    return True


def _length_error(typed: TypedNumber) -> FormatError:
    return FormatError(
        "nir.length",
        "A NIR has 13 characters, or 15 with its key",
        params={"length": len(typed.characters), "expected": "13, 15"},
    )


def _check_characters(typed: TypedNumber) -> None:
    for index, character in enumerate(typed.characters):
        if is_digit(character):
            continue
        if index == 6 and character in "AB" and typed.characters[5] == "2":
            continue
        raise FormatError(
            "nir.character",
            "A NIR has digits only, A or B for Corsica apart",
            position=typed.position(index),
        )


def _check(typed: TypedNumber) -> None:
    _check_characters(typed)
    characters = typed.characters
    if characters[0] not in _FIRST_DIGITS:
        raise FormatError(
            "nir.first_digit",
            "A NIR begins with 1 or 2, or 3, 4, 7, 8 while it is temporary",
            position=typed.position(0),
        )
    month = int(characters[3:5])
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        raise FormatError("nir.month", "No month of birth has this code", position=typed.position(3))
    if characters[5:7] == "00":
        raise FormatError("nir.department", "No department has this code", position=typed.position(5))
