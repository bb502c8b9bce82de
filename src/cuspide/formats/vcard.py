"""vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350): address books of telephones and of other programs.

Read card after card, as much as a list of patients needs: names, birth date, sex, telephones, e-mail, address, note.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from cuspide.formats import encodings
from cuspide.formats.errors import FormatError
from cuspide.formats.table import Row, Table

HEADER = (
    "UID", "N family", "N given", "N additional", "N prefix", "FN", "BDAY", "GENDER", "TEL cell", "TEL home",
    "TEL work",
    "TEL", "TEL (2)", "EMAIL", "ADR street", "ADR extended", "ADR locality", "ADR code", "ADR country", "DEATHDATE",
    "NOTE",
)  # fmt: skip
LONGEST_CARD = 200_000
"""Signs of one card without its pictures."""

_PROPERTY = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\,;:nN])")
_SKIPPED = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def read(chunks: Iterable[bytes]) -> Table:
    """The cards of a file as rows. Raises FormatError `vcard.none` where there is no card.

    Rows carry `vcard.end` (a card that does not end: the file was cut, or another begins) and `vcard.long` as fault.
    """
    pieces = iter(chunks)
    sample = next(pieces, b"")
    encoding, mark = encodings.detect(sample)
    lines = encodings.lines(chain([sample], pieces), encoding, mark)
    cards = _cards(enumerate((text for text, _encoding in lines), start=1))
    first = next(cards, None)
    if first is None:
        raise FormatError("vcard.none", "The file holds no card")
    return Table(HEADER, chain([first], cards))


def is_one(sample: bytes) -> bool:
    """Whether a file begins as a vCard does."""
    encoding, mark = encodings.detect(sample)
    first = next((text for text, _enc in encodings.lines(iter([sample]), encoding, mark) if text.strip()), "")
    return first.strip().upper() == "BEGIN:VCARD"


def _cards(lines: Iterator[tuple[int, str]]) -> Iterator[Row]:
    begun, card, length = 0, list[str](), 0
    for number, line in lines:
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            if begun:
                yield _faulty(begun, "vcard.end", "The card does not end")
            begun, card, length = number, [], 0
        elif word == "END:VCARD" and begun:
            yield _row(begun, card) if length <= LONGEST_CARD else _faulty(begun, "vcard.long", "The card is too long")
            begun = 0
        elif begun:
            picture = card and card[-1].split(":", 1)[0].split(";", 1)[0].upper() in _SKIPPED
            if line[:1] in {" ", "\t"} and picture:
                continue
            length += len(line)
            if length <= LONGEST_CARD:
                card.append(line)
    if begun:
        yield _faulty(begun, "vcard.end", "The card does not end")


def _faulty(line: int, code: str, sentence: str) -> Row:
    return Row(line, (), "", FormatError(code, sentence, line=line, params={"most": LONGEST_CARD}))


def _unfolded(card: list[str]) -> Iterator[str]:
    """Properties on one line each: folded by a space (RFC 6350, 3.2), or by = at the end where quoted-printable."""
    held = ""
    soft = False
    for line in card:
        if soft:
            held = held[:-1] + line
        elif line[:1] in {" ", "\t"} and held:
            held += line[1:]
        else:
            if held:
                yield held
            held = line
        soft = held.endswith("=") and "QUOTED-PRINTABLE" in held.split(":", 1)[0].upper()
    if held:
        yield held


def _row(line: int, card: list[str]) -> Row:
    cells = dict.fromkeys(HEADER, "")
    for text in _unfolded(card):
        found = _PROPERTY.fullmatch(text)
        if found is not None:
            _take(cells, found[1].upper(), found[2].upper(), found[3])
    return Row(line, tuple(cells[name] for name in HEADER))


def _take(cells: dict[str, str], name: str, parameters: str, value: str) -> None:
    if "QUOTED-PRINTABLE" in parameters:
        raw = quopri.decodestring(value.encode("latin-1", "replace"))
        value = encodings.decode_line(raw, encodings.UTF_8)[0]
    if name == "N":
        parts = [_plain(part) for part in _split(value)] + [""] * 4
        for key, part in zip(("N family", "N given", "N additional", "N prefix"), parts, strict=False):
            cells[key] = part
    elif name == "ADR":
        parts = [_plain(part) for part in _split(value)] + [""] * 7
        street = ", ".join(part for part in (parts[0], parts[2]) if part)
        for key, part in zip(
            ("ADR street", "ADR extended", "ADR locality", "ADR code", "ADR country"),
            (street, parts[1], parts[3], parts[5], parts[6]),
            strict=True,
        ):
            cells[key] = cells[key] or part
    elif name == "TEL":
        _telephone(cells, parameters, _plain(value).removeprefix("tel:"))
    elif name in {"BDAY", "DEATHDATE"}:
        cells[name] = _date(value.strip())
    elif name in {"GENDER", "X-GENDER", "SEX"}:
        cells["GENDER"] = value.split(";", 1)[0].strip()
    elif name == "UID":
        cells["UID"] = _plain(value).removeprefix("urn:uuid:")
    elif name in {"FN", "EMAIL", "NOTE"}:
        cells[name] = cells[name] or _plain(value).removeprefix("mailto:")


def _telephone(cells: dict[str, str], parameters: str, number: str) -> None:
    kind = "TEL cell" if "CELL" in parameters else "TEL work" if "WORK" in parameters else ""
    kind = kind or ("TEL home" if "HOME" in parameters else "TEL")
    if "FAX" in parameters:
        return
    place = next((name for name in (kind, "TEL", "TEL (2)") if not cells[name]), "")
    if place:
        cells[place] = number


def _date(text: str) -> str:
    if found := _DAY.fullmatch(text):
        return f"{found[1]}-{found[2]}-{found[3]}"
    if found := _MONTH.fullmatch(text):
        return f"{found[2]}/{found[1]}"
    return text


def _split(value: str) -> list[str]:
    """The components of a structured value, which ; separates unless a backslash stands before it."""
    return re.split(r"(?<!\\);", value)


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
