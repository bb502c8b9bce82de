"""Rows that are held until the end of a transaction, so that two who change them do it one after the other."""

from typing import TypeVar

from django.db.models import Manager, Model, QuerySet

M = TypeVar("M", bound=Model)


def held(rows: "Manager[M] | QuerySet[M]", *, skip_held: bool = False) -> QuerySet[M]:
    """The rows, each held on PostgreSQL from when it is read; on SQLite the transaction itself is alone (IMMEDIATE).

    Only the rows themselves, not those that an ordering or a join brings along; and only against change: whoever writes
    a row that points at them need not wait. Held against that, too, a chair that is being booked and an act that is
    being invoiced wait for each other until PostgreSQL ends one of them, again and again.
    """
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_held)
