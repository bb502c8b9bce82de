"""The folder of old stores: each keeps the day and second at which it was put there, and none is removed by itself."""

from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home, sync_folder


def folder(home: Home) -> Path:
    """Where copies and old stores lie; made when it is not there."""
    place = home.folder / "copies"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def new_name(home: Home, words: str, suffix: str) -> Path:
    """A name that nothing has yet, with this second in UTC."""
    stamp = clock.now().strftime("%Y-%m-%dT%H%M%SZ")
    place = folder(home)
    names = [place / f"{words}-{stamp}{more}{suffix}" for more in ("", *(f"-{number}" for number in range(2, 100)))]
    return next(name for name in names if not name.exists())


def close_whole(store: BaseDatabaseWrapper, file: Path) -> None:
    """Bring a SQLite store's log into its file and close it; StoreError when somebody else has it open."""
    with store.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_pages) = cursor.fetchone()
    store.close()
    if busy or file.with_name(file.name + "-wal").exists():
        raise StoreError(
            _("Another program has the store %(path)s open. Close it and try again. Nothing was switched."),
            {"path": file},
        )


def put_aside(home: Home) -> Path:
    """Give a closed SQLite store its place among the old ones."""
    name = new_name(home, "store", ".sqlite3")
    home.store_file.rename(name)
    sync_folder(name.parent)
    sync_folder(home.folder)
    return name
