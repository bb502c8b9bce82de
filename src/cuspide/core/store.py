"""A practice's store: made, proved sound, opened. Every refusal is a sentence and changes nothing."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from cuspide import __version__
from cuspide.core import keystore
from cuspide.core.db import durability, errors
from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home
from cuspide.core.keys import retired
from cuspide.core.models import RetiredKey, StoreVersion
from cuspide.core.pages.typography import file_size
from cuspide.core.upgrading import unfinished

# What a disk must have beyond the store itself.
_ROOM_BYTES = 200 * 1024**2


@dataclass(frozen=True)
class StoreState:
    """What was found in an opened store."""

    engine: str
    version: str
    pending: tuple[str, ...]
    unknown: tuple[str, ...] = ()


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
            note_version(__version__)
            connection.close()
    else:
        if connection.introspection.table_names():
            raise StoreError(_("The PostgreSQL database is not empty. It was left as it is; name an empty one."))
        call_command("migrate", verbosity=0, interactive=False)
        note_version(__version__)
    home.blob_folder.mkdir(mode=0o700, exist_ok=True)


def prove(home: Home) -> StoreState:
    """Open the practice's store and prove it: the key is this practice's, every page holds what was written.

    Raises PracticeKeyError or StoreError. Returns what was found; `pending` names migrations not yet applied,
    `unknown` those that were applied and that this program does not have.
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
            errors.refuse_read_only(home.store_file)
            version = prove_pages(home.store_file)
        else:
            with connection.cursor() as cursor:
                cursor.execute("SHOW server_version")
                version = f"PostgreSQL {cursor.fetchone()[0]}"
                _refuse_forgetful(durability.wrong_settings(cursor))
        pending, unknown = _migrations()
        _refuse_other_key(home)
    except DatabaseError as error:
        if home.engine == "sqlite":
            errors.refuse_unreadable(home.store_file, error)
        raise StoreError(_("The store cannot be opened: %(reason)s"), {"reason": error}) from error
    return StoreState(home.engine, version, pending, unknown)


def size(home: Home) -> int:
    """How many bytes the store takes."""
    if connection.vendor != "postgresql":
        return home.store_file.stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def require_free(folder: Path, needed: int, sentence: Any) -> None:
    """StoreError with `sentence` (`needed`, `free`, `path`) unless the disk takes so many bytes and some more."""
    needed += _ROOM_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreError(sentence, {"needed": file_size(needed), "free": file_size(free), "path": folder})


def _refuse_other_key(home: Home) -> None:
    """A PostgreSQL store opens with any key; it says itself whose it is, once its key was changed."""
    if RetiredKey._meta.db_table not in connection.introspection.table_names():
        return
    wanted = retired.mark_of_store()
    if wanted and home.key_id and wanted != home.key_id:
        raise StoreError(
            _(
                "The store is of the key whose mark is %(wanted)s, and this practice's folder of %(found)s: one of "
                "them is from before a change of the key. Bring both back from the same backup; if the key was changed "
                "from another machine, bring key, keys.json and cuspide.toml from there. Nothing was changed."
            ),
            {"wanted": wanted, "found": home.key_id},
        )


def _refuse_forgetful(wrong: dict[str, str]) -> None:
    if wrong:
        said = ", ".join(f"{name} = {value}" for name, value in sorted(wrong.items()))
        raise StoreError(
            _("PostgreSQL may lose what it said was saved (%(settings)s). Set these to “on” and start it again."),
            {"settings": said},
        )


def prove_pages(path: Path) -> str:
    """Read every page of the opened SQLite store; SQLCipher's version, or StoreError when one is damaged."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cipher_integrity_check")
        bad = cursor.fetchall()
        if bad:
            raise errors.damaged(path, len(bad))
        cursor.execute("PRAGMA cipher_version")
        (version,) = cursor.fetchone()
    return f"SQLCipher {version}"


def refuse_unlike(home: Home, state: StoreState) -> None:
    """Refuse a store of another version than the program's (StoreError); nothing is changed."""
    if unfinished.found(home):
        raise StoreError(_("An upgrade of the store was cut short. Run “cuspide upgrade” again. Nothing was changed."))
    refuse_newer(state)
    if state.pending:
        raise StoreError(
            _("The store is older than the program. Stop the service and run “cuspide upgrade”. Nothing was changed.")
        )


def refuse_newer(state: StoreState) -> None:
    """Refuse a store that a later version of the program has worked with (StoreError)."""
    if state.unknown:
        raise StoreError(
            _(
                "The store is newer than the program: a later version of Cuspide has worked with it. Install that "
                "version or a later one. Nothing was changed."
            )
        )


def version() -> str:
    """The version of the program that the store was made or last upgraded by; "" when it does not say."""
    if StoreVersion._meta.db_table not in connection.introspection.table_names():
        return ""
    newest = StoreVersion.objects.order_by("-pk").first()
    return newest.version if newest is not None else ""


def note_version(program: str) -> None:
    """Say in the store which version of the program it now is of."""
    if version() != program:
        StoreVersion.objects.create(version=program)


def pending() -> tuple[str, ...]:
    """The changes of the tables that the program knows and the store that is open lacks."""
    return _migrations()[0]


def _migrations() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that the store lacks, and those that the program lacks."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if not loader.applied_migrations:
        raise StoreError(_("The store holds no practice: none of its tables are there. Bring it back from a backup."))
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    pending = tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)
    replaced = {one for migration in loader.disk_migrations.values() for one in migration.replaces}
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys() - replaced
    rooms = {label for label, _name in loader.disk_migrations}
    return pending, tuple(sorted(f"{label}.{name}" for label, name in unknown if label in rooms))
