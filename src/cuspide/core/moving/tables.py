"""The tables of a store, in an order in which each stands behind those it points to, and their rows as plain values.

A value is read as what it is, whatever the store keeps it as: a UUID is 32 letters in SQLite and a type of its own in
PostgreSQL. The fields' own Python forms (a Decimal of euros) do not enter: cents stay cents.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import Col

from cuspide.core.fields import MoneyField

BATCH = 2_000
_INTEGERS = {
    "AutoField",
    "BigAutoField",
    "BigIntegerField",
    "IntegerField",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SmallAutoField",
    "SmallIntegerField",
}
_TEXTS = {"CharField", "FileField", "FilePathField", "SlugField", "TextField"}

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Json:
    """A JSON value, told apart from a column that holds nothing."""

    value: Any


@dataclass(frozen=True)
class Column:
    """A column. `field` is the one whose kind of value stands there: a foreign key's is that of its target."""

    name: str
    field: Any
    money: bool

    @property
    def kind(self) -> str:
        return str(self.field.get_internal_type())

    @property
    def integer(self) -> bool:
        return self.kind in _INTEGERS

    @property
    def text(self) -> bool:
        return self.kind in _TEXTS


@dataclass(frozen=True)
class Table:
    """A table and its columns; `key` is the primary key's, and `numbered` says that the store gives its numbers."""

    name: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    key: Column
    numbered: bool


def tables() -> list[Table]:
    """Every table that the program keeps, those that others point to first."""
    found = {
        model._meta.db_table: _table(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    before: dict[str, set[str]] = {
        name: {
            field.related_model._meta.db_table
            for field in table.model._meta.local_concrete_fields
            if field.remote_field is not None and isinstance(field.related_model, type)
        }
        - {name}
        for name, table in found.items()
    }
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        # Two tables that point to each other: their constraints are only looked at when all rows are there.
        order = sorted(found)
    return [found[name] for name in order if name in found]


def _table(model: type[models.Model]) -> Table:
    columns = tuple(
        Column(str(field.column), _valued(field), isinstance(_valued(field), MoneyField))
        for field in model._meta.local_concrete_fields
        if not getattr(field, "generated", False)
    )
    key = model._meta.pk
    return Table(
        name=model._meta.db_table,
        model=model,
        columns=columns,
        key=next(column for column in columns if column.name == key.column),
        numbered=isinstance(key, models.AutoField),
    )


def _valued(field: Any) -> Any:
    while field.remote_field is not None:
        field = field.target_field
    return field


def columns_sql(store: BaseDatabaseWrapper, table: Table) -> str:
    return ", ".join(store.ops.quote_name(column.name) for column in table.columns)


def rows(store: BaseDatabaseWrapper, table: Table) -> Iterator[list[Row]]:
    """All rows by primary key, a batch at a time: no more of them is held in memory."""
    quote = store.ops.quote_name
    key = quote(table.key.name)
    if store.vendor == "postgresql" and table.key.text:
        key += ' COLLATE "C"'  # SQLite's order: the same in every language
    readers = [_reader(store, column) for column in table.columns]
    statement = f"SELECT {columns_sql(store, table)} FROM {quote(table.name)} ORDER BY {key}"  # noqa: S608 our own names
    with _stream(store) as cursor:
        cursor.execute(statement)
        while batch := cursor.fetchmany(BATCH):
            yield [
                tuple(value if read is None else read(value) for read, value in zip(readers, row, strict=True))
                for row in batch
            ]


def _stream(store: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor that fetches as it is read: PostgreSQL would send all rows at once to an ordinary one."""
    return store.chunked_cursor() if store.vendor == "postgresql" else store.cursor()


def _reader(store: BaseDatabaseWrapper, column: Column) -> Callable[[Any], Any] | None:
    """What makes a plain value of what the driver gives; None where it is one already."""
    kind = column.kind
    if kind == "JSONField":
        return lambda value: None if value is None else Json(json.loads(value))
    if kind == "BinaryField":
        return lambda value: None if value is None else bytes(value)
    expression = Col("", column.field)
    steps: Sequence[Any] = store.ops.get_db_converters(expression)
    if kind == "DateTimeField":
        return lambda value: _instant(_converted(value, steps, expression, store))
    if steps:
        return lambda value: _converted(value, steps, expression, store)
    return None


def _converted(value: Any, steps: Sequence[Any], expression: Any, store: BaseDatabaseWrapper) -> Any:
    for step in steps:
        value = step(value, expression, store)
    return value


def _instant(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else value.astimezone(dt.UTC)


def writer(store: BaseDatabaseWrapper, column: Column) -> Callable[[Any], Any] | None:
    """What makes the driver's parameter of a plain value; None where they are the same."""
    ops: Any = store.ops
    driver: Any = store
    kind = column.kind
    adapted: dict[str, Callable[[Any], Any]] = {
        "DateTimeField": ops.adapt_datetimefield_value,
        "DateField": ops.adapt_datefield_value,
        "TimeField": ops.adapt_timefield_value,
        "GenericIPAddressField": ops.adapt_ipaddressfield_value,
        "BinaryField": driver.Database.Binary,
        "JSONField": lambda json_value: ops.adapt_json_value(json_value.value, column.field.encoder),
        "DecimalField": lambda value: ops.adapt_decimalfield_value(
            value, column.field.max_digits, column.field.decimal_places
        ),
    }
    if not store.features.has_native_uuid_field:
        adapted["UUIDField"] = lambda value: value.hex
    if not store.features.has_native_duration_field:
        adapted["DurationField"] = lambda value: value // dt.timedelta(microseconds=1)
    adapt = adapted.get(kind)
    if adapt is None:
        return None
    return lambda value: None if value is None else adapt(value)


class Digest:
    """SHA-256 over the canonical text of rows: the same for the same rows, whichever store they are read from."""

    def __init__(self) -> None:
        self._total = hashlib.sha256()

    def add(self, batch: Sequence[Row]) -> None:
        self._total.update("".join(canonical(row) for row in batch).encode("utf-8", "surrogatepass"))

    def hex(self) -> str:
        return self._total.hexdigest()


def canonical(row: Row) -> str:
    """A row as one line of JSON."""
    return json.dumps(row, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Json):
        return {"json": value.value}
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value // dt.timedelta(microseconds=1)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    raise TypeError(f"no canonical text for a {type(value).__name__}")
