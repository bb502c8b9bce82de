"""Carries the rows: read in batches, written in batches, and hashed on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from cuspide.core.db.errors import StoreError
from cuspide.core.moving.tables import Digest, Row, Table, columns_sql, rows, writer
from cuspide.core.moving.target import standing_in

# Rows of a table written to SQLite between two commits: more would only make its log longer.
_COMMIT = 20_000

Progress = Callable[[str, int], None]


@contextmanager
def held_still(source: BaseDatabaseWrapper, tables: list[Table]) -> Iterator[None]:
    """One moment of the source, which nobody changes as long as this lasts."""
    with standing_in(source), transaction.atomic():
        if source.vendor == "postgresql":
            names = ", ".join(source.ops.quote_name(table.name) for table in tables)
            with source.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '10s'")
                cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
        # SQLite's transaction is IMMEDIATE: nobody else writes.
        yield


def copy_rows(
    source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, tables: list[Table], progress: Progress
) -> dict[str, str]:
    """Copy every row of every table; the digest of each table as it was read. `progress(table, rows so far)`.

    StoreError when the target refuses a row, or one cannot be read: the sentence names the table, never the row.
    """
    digests = {}
    with _without_references(target):
        for table in tables:
            digest = Digest()
            try:
                write = _write_postgresql if target.vendor == "postgresql" else _write_sqlite
                write(target, table, _watched(source, table, digest, progress))
            except DatabaseError as error:
                # The driver's own words may show the row.
                raise StoreError(
                    _("A row of the table %(table)s could not be carried (%(reason)s). Nothing was switched."),
                    {"table": table.name, "reason": _reason(error)},
                ) from None
            digests[table.name] = digest.hex()
        _go_on_numbering(source, target, tables)
    return digests


def _reason(error: DatabaseError) -> str:
    """What is known of a refusal without any of its data: the kind, and the constraint where one is named."""
    diagnosis = getattr(error.__cause__, "diag", None)
    named = getattr(diagnosis, "constraint_name", None) or getattr(diagnosis, "column_name", None)
    return f"{type(error).__name__}: {named}" if named else type(error).__name__


def _watched(source: BaseDatabaseWrapper, table: Table, digest: Digest, progress: Progress) -> Iterator[list[Row]]:
    count = 0
    progress(table.name, 0)
    for batch in rows(source, table):
        digest.add(batch)
        count += len(batch)
        yield batch
        progress(table.name, count)


def _write_sqlite(target: BaseDatabaseWrapper, table: Table, batches: Iterator[list[Row]]) -> None:
    writers = [writer(target, column) for column in table.columns]
    marks = ", ".join(["%s"] * len(table.columns))
    statement = f"INSERT INTO {target.ops.quote_name(table.name)} ({columns_sql(target, table)}) VALUES ({marks})"  # noqa: S608 our own names
    more = True
    while more:
        more, written = False, 0
        with standing_in(target), transaction.atomic(), target.cursor() as cursor:
            for batch in batches:
                cursor.executemany(statement, [_adapted(row, writers) for row in batch])
                written += len(batch)
                if written >= _COMMIT:
                    more = True
                    break


def _write_postgresql(target: BaseDatabaseWrapper, table: Table, batches: Iterator[list[Row]]) -> None:
    writers = [writer(target, column) for column in table.columns]
    statement = f"COPY {target.ops.quote_name(table.name)} ({columns_sql(target, table)}) FROM STDIN"
    with standing_in(target), transaction.atomic(), target.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in batches:
            for row in batch:
                copy.write_row(_adapted(row, writers))


def _adapted(row: Row, writers: list[Callable[[Any], Any] | None]) -> list[Any]:
    return [value if adapt is None else adapt(value) for adapt, value in zip(writers, row, strict=True)]


@contextmanager
def _without_references(target: BaseDatabaseWrapper) -> Iterator[None]:
    """Write without foreign keys, as a row may point to one that comes later; at the end all of them hold."""
    if target.vendor == "postgresql":
        with target.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
            )
            references = cursor.fetchall()
            for table, name, _definition in references:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        with target.cursor() as cursor:
            for table, name, definition in references:
                try:
                    cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
                except DatabaseError:
                    raise _dangling(table) from None
            cursor.execute("ANALYZE")
        return
    target.disable_constraint_checking()
    try:
        yield
    finally:
        target.enable_constraint_checking()
    with target.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        dangling = cursor.fetchone()
    if dangling is not None:
        raise _dangling(dangling[0])


def _dangling(table: str) -> StoreError:
    return StoreError(
        _("A row of the table %(table)s points to one that is not there. Nothing was switched."), {"table": table}
    )


def _go_on_numbering(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, tables: list[Table]) -> None:
    """Number on where the old store stood: a number once given is not given again, even if its row is gone."""
    for table in tables:
        if table.numbered:
            last = _last_number(source, table)
            if target.vendor == "postgresql":
                _number_postgresql(target, table, last)
            else:
                _number_sqlite(target, table, last)


def _last_number(store: BaseDatabaseWrapper, table: Table) -> int:
    """The highest number that the store has given in a table; 0 when it gave none."""
    with store.cursor() as cursor:
        if store.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                [store.ops.quote_name(table.name), table.key.name],
            )
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        given = cursor.fetchone()
        quote = store.ops.quote_name
        cursor.execute(f"SELECT max({quote(table.key.name)}) FROM {quote(table.name)}")  # noqa: S608 our own names
        highest = cursor.fetchone()
    return max((given[0] if given else 0) or 0, highest[0] or 0, 0)


def _number_postgresql(target: BaseDatabaseWrapper, table: Table, last: int) -> None:
    with target.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
            [target.ops.quote_name(table.name), table.key.name, max(last, 1), last > 0],
        )


def _number_sqlite(target: BaseDatabaseWrapper, table: Table, last: int) -> None:
    with standing_in(target), transaction.atomic(), target.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
        if last:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])
