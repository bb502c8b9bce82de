"""The store that a practice is carried to: found empty, given its tables, and marked until it holds the practice.

The mark is the first thing written into an empty PostgreSQL database and says whose half it is, so that a move that
was killed is begun again without a question, and nothing else is ever taken for such a half.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.db.utils import load_backend
from django.utils.translation import gettext_lazy as _

from cuspide.core.db.choose import database
from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home
from cuspide.core.moving.tables import Table

MARK = "cuspide_move"
HALF, WHOLE = "half", "whole"


def half_file(home: Home) -> Path:
    """Where a SQLite store lies until it is whole. No practice is ever served from it."""
    return home.store_file.with_name(home.store_file.name + ".moving")


def opened(home: Home, file: Path | None = None) -> BaseDatabaseWrapper:
    """A connection to the store that a home names; to this `file` instead, with SQLite."""
    settings = database(home)
    if file is not None:
        settings["NAME"] = file
    complete = connections.configure_settings({"default": settings})["default"]
    wrapper: BaseDatabaseWrapper = load_backend(complete["ENGINE"]).DatabaseWrapper(complete, "default")
    return wrapper


@contextmanager
def standing_in(store: BaseDatabaseWrapper) -> Iterator[None]:
    """Let the whole program (migrations, the trace's proof) take this store for the practice's, in this thread."""
    before = connections["default"]
    connections["default"] = store
    try:
        yield
    finally:
        connections["default"] = before


def make_ready(store: BaseDatabaseWrapper, home: Home, tables: list[Table]) -> None:
    """Give an empty target its tables, without a row in them; StoreError when it is not empty."""
    if store.vendor == "postgresql":
        _refuse_unlike(store)
        _clear_own_half(store, home.key_id, tables)
        _set_mark(store, home.key_id, HALF)
    with standing_in(store):
        call_command("migrate", verbosity=0, interactive=False)
    _empty(store, tables)


def _refuse_unlike(store: BaseDatabaseWrapper) -> None:
    with store.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        (encoding,) = cursor.fetchone()
    if encoding != "UTF8":
        raise StoreError(
            _("The database keeps its text as %(encoding)s. Make one with: createdb --encoding=UTF8"),
            {"encoding": encoding},
        )


def _clear_own_half(store: BaseDatabaseWrapper, key_id: str, tables: list[Table]) -> None:
    """Take away what a killed move of this very practice left; refuse anything else."""
    there = set(store.introspection.table_names())
    if not there:
        return
    if MARK not in there:
        raise StoreError(
            _("The PostgreSQL database is not empty. Nothing in it was changed; make an empty one (createdb) for it.")
        )
    with store.cursor() as cursor:
        cursor.execute("SELECT practice, state FROM cuspide_move")
        marks = cursor.fetchall()
    if marks not in ([], [(key_id, HALF)]):
        raise StoreError(
            _(
                "The PostgreSQL database holds a practice that was carried there whole. Nothing in it was changed. If "
                "it is not in use, remove it (dropdb) and make an empty one (createdb)."
            )
        )
    made = {*(table.name for table in tables), *_once_made(), "django_migrations", MARK}
    ours = sorted(made & there)
    if unknown := sorted(there.difference(ours)):
        raise StoreError(
            _("The PostgreSQL database holds tables that are not Cuspide's: %(tables)s. Make an empty one (createdb)."),
            {"tables": ", ".join(unknown[:10])},
        )
    with _atomic(store), store.cursor() as cursor:
        for name in ours:
            cursor.execute(f"DROP TABLE {store.ops.quote_name(name)} CASCADE")


def _once_made() -> set[str]:
    """Tables that some migration makes and a later one may take away: a kill between the two leaves them."""
    loader = MigrationLoader(None)
    made = set()
    for (room, _name), migration in loader.disk_migrations.items():
        for step in migration.operations:
            if isinstance(step, CreateModel):
                made.add(step.options.get("db_table") or f"{room}_{step.name_lower}")
    return made


@contextmanager
def _atomic(store: BaseDatabaseWrapper) -> Iterator[None]:
    with standing_in(store), transaction.atomic():
        yield


def _set_mark(store: BaseDatabaseWrapper, key_id: str, state: str) -> None:
    with _atomic(store), store.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS cuspide_move (practice varchar(64), state varchar(10))")
        cursor.execute("DELETE FROM cuspide_move")
        cursor.execute("INSERT INTO cuspide_move VALUES (%s, %s)", [key_id, state])


def mark_whole(store: BaseDatabaseWrapper, key_id: str) -> None:
    """Say that the target holds the practice whole: from here on nothing clears it by itself."""
    if store.vendor == "postgresql":
        _set_mark(store, key_id, WHOLE)


def take_mark_away(store: BaseDatabaseWrapper) -> None:
    """The practice now lives here: it is a store like any other."""
    if store.vendor == "postgresql":
        with store.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS cuspide_move")


def _empty(store: BaseDatabaseWrapper, tables: list[Table]) -> None:
    """Take away what migrations put into new tables: the rows come from the practice, with their own numbers."""
    names = [table.name for table in tables]
    with _atomic(store), store.cursor() as cursor:
        for statement in store.ops.sql_flush(no_style(), names, reset_sequences=True, allow_cascade=True):
            cursor.execute(statement)
