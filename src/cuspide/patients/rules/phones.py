"""Phone numbers as French people write and say them, kept as E.164 so that a number is found however it is typed."""

import re

_SIGNS = re.compile(r"[\s.\-/()\u00a0\u202f\u2011]")

# National prefixes of the overseas numbering plans (ARCEP), with the country code under which they are reached.
# 0639 is Mayotte, but 06 39 98 is the block that ARCEP keeps for fiction in metropolitan France.
_OVERSEAS = {
    "262": ("262", "263", "269", "692", "693", "639"),
    "590": ("590", "690", "691"),
    "594": ("594", "694"),
    "596": ("596", "696", "697"),
}
_FICTION = "63998"


class PhoneError(ValueError):
    """The text is no phone number; `reason` is one of `signs`, `length`, `prefix`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normalise_phone(text: str) -> str:
    """E.164 of a number: `06 39 98 12 34`, `+33 (0)6.39.98.12.34` and `0033639981234` are all `+33639981234`.

    Raises PhoneError.
    """
    typed = _SIGNS.sub("", text.strip().replace("(0)", ""))
    if not re.fullmatch(r"\+?\d+", typed, flags=re.ASCII):
        raise PhoneError("signs")
    if typed.startswith("00"):
        typed = "+" + typed[2:]
    if typed.startswith("+330") and len(typed) == 13:
        typed = "+33" + typed[4:]
    if typed.startswith("+"):
        if typed.startswith("+33") and len(typed) != 12:
            raise PhoneError("length")
        if not 8 <= len(typed) - 1 <= 15:
            raise PhoneError("length")
        if typed[1] == "0":
            raise PhoneError("prefix")
        return typed
    if not typed.startswith("0"):
        raise PhoneError("prefix")
    if len(typed) != 10:
        raise PhoneError("length")
    national = typed[1:]
    if not national.startswith(_FICTION):
        for country, prefixes in _OVERSEAS.items():
            if national.startswith(prefixes):
                return f"+{country}{national}"
    return f"+33{national}"


def national_digits(e164: str) -> str:
    """The digits somebody in France dials: `0639981234`; a foreign number without its plus sign."""
    if e164.startswith("+33"):
        return "0" + e164[3:]
    for country in _OVERSEAS:
        if e164.startswith(f"+{country}") and len(e164) == 13:
            return "0" + e164[4:]
    return e164.lstrip("+")


def shown_phone(e164: str) -> str:
    """`06 39 98 12 34` with no-break spaces; a foreign number with its country code."""
    digits = national_digits(e164)
    if digits.startswith("0") and len(digits) == 10:
        return "\u00a0".join(digits[start : start + 2] for start in range(0, 10, 2))
    return e164
