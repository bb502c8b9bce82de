"""Many new rows at once, for a few microseconds each.

`bulk_create` writes the text of a statement for every batch and asks each field of each row what it would save: at a
million rows that is nearly all the time. Here the statement is written once a table, a value that the driver takes as
it is goes to it untouched, and the driver does the rest (`executemany` on SQLite, `COPY` on PostgreSQL).

As there, `save()` is not called and no signal is sent; other than there, fields are not asked for their `pre_save`: one
with `auto_now` needs its value given.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, connections, models, transaction

Row = Sequence[Any]
_FEW = 100
"""Rows that go as one statement: a form's, which should not cost more than one round trip."""
_PLAIN: tuple[Any, ...] = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.AutoField,
    models.BigAutoField,
)
"""Fields whose value the driver takes as it stands, and so those of their kind that convert nothing of their own."""


@transaction.atomic(savepoint=False)
def insert(created: Sequence[models.Model]) -> None:
    """Write new instances of one model, all or none, and give them their keys. What they point at must have its own."""
    if not created:
        return
    model = type(created[0])
    key = model._meta.pk
    assert key is not None  # every model has one
    fields = list(model._meta.concrete_fields)
    for instance, number in zip(created, _next_keys(model, len(created)), strict=True):
        setattr(instance, key.attname, number)
    pointing = [field for field in fields if isinstance(field, models.ForeignKey)]
    for instance in created:
        for field in pointing:
            # It may have got its key since it was assigned.
            target = instance._state.fields_cache.get(field.name)
            if target is not None:
                setattr(instance, field.attname, target.pk)
    names = [field.attname for field in fields]
    insert_rows(model, names, [[getattr(instance, name) for name in names] for instance in created])
    for instance in created:
        instance._state.adding, instance._state.db = False, connection.alias


@transaction.atomic(savepoint=False)
def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, unless_there: bool = False
) -> None:
    """Write rows of the named columns (attribute names: `patient_id`); every other column must have a default in the
    store. `unless_there`: a row that breaks a unique constraint is passed over, as it is there already."""
    write_adapted(model, names, adapted(model, names, rows), unless_there=unless_there)


def adapted(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> list[Row]:
    """The rows as the driver takes them: what costs most of the time and asks nothing of the store, so that another
    process may do it."""
    own = connections[connection.alias]  # not the proxy, which looks for it at each value
    return _adapted(rows, [_adapter(field, own) for field in _fields(model, names)])


@transaction.atomic(savepoint=False)
def write_adapted(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Row], *, unless_there: bool = False
) -> None:
    """As `insert_rows`, of rows that went through `adapted`."""
    if not rows:
        return
    fields = _fields(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    into = f"INSERT INTO {table} ({columns}) VALUES "  # noqa: S608 our own names
    marks = f"({', '.join(['%s'] * len(fields))})"
    conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
    with connection.cursor() as cursor:
        if len(rows) <= _FEW:
            cursor.execute(into + ", ".join([marks] * len(rows)) + conflict, [value for row in rows for value in row])
        elif connection.vendor == "postgresql" and not unless_there:
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(into + marks + conflict, rows)


def _fields(model: type[models.Model], names: Sequence[str]) -> list[models.Field[Any, Any]]:
    return [next(field for field in model._meta.concrete_fields if field.attname == name) for name in names]


def _adapted(rows: Iterable[Row], adapters: Sequence[Callable[[Any], Any] | None]) -> list[Row]:
    changing = [(place, adapt) for place, adapt in enumerate(adapters) if adapt is not None]
    found: list[Row] = []
    for row in rows:
        changed = list(row)
        for place, adapt in changing:
            if changed[place] is not None:
                changed[place] = adapt(changed[place])
        found.append(changed)
    return found


def _adapter(field: models.Field[Any, Any], own: Any) -> Callable[[Any], Any] | None:
    """What makes a field's value one for the driver; None where it is one."""
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if any(isinstance(target, kind) and _saves_as(target, kind) for kind in _PLAIN):
        return None
    return lambda value: target.get_db_prep_save(value, own)


def _saves_as(field: Any, kind: Any) -> bool:
    methods = ("get_prep_value", "get_db_prep_value", "get_db_prep_save")
    return all(getattr(type(field), name) is getattr(kind, name) for name in methods)


def reserve(model: type[models.Model], count: int) -> int:
    """The first of so many keys in a row, for a store on which nobody else works: they must be written."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return _next_keys(model, count)[0]
        taken = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) AS taken FROM generate_series(1, %s)"
        cursor.execute(
            f"SELECT min(taken) FROM ({taken}) AS keys",  # noqa: S608 our own words
            [connection.ops.quote_name(model._meta.db_table), count],
        )
        return int(cursor.fetchone()[0])


def _next_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """Keys that nobody else gets. On SQLite the transaction, which began IMMEDIATE, is alone in asking."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sequence, [connection.ops.quote_name(table), count])
            return sorted(number for (number,) in cursor.fetchall())
        cursor.execute("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)", [table])
        last = int(cursor.fetchone()[0])
        return range(last + 1, last + 1 + count)
