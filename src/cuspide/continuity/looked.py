"""An earlier point served to be looked at: a copy of what lies beside, that is thrown away with all that is written in
it. It has no background: no message leaves, no copy is made, no job runs."""

import json
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from cuspide.continuity.services.beside import folder_of, link
from cuspide.core.actor import Actor
from cuspide.core.home import Home, write_private

MARK = "looked-at.json"
PARTS = ("web", "live", "door")
"""What is served of it."""


def prepare(home: Home) -> Path:
    """The folder to serve, made anew. FileNotFoundError where nothing lies beside."""
    folder, point = home.folder / "backup" / "looked-at", folder_of(home)
    at = json.loads((point / "point.json").read_text(encoding="utf-8"))["at"]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    for name in ("store.sqlite3", "cuspide.toml", "keys.json"):
        if (point / name).exists():
            shutil.copyfile(point / name, folder / name)
            (folder / name).chmod(0o600)
    if (point / "tls").is_dir():
        shutil.copytree(point / "tls", folder / "tls")
    if home.key_in_file and home.key_file == home.folder / "key":
        write_private(folder / "key", home.key_file.read_bytes())
    (folder / "blobs").mkdir(mode=0o700)
    for one in (point / "blobs").glob("*/*"):
        (folder / "blobs" / one.parent.name).mkdir(mode=0o700, exist_ok=True)
        link(one, folder / "blobs" / one.parent.name / one.name)
    write_private(folder / MARK, json.dumps({"at": at}).encode())
    return folder


def is_looked_at(home: Home) -> bool:
    return (home.folder / MARK).exists()


def strip(_actor: Actor) -> Mapping[str, Any] | None:
    """Above every page of it."""
    return _strip(settings.CUSPIDE_HOME)


@lru_cache(maxsize=2)
def _strip(home: Home) -> Mapping[str, Any] | None:
    from cuspide.continuity import points
    from cuspide.continuity.restic import Snapshot

    if not is_looked_at(home):
        return None
    at = json.loads((home.folder / MARK).read_text(encoding="utf-8"))["at"]
    return {"at": points.moment(Snapshot("", at))}
