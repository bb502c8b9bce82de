"""What SQLite holds and PostgreSQL does not, found before anything is carried.

SQLite takes any value in any column: a NUL character, a text longer than its column, a number in a text's place. The
finding names the table, the column and the primary key, never the value.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from cuspide.core.moving.tables import Column, Table

_WHOLE_NUMBERS = {
    "SmallIntegerField": 2**15,
    "PositiveSmallIntegerField": 2**15,
    "SmallAutoField": 2**15,
    "IntegerField": 2**31,
    "PositiveIntegerField": 2**31,
    "AutoField": 2**31,
}
_SHOWN = 20

NUL = "nul"
NO_TEXT = "no text"
TOO_LONG = "too long"
NO_NUMBER = "no number"


@dataclass(frozen=True)
class Misfit:
    """A value that the other store would refuse."""

    table: str
    column: str
    key: str
    reason: str


def misfits(source: BaseDatabaseWrapper, tables: list[Table]) -> list[Misfit]:
    """The first values of a SQLite store that PostgreSQL cannot hold; none for another store."""
    found: list[Misfit] = []
    if source.vendor != "sqlite":
        return found
    for table in tables:
        for column in table.columns:
            for misfit in _of_column(source, table, column):
                found.append(misfit)
                if len(found) >= _SHOWN:
                    return found
    return found


def _of_column(source: BaseDatabaseWrapper, table: Table, column: Column) -> Iterator[Misfit]:
    quote = source.ops.quote_name
    name = quote(column.name)
    for condition, reason in _conditions(column, name):
        # hex(): neither a key nor a value that is no text makes the driver stumble.
        statement = (
            f"SELECT hex({quote(table.key.name)}), hex({name}) FROM {quote(table.name)} "  # noqa: S608 our own names
            f"WHERE {name} IS NOT NULL AND ({condition}) LIMIT {_SHOWN if column.kind != 'JSONField' else -1}"
        )
        with source.cursor() as cursor:
            cursor.execute(statement)
            for key, value in cursor:
                if column.kind == "JSONField" and not _refused_by_jsonb(bytes.fromhex(value)):
                    continue
                yield Misfit(table.name, column.name, bytes.fromhex(key).decode("utf-8", "replace"), reason)


def _conditions(column: Column, name: str) -> Iterator[tuple[str, str]]:
    """SQL conditions under which a value does not fit, and why."""
    if column.integer:
        limit = _WHOLE_NUMBERS.get(column.kind, 2**63)
        yield f"typeof({name}) <> 'integer' OR {name} NOT BETWEEN {-limit} AND {limit - 1}", NO_NUMBER
    elif column.text:
        yield f"typeof({name}) <> 'text'", NO_TEXT
        yield f"instr({name}, char(0)) > 0", NUL
        if column.field.max_length:
            yield f"length({name}) > {int(column.field.max_length)}", TOO_LONG
    elif column.kind == "JSONField":
        # An escape of NUL, or of half a surrogate pair: PostgreSQL's JSON refuses both.
        yield f"instr({name}, '\\u') > 0", NUL


def _refused_by_jsonb(text: bytes) -> bool:
    try:
        return _unfit(json.loads(text))
    except (ValueError, UnicodeDecodeError):
        return True


def _unfit(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(_unfit(key) or _unfit(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_unfit, value))
