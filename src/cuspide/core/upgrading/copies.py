"""A copy of the whole store before it is changed, and the way back to it. Files of the practice (blobs) stay as they
are: none is changed by an upgrade.

SQLite: the encrypted file itself, copied by a process of its own while nobody writes and its log is empty (closing the
file in this process would drop this process's locks). PostgreSQL: what pg_dump says, encrypted under the practice's
key.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

from django.db import connection, connections, transaction
from django.utils.translation import gettext_lazy as _

from cuspide.core import store as practice_store
from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home, sync_folder
from cuspide.core.moving import aside, target
from cuspide.core.upgrading import sealed

_CHUNK = 1024**2
_COPY_FILE = """
import os, shutil, sys
with open(sys.argv[1], "rb") as old, open(sys.argv[2], "wb") as new:
    shutil.copyfileobj(old, new, 1024 * 1024)
    new.flush()
    os.fsync(new.fileno())
"""


def kept(home: Home) -> list[Path]:
    """The copies and old stores that lie there, the oldest first."""
    place = home.folder / "copies"
    found = [*place.glob("*.sqlite3"), *place.glob("*.copy")] if place.is_dir() else []
    return sorted(found, key=lambda path: path.stat().st_mtime)


def can_copy(home: Home) -> bool:
    """Whether this machine has what a copy needs, and the way back."""
    return home.engine == "sqlite" or bool(shutil.which("pg_dump") and shutil.which("psql"))


def refuse_full_disk(home: Home) -> None:
    """StoreError unless the disk holds the copy, and the store once more while its tables are made anew."""
    practice_store.require_free(
        home.folder,
        practice_store.size(home) * (3 if home.engine == "sqlite" else 1),
        _("The upgrade needs %(needed)s on the disk of %(path)s, and %(free)s are free. Nothing was changed."),
    )


def make(home: Home, words: str) -> Path:
    """Copy the store and prove the copy. It is on the disk, whole, when it has its name."""
    name = aside.new_name(home, words, ".sqlite3" if home.engine == "sqlite" else ".copy")
    half = name.with_name(name.name + ".half")
    half.touch(mode=0o600)
    try:
        if home.engine == "sqlite":
            _copy_sqlite(home, half)
            _prove_sqlite(home, half)
        else:
            _dump(home, half)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    half.rename(name)
    sync_folder(name.parent)
    return name


def _copy_sqlite(home: Home, half: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_pages) = cursor.fetchone()
    with transaction.atomic():  # IMMEDIATE: nobody writes until the copy is made
        log = home.store_file.with_name(home.store_file.name + "-wal")
        if busy or (log.exists() and log.stat().st_size):
            raise StoreError(
                _("Another program has the store %(path)s open. Close it and try again. Nothing was changed."),
                {"path": home.store_file},
            )
        copied = subprocess.run(
            [sys.executable, "-I", "-c", _COPY_FILE, home.store_file, half],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    if copied.returncode != 0:
        raise StoreError(_("The copy could not be written to %(path)s."), {"path": half.parent})


def _prove_sqlite(home: Home, file: Path) -> None:
    store = target.opened(home, file)
    try:
        with target.standing_in(store):
            practice_store.prove_pages(file)
    finally:
        store.close()
    for stray in ("-wal", "-shm"):
        file.with_name(file.name + stray).unlink(missing_ok=True)


def _dump(home: Home, half: Path) -> None:
    address, environment = _address(home)
    process = subprocess.Popen(
        ["pg_dump", "--format=plain", "--no-owner", "--no-privileges", f"--dbname={address}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said: list[bytes] = []
    listener = threading.Thread(target=lambda errors: said.append(errors.read()), args=(process.stderr,))
    listener.start()
    try:
        with half.open("wb") as stream:
            sealed.seal(_chunks(process.stdout), stream)
            stream.flush()
            os.fsync(stream.fileno())
    finally:
        process.stdout.close()
        listener.join()
        status = process.wait()
    if status != 0:
        raise StoreError(_("pg_dump could not copy the store: %(reason)s"), {"reason": _last_line(said)})
    with half.open("rb") as stream:
        for _piece in sealed.unseal(stream):
            pass


def put_back(home: Home, copy: Path) -> None:
    """Give the practice its store from before. A kill on the way leaves the copy, and this can be done again."""
    connections["default"].close()
    if home.engine == "sqlite":
        half = home.store_file.with_name(home.store_file.name + ".back")
        shutil.copyfile(copy, half)
        half.chmod(0o600)
        descriptor = os.open(half, os.O_RDWR)
        os.fsync(descriptor)
        os.close(descriptor)
        # The log belongs to the store that goes; left behind, it would be read into the one that comes.
        for ending in ("-wal", "-shm"):
            home.store_file.with_name(home.store_file.name + ending).unlink(missing_ok=True)
        half.replace(home.store_file)
        sync_folder(home.folder)
    else:
        _restore(home, copy)
    connections["default"].close()


def _restore(home: Home, copy: Path) -> None:
    """All in one transaction: the tables there go and the copied ones come, or nothing happens."""
    quote = connection.ops.quote_name
    there = connection.introspection.table_names()
    connections["default"].close()
    address, environment = _address(home)
    process = subprocess.Popen(
        ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", f"--dbname={address}"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(b"BEGIN;\n")
        for table in there:
            process.stdin.write(f"DROP TABLE IF EXISTS {quote(table)} CASCADE;\n".encode())
        with copy.open("rb") as stream:
            for piece in sealed.unseal(stream):
                process.stdin.write(piece)
        process.stdin.write(b"\nCOMMIT;\n")  # what is cut short before this line is rolled back
        process.stdin.close()
    except BrokenPipeError:
        pass
    except BaseException:
        process.kill()
        raise
    finally:
        status = process.wait()
    if status != 0:
        raise StoreError(_("The copy %(path)s could not be put back with psql. It stays where it is."), {"path": copy})


def _address(home: Home) -> tuple[str, dict[str, str]]:
    """The database's address without its password, which goes by the environment: other users see the command line."""
    parts = urlsplit(home.url)
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
    place = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    return urlunsplit((parts.scheme, user + place, parts.path, parts.query, "")), environment


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _last_line(said: list[bytes]) -> str:
    lines = b"".join(said).decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else ""
