"""A practice brought back from one file, on a machine where nothing else of it is left."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext_lazy as _

from cuspide.continuity.onefile import writing
from cuspide.continuity.onefile.parts import Reading
from cuspide.core import keystore
from cuspide.core.errors import DomainError
from cuspide.core.home import Home
from cuspide.core.keys import copies
from cuspide.core.keys.sealing import unseal

_LARGEST_LIST = 16 * 1024 * 1024
_BLOCK = 1024 * 1024
Opened = Callable[[tuple[copies.Copy, ...]], bytes]


def list_beside(file: Path) -> Path:
    """The list of a file, of one of its parts, or the list itself. DomainError where there is none."""
    name = file.name.partition(".")[0] + ".json"
    listed = file.with_name(name)
    if not listed.is_file():
        raise DomainError(
            _("%(path)s is missing: it lies beside the file, and has to be copied with it."), {"path": listed}
        )
    return listed


def unpack(file: Path, folder: Path, opened: Opened) -> tuple[bytes, dict[str, Any]]:
    """Unpack into a folder that is there and empty; the practice's key, and what the list says. `opened` asks for sheet
    or passphrase. DomainError for what is none, is damaged, or is of another key."""
    listed = list_beside(file)
    said = _read(listed)
    keys = folder / "keys.json"
    keys.write_text(json.dumps(said["keys"]), encoding="utf-8")
    master = opened(copies.read(Home(folder)))
    keys.unlink()
    try:
        key = keystore.derived(master, writing.LABEL)
        text = unseal(key, bytes.fromhex(said["sealed"]), writing.LABEL.encode())
        identity = pyrage.x25519.Identity.from_str(text.decode())
    except (InvalidTag, ValueError, pyrage.IdentityError) as error:
        raise DomainError(
            _("This file was not made under this key: it is another practice's, or was exchanged.")
        ) from error
    known: dict[str, tuple[int, str]] = {}
    wanted: dict[str, list[Any]] = {}
    with writing.decrypted(Reading(listed.parent, said["parts"]), identity) as archive:
        for about in archive:
            stream = archive.extractfile(about) if about.isfile() else None
            if stream is None:
                continue
            if about.name == writing.LIST:
                wanted = json.loads(stream.read(_LARGEST_LIST))
                continue
            target = _inside(folder, about.name)
            total, size = hashlib.sha256(), 0
            with _made(target) as out:
                while piece := stream.read(_BLOCK):
                    out.write(piece)
                    total.update(piece)
                    size += len(piece)
                out.flush()
                os.fsync(out.fileno())
            known[about.name] = (size, total.hexdigest())
    if known != {name: tuple(row) for name, row in wanted.items()}:
        raise DomainError(_("The file is damaged or was cut short. It is not to be trusted."))
    for name in ("by_hand.py", writing.EXPORT):
        (folder / name).unlink(missing_ok=True)
    return master, said


def _made(target: Path) -> Any:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _inside(folder: Path, name: str) -> Path:
    """A name of the archive leads nowhere else, whoever made it."""
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()) or target == folder.resolve():
        raise DomainError(_("The file names a place outside of the practice's folder. It is not to be trusted."))
    return target


def _read(listed: Path) -> dict[str, Any]:
    try:
        if listed.stat().st_size > _LARGEST_LIST:
            raise ValueError
        said: dict[str, Any] = json.loads(listed.read_text(encoding="ascii"))
        rows = said["parts"]
        right = rows and all(
            Path(row["name"]).name == row["name"] and isinstance(row["size"], int) and isinstance(row["sha256"], str)
            for row in rows
        )
        if said["format"] != writing.FORMAT or not right or not isinstance(said["keys"], dict):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DomainError(_("%(path)s is not the list of a backup in one file."), {"path": listed}) from error
    return said
