"""Django's SQLite backend with SQLCipher as its driver.

What differs from Django's own: the driver module, a key given before the first read, settings that are asserted on
every connection, and that a missing or empty file is refused. Only `creating()` may make a new store; a practice's
store is never replaced by an empty one because a path or a key was wrong.
"""

import datetime as dt
import decimal
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db.backends.sqlite3 import base, creation
from django.db.backends.sqlite3._functions import register as register_functions
from django.db.backends.sqlite3.base import SQLiteCursorWrapper, adapt_date, adapt_datetime
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as Database

from cuspide.core import keystore
from cuspide.core.db import errors

_creating = False

Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", lambda text: parse_date(text.decode()))
Database.register_converter("time", lambda text: parse_time(text.decode()))
Database.register_converter("datetime", lambda text: parse_datetime(text.decode()))
Database.register_converter("timestamp", lambda text: parse_datetime(text.decode()))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(dt.date, adapt_date)
Database.register_adapter(dt.datetime, adapt_datetime)

# What every connection must run with; read back after it was set.
REQUIRED_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged commit is on the disk
    "foreign_keys": 1,
    "temp_store": 2,  # memory: a spilled sort would lie on the disk in clear
    "busy_timeout": 20_000,
}
_CACHE_KIB = 16_384


@contextmanager
def creating() -> Iterator[None]:
    """Allow connections to make a new store; for `cuspide init`, the demo and test databases."""
    global _creating
    before, _creating = _creating, True
    try:
        yield
    finally:
        _creating = before


class SQLCipherCursor(Database.Cursor):
    """Django's cursor over SQLCipher's: `%s` and `%(name)s` become SQLite's own marks."""

    convert_query: Any = SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        rows = iter(param_list)
        first = next(rows, None)
        names = list(first) if isinstance(first, Mapping) else None
        every = () if first is None else chain([first], rows)
        return super().executemany(self.convert_query(query, param_names=names), every)


class DatabaseCreation(creation.DatabaseCreation):
    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name: str = super()._create_test_db(verbosity, autoclobber, keepdb)  # type: ignore[misc]  # missing in the stubs
        if not self.is_in_memory_db(name):
            Path(name).touch(mode=0o600)
        return name


class DatabaseWrapper(base.DatabaseWrapper):
    Database = Database
    creation_class = DatabaseCreation
    display_name = "SQLCipher"

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        path = os.fspath(params["database"])
        if "mode=memory" in path or path == ":memory:":
            return params
        self._path = Path(path)
        params["database"] = f"file:{quote(path)}?mode={'rwc' if _creating else 'rw'}"
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        path = getattr(self, "_path", None)
        if path is not None and not _creating:
            errors.refuse_missing(path)
            # SQLite would open it for reading alone, and so it would stay when the disk is well again.
            errors.refuse_read_only(path)
        key = keystore.derive("store").hex()
        connection = Database.connect(**conn_params)
        try:
            connection.execute(f"PRAGMA key = \"x'{key}'\"")
            if path is not None:
                self._assert_store(connection, path)
            self._apply_pragmas(connection, in_memory=path is None)
            register_functions(connection)
            connection.execute("PRAGMA legacy_alter_table = OFF")
        except BaseException:
            connection.close()
            raise
        return connection

    def _assert_store(self, connection: Any, path: Path) -> None:
        try:
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except Database.DatabaseError as error:
            errors.refuse_unreadable(path, error)
            raise
        if not tables and not _creating:
            errors.refuse_empty(path)

    @staticmethod
    def _apply_pragmas(connection: Any, *, in_memory: bool) -> None:
        for name, wanted in REQUIRED_PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {wanted}")
            (found,) = connection.execute(f"PRAGMA {name}").fetchone()
            if found != wanted and not (in_memory and name == "journal_mode"):
                raise errors.StoreError(f"PRAGMA {name} is {found!r} and must be {wanted!r}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=SQLCipherCursor)

    def is_in_memory_db(self) -> bool:
        return False if getattr(self, "_path", None) else bool(super().is_in_memory_db())
