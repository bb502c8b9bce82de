"""The dump of a MySQL or MariaDB database (`mysqldump`), read without a server: the rows that its INSERTs hold.

It is read from its beginning in pieces, one value in memory at a time; columns are named by the CREATE TABLE before the
rows, or by the INSERT itself.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cuspide.formats import encodings
from cuspide.formats.errors import FormatError

LONGEST_VALUE = 4 * 1024 * 1024
"""Bytes of one value."""
LONGEST_STATEMENT = 64 * 1024 * 1024
"""Bytes of a statement of which nothing is wanted; `mysqldump` writes INSERTs of 1 MB."""

_BEGINS = re.compile(rb"(?:\s++|--[^\n]*+\n|#[^\n]*+\n|/\*.*?\*/;?)*+", re.DOTALL)
_INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+[`\"]?(\w+)[`\"]?\s*(\([^)]*\))?\s*VALUES\s*", re.IGNORECASE
)
_CREATE = re.compile(rb"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[`\"]?(\w+)[`\"]?", re.IGNORECASE)
_COLUMN = re.compile(rb"^\s*[`\"](\w+)[`\"]\s", re.MULTILINE)
_LONGEST_HEAD = 20_000
"""Bytes of an INSERT before its values: the names of its columns."""
_FIRST = re.compile(rb"^(?:-- (?:MySQL|MariaDB) dump|CREATE TABLE [`\"]|INSERT INTO [`\"])", re.MULTILINE)
_NAME = re.compile(rb"\w+")
# To the semicolon that ends a statement, over whatever stands in quotes.
_STATEMENT = re.compile(rb"(?:[^;'\"`\\]++|'(?:[^'\\]++|\\.|'')*+'|\"(?:[^\"\\]++|\\.)*+\"|`[^`]*+`|\\.)*+;", re.DOTALL)
_VALUE = re.compile(
    rb"\s*+(?:(NULL)|(?:_binary\s*+|N)?'((?:[^'\\]++|\\.|'')*+)'|0x([0-9A-Fa-f]*+)|([-+0-9.eE]++))\s*+([,)])", re.DOTALL
)
_BETWEEN = re.compile(rb"\s*+([,;])\s*+")
_OPENS = re.compile(rb"\s*+\(")
_ESCAPED = re.compile(rb"\\(.)|''", re.DOTALL)
_MEANING = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"0": b"\0", b"Z": b"\x1a", b"b": b"\b"}


@dataclass(frozen=True)
class DumpRow:
    """A row of a table: column to text, without those that are NULL. `number` counts the rows of its table, from 1."""

    table: str
    number: int
    values: Mapping[str, str]


def is_one(sample: bytes) -> bool:
    """Whether a file begins as a dump does."""
    return bool(_FIRST.search(sample[:4000]))


def read(chunks: Iterable[bytes], tables: Collection[str]) -> Iterator[DumpRow]:
    """The rows of the wanted tables, in the order of the dump.

    Raises FormatError `sql.cut` where the dump ends within a statement or is none, `sql.long`.
    """
    buffer = _Buffer(iter(chunks))
    columns: dict[str, list[str]] = {}
    numbers: dict[str, int] = {}
    while True:
        buffer.skip()
        if buffer.is_empty():
            return
        head = buffer.peek(20).upper()
        if head.startswith((b"INSERT", b"REPLACE")) and (table := buffer.ahead(_INSERT)) in tables:
            found = buffer.take(_INSERT)
            named = [each.decode("ascii") for each in _NAME.findall(found[2] or b"")] or columns.get(table, [])
            for values in _rows(buffer, named):
                numbers[table] = numbers.get(table, 0) + 1
                yield DumpRow(table, numbers[table], values())
        else:
            statement = buffer.take(_STATEMENT, LONGEST_STATEMENT)[0]
            if head.startswith(b"CREATE") and (created := _CREATE.match(statement)):
                named = [each.decode("ascii") for each in _COLUMN.findall(statement)]
                columns[created[1].decode("ascii", "replace")] = named


def _rows(buffer: "_Buffer", named: list[str]) -> Iterator[Callable[[], Mapping[str, str]]]:
    """Rows of one INSERT, each to be decoded when it is asked for."""
    while True:
        buffer.take(_OPENS)
        raw: list[re.Match[bytes]] = []
        while True:
            found = buffer.take(_VALUE)
            raw.append(found)
            if found[5] == b")":
                break
        yield lambda raw=raw: {  # type: ignore[misc]  # bound now
            name: _text(value) for name, value in zip(named, raw, strict=False) if value[1] is None
        }
        if buffer.take(_BETWEEN)[1] == b";":
            return


def _text(value: "re.Match[bytes]") -> str:
    if value[2] is not None:
        raw = _ESCAPED.sub(lambda each: _MEANING.get(each[1], each[1]) if each[1] else b"'", value[2])
        return encodings.decode_line(raw, "cp1252")[0]
    if value[3] is not None:
        return str(value[3].decode("ascii"))
    return str(value[4].decode("ascii"))


class _Buffer:
    """What was read of the dump and not taken yet."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self._at = 0
        self._line = 1
        self._over = False

    def _fill(self) -> bool:
        chunk = next(self._chunks, None)
        if chunk is None:
            self._over = True
            return False
        self._line += self._held.count(b"\n", 0, self._at)
        self._held, self._at = self._held[self._at :] + chunk, 0
        return True

    def is_empty(self) -> bool:
        while self._at == len(self._held):
            if not self._fill():
                return True
        return False

    def peek(self, count: int) -> bytes:
        while len(self._held) - self._at < count and self._fill():
            pass
        return self._held[self._at : self._at + count]

    def skip(self) -> None:
        """Over space and comments. One that is not closed is looked at no further than a value may be long."""
        while True:
            found = _BEGINS.match(self._held, self._at)
            end = found.end() if found else self._at
            rest = len(self._held) - end
            open_comment = self._held.startswith((b"/*", b"--", b"#"), end) or rest < 2
            if not self._over and (end == len(self._held) or (open_comment and rest < LONGEST_VALUE)) and self._fill():
                continue
            found = _BEGINS.match(self._held, self._at)
            self._at = found.end() if found else self._at
            return

    def ahead(self, pattern: "re.Pattern[bytes]") -> str:
        """The name in what follows, without taking it; "" where it is not as the pattern says."""
        self.peek(_LONGEST_HEAD)
        found = pattern.match(self._held, self._at)
        return found[1].decode("ascii", "replace") if found else ""

    def take(self, pattern: "re.Pattern[bytes]", most: int = LONGEST_VALUE) -> "re.Match[bytes]":
        """What follows, which must be as the pattern says, in so many bytes at most."""
        while True:
            found = pattern.match(self._held, self._at)
            # What reaches to the end of what is here may go on.
            if found is not None and (found.end() < len(self._held) or self._over or found[0].endswith((b";", b")"))):
                self._at = found.end()
                return found
            if found is None and len(self._held) - self._at > most:
                raise FormatError("sql.long", "A value of the dump is too long", line=self._place())
            if not self._fill():
                if found is not None:
                    continue
                raise FormatError("sql.cut", "The dump ends within a statement", line=self._place())

    def _place(self) -> int:
        return self._line + self._held.count(b"\n", 0, self._at)
