"""Queries that every page asks, written once a process.

Django builds the SQL of a query each time it is asked; for a page of twenty small queries that is more than a third of
its work, ten times what the store takes to answer. A query whose form never changes is built once:

    @prepared
    def _seat_of(key: Slot) -> QuerySet[Seat]:
        return Seat.objects.select_related("user").filter(session_key=key)

    rows = _seat_of(session_key)

The function sees slots in place of the values, which are of the columns' own types, and is called once. Only what is
asked is kept, never an answer. The reach of a right decides the form of a query, so it is no slot but `where`: empty
for whoever reaches all, the common case; with anything in it the query is built for this one time.
"""

import copy
import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateField, DateTimeField, Expression, Q, QuerySet, UUIDField

Row = TypeVar("Row")
_FIELDS: dict[type, Any] = {uuid.UUID: UUIDField(), dt.datetime: DateTimeField(), dt.date: DateField()}
_PLAIN = (str, int, bytes)
ALL = Q()
"""The `where` of whoever reaches every row."""


class Slot(Expression):
    """The place of a value that is given when the query is asked."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


class _Built:
    """A query as its store understands it."""

    def __init__(self, queryset: Any, using: str) -> None:
        self.queryset = queryset.using(using)
        self.compiler = self.queryset.query.get_compiler(using)
        self.sql, self.params = self.compiler.as_sql()

    def ask(self, values: tuple[Any, ...], using: str) -> list[Any]:
        connection = connections[using]
        given = [_adapted(value, connection) for value in values]
        params = tuple(given[one.number] if isinstance(one, Slot) else one for one in self.params)
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_options: (self.sql, params)
        # A filter that somebody added to it would not be heard: it does not leave this place.
        asked = self.queryset._clone()
        asked.query.get_compiler = lambda *_args, **_options: compiler
        return list(asked)


def prepared(build: Callable[..., "QuerySet[Any, Row]"]) -> Callable[..., list[Row]]:
    """A query that is built when it is first asked."""
    built: dict[tuple[str, str], _Built] = {}

    @wraps(build)
    def ask(*values: Any, where: Q | None = None, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
        if where:
            return list(build(*values, where=where).using(using))
        key = (using, connections[using].vendor)
        query = built.get(key)
        if query is None:
            query = built[key] = _Built(build(*map(Slot, range(len(values)))), using)
        return query.ask(values, using)

    return ask


def _adapted(value: Any, connection: Any) -> Any:
    """A value as the store takes it. Nothing: SQL compares it with nothing, and Django writes another query for it."""
    if isinstance(value, _PLAIN):
        return value
    field = _FIELDS.get(type(value))
    if field is None:
        raise TypeError(f"a prepared query takes no {type(value).__name__}")
    return field.get_db_prep_value(value, connection)
