"""The escrow key as it stands on paper: an age identity in lines of twelve characters, each with its control letters.

The identity is written by age as `AGE-SECRET-KEY-1` and 58 characters of Bech32. The prefix is printed once in words;
the 58 go into five lines of groups of four. The three control letters of a line are made from its number and its
characters, so that a slip of the pen, or two lines exchanged, are found in the line where they happened.
"""

import hashlib
import re

import pyrage
from django.utils.translation import gettext_lazy as _

from cuspide.core.keys.errors import SheetError

PREFIX = "AGE-SECRET-KEY-1"
_ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"  # Bech32 (BIP 173); without 1, B, I and O
_LENGTH = 58
_PER_LINE = 12
_GROUP = 4
_CONTROL = 3
# What a hand or an eye puts in place of a character that is not of the alphabet.
_RESEMBLES = str.maketrans({"O": "0", "I": "L", "1": "L", "B": "8"})
LINES = -(-_LENGTH // _PER_LINE)


def control(number: int, characters: str) -> str:
    """The control letters of a line: 15 bits of SHA-256 over its number and its characters."""
    digest = int.from_bytes(hashlib.sha256(f"cuspide sheet {number} {characters}".encode()).digest()[:2], "big")
    return "".join(_ALPHABET[digest >> shift & 31] for shift in (10, 5, 0))


def lines(identity: str) -> list[str]:
    """An age identity as the sheet prints it: `QPZR Y9X8 GF2T  VDW`, without the numbers of the lines."""
    characters = identity.strip().upper().removeprefix(PREFIX)
    printed = []
    for number, start in enumerate(range(0, _LENGTH, _PER_LINE), start=1):
        part = characters[start : start + _PER_LINE]
        groups = " ".join(part[at : at + _GROUP] for at in range(0, len(part), _GROUP))
        printed.append(f"{groups}  {control(number, part)}")
    return printed


def read_line(number: int, typed: str) -> str:
    """The characters of one typed line (from 1), without its control letters. SheetError naming the line."""
    characters = re.sub(r"[\s.\-·:|]+", "", re.sub(rf"^\s*{number}\s*[\s.):|]\s*", "", typed)).upper()
    wanted = min(_PER_LINE, _LENGTH - (number - 1) * _PER_LINE) + _CONTROL
    characters = characters.translate(_RESEMBLES)
    if len(characters) != wanted:
        raise SheetError(
            _("Line %(line)d: %(found)d characters were typed, the sheet has %(wanted)d there."),
            {"line": number, "found": len(characters), "wanted": wanted},
            line=number,
        )
    strange = next((character for character in characters if character not in _ALPHABET), "")
    if strange:
        raise SheetError(
            _("Line %(line)d: the character %(character)s does not occur on a sheet."),
            {"line": number, "character": strange},
            line=number,
        )
    body, said = characters[:-_CONTROL], characters[-_CONTROL:]
    if control(number, body) != said:
        raise SheetError(
            _("Line %(line)d does not agree with its three control letters: read that line once more."),
            {"line": number},
            line=number,
        )
    return body


def read(text: str) -> str:
    """The age identity from what was typed line by line, or scanned from the QR code. SheetError says which line."""
    compact = "".join(text.split()).upper()
    if compact.startswith(PREFIX):
        return _proved(compact)
    typed = [line for line in text.splitlines() if line.strip()]
    if len(typed) != LINES:
        raise SheetError(
            _("%(found)d lines were typed; the sheet has %(wanted)d."), {"found": len(typed), "wanted": LINES}
        )
    return _proved(PREFIX + "".join(read_line(number, line) for number, line in enumerate(typed, start=1)))


def _proved(identity: str) -> str:
    try:
        pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError:
        raise SheetError(_("What was typed is not a key of an escrow sheet. Scan or type it once more.")) from None
    return identity
