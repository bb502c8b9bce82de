"""Which encoding a text came in, when nobody says: whole files, and single lines that are not in their file's.

French programs write UTF-8, Windows-1252, ISO 8859-15, Mac Roman and UTF-16; files that were pasted together hold
several. What is valid UTF-8 with a letter beyond ASCII is UTF-8. Among the encodings of one byte a letter, the one is
taken whose reading looks most like French: a byte that is a letter of French there speaks for it, one that is a
control character or a rare sign against.
"""

import codecs
import unicodedata
from collections.abc import Iterator

UTF_8 = "utf-8"
ONE_BYTE = ("cp1252", "iso8859-15", "mac-roman")
"""In the order in which they are taken when their readings look alike."""

NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "iso8859-15": "ISO 8859-15",
    "mac-roman": "Mac Roman",
}
"""What people call them."""

_BOMS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FRENCH = frozenset("àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ")
_MARKS = frozenset("’«»–—€°\u00a0")


def _likelihood(encoding: str, byte: int) -> int:
    try:
        character = bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return -8
    if character in _FRENCH:
        return 4 if character.islower() else 3
    if character in _MARKS:
        return 2
    if unicodedata.category(character) == "Cc":
        return -8
    return 0 if character.isalpha() else -2


_TABLES = {encoding: [0] * 128 + [_likelihood(encoding, byte) for byte in range(128, 256)] for encoding in ONE_BYTE}


def detect(sample: bytes) -> tuple[str, int]:
    """The encoding of a file and the length of its byte order mark, from its first bytes.

    A sample of ASCII alone is UTF-8: what comes later is looked at line by line.
    """
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding, len(mark)
    if encoding := _without_mark(sample):
        return encoding, 0
    if _is_utf_8(sample):
        return UTF_8, 0
    return _likeliest(sample, ONE_BYTE), 0


def decode_line(raw: bytes, usual: str) -> tuple[str, str]:
    """A line and the encoding it was read in: the file's `usual` one, unless the line cannot be in it."""
    if raw.isascii():
        return raw.decode("ascii"), usual
    try:
        return raw.decode(UTF_8), UTF_8
    except UnicodeDecodeError:
        pass
    order = (usual, *(one for one in ONE_BYTE if one != usual)) if usual in ONE_BYTE else ONE_BYTE
    encoding = _likeliest(raw, order)
    return raw.decode(encoding, "replace"), encoding


def _likeliest(raw: bytes, order: tuple[str, ...]) -> str:
    beyond = [byte for byte in raw if byte >= 128]
    return max(order, key=lambda encoding: sum(map(_TABLES[encoding].__getitem__, beyond)))


def _is_utf_8(sample: bytes) -> bool:
    try:
        # A sample may end within a letter.
        codecs.getincrementaldecoder(UTF_8)().decode(sample)
    except UnicodeDecodeError:
        # One line of another encoding does not make the file another: most lines decide.
        lines = [line for line in sample.split(b"\n")[:-1] if not line.isascii()]
        return bool(lines) and sum(map(_decodes, lines)) * 2 > len(lines)
    return True


def _decodes(line: bytes) -> bool:
    try:
        line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(sample: bytes) -> str:
    """UTF-16 without its mark: every second byte of text in Latin letters is zero."""
    head = sample[:2000]
    if len(head) < 4 or head.count(0) * 3 < len(head):
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return "utf-16-be" if even > odd else "utf-16-le"


def lines(chunks: Iterator[bytes], encoding: str, mark: int) -> Iterator[tuple[str, str]]:
    """Each line of a file without its end (LF, CR LF or CR), with the encoding it was read in.

    A line longer than 1 MB is cut there: no person's line is, and memory stays bounded.
    """
    if encoding.startswith("utf-16"):
        yield from ((line, encoding) for line in _utf_16_lines(chunks, encoding, mark))
        return
    for raw in _raw_lines(chunks, mark):
        yield decode_line(raw, encoding)


LONGEST_LINE = 1_000_000


def _raw_lines(chunks: Iterator[bytes], mark: int) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        if mark:
            mark, chunk = max(0, mark - len(chunk)), chunk[mark:]
        whole = (rest + chunk).replace(b"\r\n", b"\n")
        # Whether a CR at the end is followed by an LF is seen in the next chunk.
        held = whole.endswith(b"\r")
        parts = (whole[:-1] if held else whole).replace(b"\r", b"\n").split(b"\n")
        rest = parts.pop() + (b"\r" if held else b"")
        yield from parts
        while len(rest) > LONGEST_LINE:
            yield rest[:LONGEST_LINE]
            rest = rest[LONGEST_LINE:]
    if rest:
        yield rest.removesuffix(b"\r")


def _utf_16_lines(chunks: Iterator[bytes], encoding: str, mark: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    for chunk in chunks:
        if mark:
            mark, chunk = max(0, mark - len(chunk)), chunk[mark:]
        whole = (rest + decoder.decode(chunk)).replace("\r\n", "\n")
        held = whole.endswith("\r")
        parts = (whole[:-1] if held else whole).replace("\r", "\n").split("\n")
        rest = parts.pop() + ("\r" if held else "")
        yield from parts
        while len(rest) > LONGEST_LINE:
            yield rest[:LONGEST_LINE]
            rest = rest[LONGEST_LINE:]
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest.removesuffix("\r")
