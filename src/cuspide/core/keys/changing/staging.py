"""What a change of key has made and what is not yet in its place: a folder beside the store.

`key-change.half` is being made; it is worth nothing. `key-change` is whole: each of its files stands in a list, with
its digest, under proofs by the old key and by the new one, so that a folder that somebody else put there is refused.
`key-change.done` waits to be removed. The new key itself lies beside the key file, on the medium where that one lies,
or in the platform's keystore.
"""

import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cuspide.core import keystore
from cuspide.core.errors import Refusal
from cuspide.core.home import Home, remove_private, sync_folder, write_private
from cuspide.core.keys import platform

FORMAT = "cuspide-key-change-1"
LABEL = "change"
LIST, MARK = "change.json", "mark"
AUTHORITY, COPIES, STORE, CONFIG = "authority.key", "keys.json", "store.sqlite3", "cuspide.toml"
# In the order in which they get their places; the key itself comes before the last.
NAMES = (AUTHORITY, COPIES, STORE, CONFIG)
_CHUNK = 1024**2


class ChangeError(Refusal):
    """A change of key, or what is left of one, cannot go on; the sentence says why and what to do."""


@dataclass(frozen=True)
class Change:
    """A whole change: the marks of both keys, and the digest of each file."""

    old: str
    new: str
    files: Mapping[str, str]


def half(home: Home) -> Path:
    return home.folder / "key-change.half"


def whole(home: Home) -> Path:
    return home.folder / "key-change"


def done(home: Home) -> Path:
    return home.folder / "key-change.done"


def next_key(home: Home) -> Path:
    """Where the new key waits, on the medium of the old one."""
    return home.key_file.with_name(home.key_file.name + ".next")


def places(home: Home) -> dict[str, Path]:
    """Where each file of a change belongs."""
    return {
        AUTHORITY: home.tls_folder / "authority.key",
        COPIES: home.copies_file,
        STORE: home.store_file,
        CONFIG: home.config_file,
    }


def begin(home: Home, new: bytes) -> Path:
    """An empty folder for a change, and the new key kept where it will be used from."""
    folder = half(home)
    folder.mkdir(mode=0o700)
    write_private(folder / MARK, keystore.key_id(new).encode())
    if home.key_in_file:
        write_private(next_key(home), keystore.text_of(new))
        _owned_like(next_key(home), home.key_file)
    else:
        platform.put(keystore.key_id(new), new)
    return folder


def put(home: Home, name: str, content: bytes) -> None:
    """Add a file to the change that is being made."""
    write_private(half(home) / name, content)


def seal(home: Home, old: bytes, new: bytes) -> None:
    """Make the change whole: its list is written and proved, and the folder gets its name, all of it on the disk."""
    folder = half(home)
    (folder / MARK).unlink()
    targets = places(home)
    files = {name: digest(folder / name) for name in NAMES if (folder / name).exists()}
    for name in files:
        _owned_like(folder / name, targets[name])
    said = {"format": FORMAT, "old": keystore.key_id(old), "new": keystore.key_id(new), "files": files}
    proofs = {"by_old": _proof(old, said), "by_new": _proof(new, said)}
    write_private(folder / LIST, json.dumps(said | proofs, indent=1, sort_keys=True).encode())
    folder.rename(whole(home))
    sync_folder(home.folder)


def _owned_like(path: Path, model: Path) -> None:
    """The administrator may change the key of a practice that a service account serves."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and model.exists():
        found = model.stat()
        os.chown(path, found.st_uid, found.st_gid)


def digest(path: Path) -> str:
    """SHA-256 of a file; "" where there is none."""
    total = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                total.update(chunk)
    except FileNotFoundError:
        return ""
    return total.hexdigest()


def read(home: Home, masters: list[bytes]) -> Change:
    """The whole change that lies there, proved by one of the keys at hand (ChangeError when it is not)."""
    folder = whole(home)
    try:
        said = json.loads((folder / LIST).read_bytes())
        proofs = {said["old"]: said.pop("by_old"), said["new"]: said.pop("by_new")}
        files = dict(said["files"])
        if said["format"] != FORMAT or not set(files) <= set(NAMES) or CONFIG not in files:
            raise ValueError
        proved = any(
            hmac.compare_digest(_proof(master, said).encode(), str(proofs.get(keystore.key_id(master))).encode())
            for master in masters
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _not_ours(folder) from error
    if not proved:
        raise _not_ours(folder)
    return Change(said["old"], said["new"], files)


def _proof(master: bytes, said: Mapping[str, object]) -> str:
    body = json.dumps(said, sort_keys=True, separators=(",", ":")).encode("ascii", "backslashreplace")
    return hmac.digest(keystore.derived(master, LABEL), body, "sha256").hex()


def _not_ours(folder: Path) -> ChangeError:
    return ChangeError(
        _(
            "The folder %(path)s is not a change of this practice's key, or its key is not at hand. Nothing was "
            "changed. Put the key back where it lay (CUSPIDE_KEY_FILE); if you never began a change of the key, move "
            "the folder away and ask why it is there."
        ),
        {"path": folder},
    )


def forget(home: Home) -> None:
    """Take away a change that is not whole, and the new key with it. The old one was never touched."""
    folder = half(home)
    if home.key_in_file:
        remove_private(next_key(home))
    elif mark := _mark(folder) or marks(folder)[1]:
        platform.remove(mark)
    shutil.rmtree(folder)
    sync_folder(home.folder)


def _mark(folder: Path) -> str:
    """The mark of the key to come while its change is being made; "" where there is none."""
    try:
        return (folder / MARK).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def marks(folder: Path) -> tuple[str, str]:
    """The marks of the old key and the new one that a list says, unproved; "" where there is no list."""
    try:
        said = json.loads((folder / LIST).read_bytes())
        return str(said["old"]), str(said["new"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""
