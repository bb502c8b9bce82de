"""Copies of the SQLite store while the practice works in it: the whole once a day, the changed pages between.

SQLite writes into its log first and brings it into the file now and then. A reader that began while the log was empty
reads the file alone, and as long as it is there nobody brings anything into the file: writers go on in the log. So the
log is emptied, a reading begun, and if nobody wrote in between the file stands still. It is read by a process of its
own, for closing the file in this one would drop this process's locks.
"""

import datetime as dt
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.continuity import pages
from cuspide.core import clock
from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home
from cuspide.core.moving import target

_TRIES = 400
_PAUSE_S = 0.02
_WAIT_MS = 100
"""How long the emptying of the log waits for others, who wait for it as long."""
_NAME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Copied:
    """A copy: its generation's folder, how many deltas it has, how many bytes this copy added."""

    folder: Path
    deltas: int
    added: int


def place_of(home: Home) -> Path:
    return home.folder / "backup" / "store"


def generations(home: Home) -> list[Path]:
    """Those that are whole, the oldest first. Their names are their instants."""
    place = place_of(home)
    return sorted(one for one in place.iterdir() if (one / pages.MANIFEST).is_file()) if place.is_dir() else []


def begun_at(generation: Path) -> dt.datetime:
    """When it was begun, as its name says."""
    return dt.datetime.strptime(generation.name.partition("-")[0], _NAME).replace(tzinfo=dt.UTC)


def copy_whole(home: Home) -> Copied:
    """Begin a new generation. StoreError when the store does not come to rest or the disk does not take it."""
    place = place_of(home)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = place / f"{clock.now():{_NAME}}-{secrets.token_hex(4)}"
    try:
        _run(home, "base", folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _clear(home)
    return Copied(folder, 0, int(pages.read_manifest(folder)["base"]["size"]))


def copy_changed(home: Home) -> Copied:
    """Keep what changed since the last copy; the whole where there is no generation, or where its deltas have become
    more than half of it. StoreError as above."""
    known = generations(home)
    if not known:
        return copy_whole(home)
    try:
        before = pages.read_manifest(known[-1])
        if sum(row["size"] for row in before["deltas"]) * 2 > before["base"]["size"]:
            return copy_whole(home)
        _run(home, "delta", known[-1])
    except pages.DamagedError:
        return copy_whole(home)
    after = pages.read_manifest(known[-1])["deltas"]
    return Copied(known[-1], len(after), sum(row["size"] for row in after[len(before["deltas"]) :]))


def _run(home: Home, deed: str, folder: Path) -> None:
    with standing_still(home):
        copied = subprocess.run(
            [sys.executable, "-I", pages.__file__, deed, home.store_file, folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    if copied.returncode != 0:
        raise StoreError(
            _("The store could not be copied to %(path)s: %(reason)s"),
            {"path": folder.parent, "reason": copied.stderr.decode(errors="replace").strip().rpartition("\n")[2][:300]},
        )


@contextmanager
def standing_still(home: Home) -> Iterator[None]:
    """The store's file holds all that was committed before, and does not change. Others read and write on."""
    own = target.opened(home)
    try:
        with own.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
            _begin(home, cursor)
            yield
            cursor.execute("ROLLBACK")
    finally:
        own.close()


def _begin(home: Home, cursor: Any) -> None:
    log = home.store_file.with_name(home.store_file.name + "-wal")
    for _try in range(_TRIES):
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchone()
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM sqlite_master")
        cursor.fetchone()
        # Empty now, it was empty when the reading began: a log that is being read from is not emptied.
        if not log.exists() or log.stat().st_size == 0:
            return
        cursor.execute("ROLLBACK")
        time.sleep(_PAUSE_S)
    raise StoreError(_("The store did not come to rest: something reads or writes in it without a pause."))


def _clear(home: Home) -> None:
    """Remove older generations, which lie at the destinations, and what a kill left of one."""
    keep = generations(home)[-1:]
    for one in place_of(home).iterdir():
        if one not in keep:
            shutil.rmtree(one, ignore_errors=True)
