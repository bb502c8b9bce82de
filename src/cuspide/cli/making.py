"""A practice's folder, made whole or not at all: it is filled under another name and gets its own at the end."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cuspide.cli import start_django
from cuspide.core import keystore
from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home, load, sync_folder
from cuspide.core.keys import platform


def refuse_occupied(folder: Path) -> None:
    """Refuse a folder that holds anything (StoreError)."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(_("%(path)s is not empty. It was left as it is; name another folder."), {"path": folder})


@contextmanager
def new_practice(
    final: Path, *, url: str = "", hosts: tuple[str, ...] = ("localhost",), demo: bool = False, key_in: str = "file"
) -> Iterator[Home]:
    """A new practice's home with its key, Django running on it. The body asks what it has to, makes the tables
    (`store.make`) and fills them; when it ends without an error the folder gets its name, otherwise it is removed and
    the name stays free."""
    refuse_occupied(final)
    half = final.with_name(f".{final.name}.being-made")
    if half.exists():
        shutil.rmtree(half)
    half.mkdir(parents=True, mode=0o700)
    os.environ["CUSPIDE_HOME"] = str(half)
    os.environ.pop("CUSPIDE_KEY_FILE", None)
    master = keystore.new()
    mark = keystore.key_id(master)
    made = Home(
        folder=half,
        engine="postgresql" if url else "sqlite",
        url=url,
        key_id=mark,
        key_in=key_in,
        hosts=hosts,
        demo=demo,
    )
    made.write()
    try:
        if not made.key_in_file:
            platform.refuse_unusable()
        keystore.put(made, master)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    start_django()
    from django.db import connection

    try:
        yield load(half)
        connection.close()
        refuse_occupied(final)
        if final.exists():
            final.rmdir()
        half.rename(final)
        sync_folder(final.parent)
    except BaseException:
        connection.close()
        shutil.rmtree(half, ignore_errors=True)
        if not made.key_in_file:
            platform.remove(mark)
        raise
    os.environ["CUSPIDE_HOME"] = str(final)
