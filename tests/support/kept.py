"""What many tests begin with: made once a run and laid aside in tables of its own, which no test empties."""

from collections.abc import Callable
from typing import Any
from unittest import mock


def lay_aside(name: str, make: Callable[[], Any]) -> tuple[Any, list[tuple[str, str]]]:
    """What `make` returns, and the tables of all that it wrote with those that keep it. The store is as before.

    It writes only to tables that were empty (ValueError), and nothing into the trace: what waits there to be sealed
    is of another day than the test's.
    """
    from django.apps import apps
    from django.db import connection, transaction

    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed]

    def filled(cursor: Any) -> dict[str, int]:
        counted = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            counted[table] = cursor.fetchone()[0]
        return {table: number for table, number in counted.items() if number}

    unwritten = mock.patch("cuspide.audit.trail.record")
    with unwritten, transaction.atomic(), connection.cursor() as cursor:
        before = filled(cursor)
        made = make()
        after = filled(cursor)
        if mixed := [table for table, number in before.items() if after.get(table) != number]:
            raise ValueError(f"{name}: rows of others stand in {mixed}")
        kept = [(table, f"kept_{name}_{table}") for table in after if table not in before]
        for table, aside in kept:
            cursor.execute(f"CREATE TABLE {aside} AS SELECT * FROM {table}")
        for table, _aside in kept:
            cursor.execute(f"DELETE FROM {table}")
    return made, kept


def bring_back(kept: list[tuple[str, str]]) -> None:
    """What was laid aside is in the store again, until the transaction is undone."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table, aside in kept:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {aside}")
