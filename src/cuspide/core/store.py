"""A practice's store: made, proved sound, opened. Every refusal is a sentence and changes nothing."""

from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from cuspide.core import keystore
from cuspide.core.db import errors
from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home


@dataclass(frozen=True)
class StoreState:
    """What was found in an opened store."""

    engine: str
    version: str
    pending: tuple[str, ...]


def make(home: Home) -> None:
    """Make the tables of a new practice. The home must be the running one and its store not be there, or be empty."""
    if home.engine == "sqlite":
        from cuspide.core.db.sqlcipher.base import creating

        if home.store_file.exists():
            raise StoreError(_("There is a store already: %(path)s. It was left as it is."), {"path": home.store_file})
        home.store_file.touch(mode=0o600)
        with creating():
            connection.close()
            call_command("migrate", verbosity=0, interactive=False)
            connection.close()
    else:
        if connection.introspection.table_names():
            raise StoreError(_("The PostgreSQL database is not empty. It was left as it is; name an empty one."))
        call_command("migrate", verbosity=0, interactive=False)
    home.blob_folder.mkdir(mode=0o700, exist_ok=True)


def prove(home: Home) -> StoreState:
    """Open the practice's store and prove it: the key is this practice's, every page holds what was written.

    Raises PracticeKeyError or StoreError. Returns what was found; `pending` names migrations not yet applied.
    """
    if not home.exists:
        raise StoreError(
            _("There is no practice in %(path)s. Run “cuspide init” to make one, or name its folder with --home."),
            {"path": home.folder},
        )
    keystore.derive("id")
    try:
        if home.engine == "sqlite":
            errors.refuse_missing(home.store_file)
            version = _prove_pages(home.store_file)
        else:
            with connection.cursor() as cursor:
                cursor.execute("SHOW server_version")
                version = f"PostgreSQL {cursor.fetchone()[0]}"
        pending = _pending()
    except DatabaseError as error:
        if home.engine == "sqlite":
            errors.refuse_unreadable(home.store_file, error)
        raise StoreError(_("The store cannot be opened: %(reason)s"), {"reason": error}) from error
    return StoreState(home.engine, version, pending)


def _prove_pages(path: Path) -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cipher_integrity_check")
        bad = cursor.fetchall()
        if bad:
            raise errors.damaged(path, len(bad))
        cursor.execute("PRAGMA cipher_version")
        (version,) = cursor.fetchone()
    return f"SQLCipher {version}"


def _pending() -> tuple[str, ...]:
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        raise StoreError(_("The store holds no practice: none of its tables are there. Bring it back from a backup."))
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)
