"""Compares two stores table by table: rows counted, whole numbers summed by each store itself, every value hashed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from cuspide.core.moving.tables import Column, Digest, Table, rows

_LOW = 2**32


@dataclass(frozen=True)
class Sum:
    """The sum of a column in the old store and in the new one: cents where it is money."""

    column: str
    money: bool
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """A table in the old store and in the new one."""

    table: str
    rows_before: int
    rows_after: int
    sums: tuple[Sum, ...]
    same_content: bool

    @property
    def same(self) -> bool:
        return (
            self.rows_before == self.rows_after
            and self.same_content
            and all(one.before == one.after for one in self.sums)
        )


def compare(
    source: BaseDatabaseWrapper,
    target: BaseDatabaseWrapper,
    tables: list[Table],
    digests: dict[str, str],
    progress: Callable[[str], None],
) -> list[Comparison]:
    """Read the target again, whole; `digests` are those of the source's rows as they were carried."""
    found = []
    for table in tables:
        progress(table.name)
        columns = [column for column in table.columns if column.integer]
        before, after = _totals(source, table, columns), _totals(target, table, columns)
        found.append(
            Comparison(
                table.name,
                before[0],
                after[0],
                tuple(
                    Sum(column.name, column.money, old, new)
                    for column, old, new in zip(columns, before[1:], after[1:], strict=True)
                ),
                digest_of(target, table) == digests[table.name],
            )
        )
    return found


def digest_of(store: BaseDatabaseWrapper, table: Table) -> str:
    """SHA-256 over the canonical text of all rows of a table."""
    digest = Digest()
    for batch in rows(store, table):
        digest.add(batch)
    return digest.hex()


def _totals(store: BaseDatabaseWrapper, table: Table, columns: list[Column]) -> list[int]:
    """The rows, then the sum of each column. Summed in two halves: SQLite stops where a sum passes 63 bits."""
    quote = store.ops.quote_name
    halves = []
    for column in columns:
        value = f"CAST({quote(column.name)} AS bigint)"
        halves += [f"sum({value} >> 32)", f"sum({value} & {_LOW - 1})"]
    with store.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['count(*)', *halves])} FROM {quote(table.name)}")  # noqa: S608 our own names
        count, *sums = cursor.fetchone()
    numbers = [int(value or 0) for value in sums]
    return [count, *(high * _LOW + low for high, low in zip(numbers[::2], numbers[1::2], strict=True))]
