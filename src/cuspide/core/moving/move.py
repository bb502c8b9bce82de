"""The steps of a move, in an order in which a kill between any two leaves the practice on its old store.

The last of them is `cuspide.toml`, which gets its new text whole or not at all. Before it the old store is only read.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from cuspide.core import store as practice_store
from cuspide.core.db.errors import StoreError
from cuspide.core.db.sqlcipher.base import creating
from cuspide.core.home import Home, sync_folder
from cuspide.core.moving import aside, survey, target
from cuspide.core.moving.copying import Progress, copy_rows, held_still
from cuspide.core.moving.proof import Comparison, compare
from cuspide.core.moving.tables import tables


class MisfitError(StoreError):
    """The other store cannot hold some values; `misfits` says which."""

    def __init__(self, misfits: list[survey.Misfit]) -> None:
        super().__init__(
            _("PostgreSQL cannot hold some values of this practice. Nothing was changed; correct them first.")
        )
        self.misfits = misfits


@dataclass(frozen=True)
class Listener:
    """Who hears how far a move is: `step(key)` as a part begins, `rows(table, count)` on the way, `compared` once."""

    step: Callable[[str], None]
    rows: Progress
    compared: Callable[[list[Comparison]], None]


@dataclass(frozen=True)
class Moved:
    """What a move left: the home as it is now, and where the old store stays."""

    home: Home
    old_store: str


def wanted_home(home: Home, to: str) -> Home:
    """The home as it shall be. `to` is `sqlite` or a postgresql:// address (StoreError for anything else)."""
    if to == "sqlite":
        if home.engine == "sqlite":
            raise StoreError(_("The practice is in SQLite already. Nothing was changed."))
        return replace(home, engine="sqlite", url="")
    try:
        parts = urlsplit(to)
        understood = parts.scheme in {"postgresql", "postgres"} and parts.path.strip("/") != "" and parts.port != 0
    except ValueError:
        understood = False
    if not understood:
        raise StoreError(
            _("A store is named “sqlite” or as an address: postgresql://user@host/database. Nothing was changed.")
        )
    if home.engine == "postgresql" and home.url == to:
        raise StoreError(_("The practice is in this database already. Nothing was changed."))
    return replace(home, engine="postgresql", url=to)


def move(home: Home, wanted: Home, listener: Listener, prove: Callable[[], Any]) -> Moved:
    """Carry the practice. `prove()` is called on the old store and on the new one, and must say the same of both.

    StoreError, with nothing switched, when anything is not as it should be.
    """
    source = connections["default"]
    every = tables()
    listener.step("survey")
    unfit = survey.misfits(source, every) if wanted.engine == "postgresql" else []
    if unfit:
        raise MisfitError(unfit)
    proved_before = prove()
    with ExitStack() as stack:
        file = target.half_file(home) if wanted.engine == "sqlite" else None
        goal = _opened_target(source, wanted, file, stack)
        listener.step("tables")
        target.make_ready(goal, home, every)
        with held_still(source, every):
            listener.step("rows")
            digests = copy_rows(source, goal, every, listener.rows)
            listener.step("proof")
            _refuse_other_migrations(source, goal)
            found = compare(source, goal, every, digests, lambda name: listener.rows(name, 0))
            listener.compared(found)
            if not all(one.same for one in found):
                raise StoreError(_("The two stores are not the same. Nothing was switched."))
        with target.standing_in(goal):
            if file is not None:
                practice_store.prove_pages(file)
            if prove() != proved_before:
                raise StoreError(_("The trace in the new store is not as it was in the old one. Nothing was switched."))
        listener.step("switch")
        return _switch(home, wanted, source, goal, file)


def _opened_target(
    source: BaseDatabaseWrapper, wanted: Home, file: Path | None, stack: ExitStack
) -> BaseDatabaseWrapper:
    goal = target.opened(wanted, file)
    stack.callback(goal.close)
    if file is not None:
        # A database of PostgreSQL is larger than the same rows in SQLite.
        practice_store.require_free(
            wanted.folder,
            practice_store.size(wanted),
            _("The move needs %(needed)s on the disk of %(path)s, and %(free)s are free."),
        )
        for stale in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))):
            stale.unlink(missing_ok=True)
        file.touch(mode=0o600)
        stack.enter_context(creating())
    try:
        goal.ensure_connection()
    except DatabaseError as error:
        raise StoreError(
            _("The new store cannot be opened: %(reason)s"), {"reason": str(error).splitlines()[0]}
        ) from None
    return goal


def _refuse_other_migrations(source: BaseDatabaseWrapper, goal: BaseDatabaseWrapper) -> None:
    found = []
    for store in (source, goal):
        with store.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            found.append(set(cursor.fetchall()))
    if found[0] != found[1]:
        raise StoreError(_("The two stores were not made by the same version of the program. Nothing was switched."))


def _switch(
    home: Home, wanted: Home, source: BaseDatabaseWrapper, goal: BaseDatabaseWrapper, file: Path | None
) -> Moved:
    old = _named(home)
    if home.engine == "sqlite":
        aside.close_whole(source, home.store_file)
    else:
        source.close()
    if file is not None:
        aside.close_whole(goal, file)
        descriptor = os.open(file, os.O_RDWR)
        os.fsync(descriptor)
        os.close(descriptor)
        if home.store_file.exists():
            aside.put_aside(home)  # what an earlier move away from SQLite left
        file.rename(home.store_file)
        sync_folder(home.folder)
    else:
        target.mark_whole(goal, home.key_id)
    wanted.write()
    target.take_mark_away(goal)
    goal.close()
    if home.engine == "sqlite":
        old = str(aside.put_aside(home))
    return Moved(wanted, old)


def _named(home: Home) -> str:
    """An old store's name without a password."""
    if home.engine == "sqlite":
        return str(home.store_file)
    parts = urlsplit(home.url)
    return f"postgresql://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
