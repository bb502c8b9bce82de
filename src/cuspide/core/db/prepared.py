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

A tuple of values is for `among("patient_id", patients)`: the query is built once for each power of two of them, and
among nothing there is nothing.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import count
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateField, DateTimeField, Expression, F, Q, QuerySet, UUIDField
from django.db.models.lookups import In

from cuspide.core.db import rows

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


def among(column: str, values: "tuple[Any, ...]") -> Any:
    """The rows whose column holds one of the values, to filter by."""
    # The lookup of a relation takes no slot.
    return In(F(column), values) if values and isinstance(values[0], Slot) else Q(**{f"{column}__in": values})


class _Built:
    """A query as its store understands it."""

    def __init__(self, queryset: Any, using: str) -> None:
        queryset = queryset.using(using)
        compiler = queryset.query.get_compiler(using)
        self.sql, self.params = compiler.as_sql()
        self.made = rows.maker(queryset, compiler)

    def ask(self, values: Sequence[Any], using: str) -> list[Any]:
        connection = connections[using]
        given = [_adapted(value, connection) for value in values]
        params = tuple(given[one.number] if isinstance(one, Slot) else one for one in self.params)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        return self.made(found, connection)


def prepared(build: Callable[..., "QuerySet[Any, Row]"]) -> Callable[..., list[Row]]:
    """A query that is built when it is first asked."""
    built: dict[tuple[Any, ...], _Built] = {}

    @wraps(build)
    def ask(*values: Any, where: Q | None = None, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
        if where:
            return list(build(*values, where=where).using(using))
        if () in values:
            return []
        full = [_filled_up(value) if isinstance(value, tuple) else value for value in values]
        lengths = tuple(len(value) if isinstance(value, tuple) else 0 for value in full)
        key = (using, connections[using].vendor, lengths)
        query = built.get(key)
        if query is None:
            query = built[key] = _Built(build(*_slots(lengths)), using)
        given = [one for value in full for one in (value if isinstance(value, tuple) else (value,))]
        return query.ask(given, using)

    return ask


def _filled_up(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """As many as a power of two, the last one again."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _slots(lengths: tuple[int, ...]) -> Iterator[Any]:
    numbers = count()
    for length in lengths:
        yield tuple(Slot(next(numbers)) for _ in range(length)) if length else Slot(next(numbers))


def _adapted(value: Any, connection: Any) -> Any:
    """A value as the store takes it. Nothing: SQL compares it with nothing, and Django writes another query for it."""
    if isinstance(value, _PLAIN):
        return value
    field = _FIELDS.get(type(value))
    if field is None:
        raise TypeError(f"a prepared query takes no {type(value).__name__}")
    return field.get_db_prep_value(value, connection)
