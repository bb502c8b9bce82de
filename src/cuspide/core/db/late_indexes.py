"""Indexes that are made after the rows: very many rows in the order of their keys are quick to write, while each of
their places in the other indexes is a page of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models

# Those that a constraint stands on are left.
_OF_POSTGRESQL = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""
_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s"


@contextmanager
def indexes_made_last(written: Sequence[type[models.Model]]) -> Iterator[None]:
    """Drop the indexes of these tables and make them again after the block, which must not need them.

    For invented people alone, and where nobody else works: SQLite sorts in a file that is not encrypted, because in
    memory the index of a million patients would take half a gigabyte. Where the block fails the store is not whole.
    """
    quoted = connection.ops.quote_name
    query = _OF_POSTGRESQL if connection.vendor == "postgresql" else _OF_SQLITE
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for model in written:
            table = model._meta.db_table
            cursor.execute(query, [quoted(table) if connection.vendor == "postgresql" else table])
            found += cursor.fetchall()
        for name, _statement in found:
            cursor.execute(f"DROP INDEX {name if connection.vendor == 'postgresql' else quoted(name)}")
    yield
    if connection.vendor == "postgresql":
        connection.check_constraints()  # in a transaction it makes no index of a table with checks that are still due
    with connection.cursor() as cursor, _sorted_on_disk():
        for _name, statement in found:
            cursor.execute(statement)


@contextmanager
def _sorted_on_disk() -> Iterator[None]:
    if connection.vendor == "postgresql" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA temp_store").fetchone()
        cursor.execute("PRAGMA temp_store = 1")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA temp_store = {before}")
