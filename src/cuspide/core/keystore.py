"""The practice's master key, and the keys derived from it.

The master key is 32 random bytes in a file that its owner alone may read, or in the platform's keystore. Every use
has a key of its own, derived by HKDF-SHA256 (RFC 5869) under a label, so that one of them tells nothing of the others.
A lost master key is a lost practice: no function here makes a new one where one was expected.
"""

import base64
import binascii
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.utils.translation import gettext_lazy as _

from cuspide.core.home import Home, write_private
from cuspide.core.keys import platform
from cuspide.core.keys.errors import PracticeKeyError

_HEADER = "cuspide-key-1:"


def create(path: Path) -> bytes:
    """Make a master key file. FileExistsError when one is there: a key is never replaced."""
    if path.exists():
        raise FileExistsError(path)
    master = new()
    write_private(path, text_of(master))
    return master


def new() -> bytes:
    """Thirty-two random bytes."""
    return os.urandom(32)


def text_of(master: bytes) -> bytes:
    """A master key as its file and its wrapped copies hold it."""
    return (_HEADER + base64.b64encode(master).decode() + "\n").encode()


def from_text(text: str) -> bytes:
    """The master key of a key file's text. ValueError when it is none."""
    text = text.strip()
    if not text.startswith(_HEADER):
        raise ValueError
    master = base64.b64decode(text.removeprefix(_HEADER), validate=True)
    if len(master) != 32:
        raise ValueError
    return master


def read(path: Path) -> bytes:
    """The 32 bytes of the master key; PracticeKeyError with a sentence when they cannot be had."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise PracticeKeyError(
            _(
                "The key of this practice is missing: %(path)s. Without it the store cannot be opened, and nothing was "
                "changed. “cuspide key recover” brings it back from the escrow sheet or the passphrase; a key file "
                "that lies elsewhere is named with CUSPIDE_KEY_FILE."
            ),
            {"path": path},
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PracticeKeyError(_("The key file %(path)s cannot be read."), {"path": path}) from error
    try:
        return from_text(text)
    except (ValueError, binascii.Error):
        raise PracticeKeyError(
            _(
                "The key file %(path)s is damaged or is not a Cuspide key. Nothing was changed. “cuspide key recover” "
                "brings the key back from the escrow sheet or the passphrase."
            ),
            {"path": path},
        ) from None


def open_to_others(path: Path) -> bool:
    """Whether somebody besides the owner may read the key file (POSIX only)."""
    return sys.platform != "win32" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def derived(master: bytes, label: str) -> bytes:
    """The 32-byte key of one use."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"cuspide/{label}".encode()).derive(master)


def key_id(master: bytes) -> str:
    """Sixteen hexadecimal digits by which a key is recognised and which tell nothing of it."""
    return derived(master, "id")[:8].hex()


def master(home: Home) -> bytes:
    """The master key of a practice from where it lies; PracticeKeyError when it is missing or another's."""
    if home.key_in_file:
        found, place = read(home.key_file), str(home.key_file)
    else:
        found, place = _from_platform(home), platform.SERVICE
    if home.key_id and key_id(found) != home.key_id:
        raise PracticeKeyError(
            _(
                "The key found in %(path)s belongs to another practice. Nothing was opened and nothing was changed. "
                "This practice needs the key whose mark is %(wanted)s; the one found has %(found)s. “cuspide key "
                "recover” brings the right one back from the escrow sheet or the passphrase."
            ),
            {"path": place, "wanted": home.key_id, "found": key_id(found)},
        )
    return found


def _from_platform(home: Home) -> bytes:
    found = platform.get(home.key_id)
    if found is None:
        raise PracticeKeyError(
            _(
                "The key of this practice is missing from the platform's keystore of this account. Without it the "
                "store cannot be opened, and nothing was changed. Run Cuspide under the account that made the "
                "practice, or bring the key back with “cuspide key recover”."
            )
        )
    if len(found) != 32:
        raise PracticeKeyError(
            _("What the platform's keystore holds is not a Cuspide key. “cuspide key recover” brings the key back.")
        )
    return found


def put(home: Home, master: bytes) -> None:
    """Keep a master key where this home keeps its key."""
    if home.key_in_file:
        write_private(home.key_file, text_of(master))
    else:
        platform.put(key_id(master), master)


_checked = lru_cache(maxsize=4)(master)
# The key that stands in for the practice's while a change of key works on the store to come.
_standing_in: bytes | None = None


@contextmanager
def standing_in(master: bytes) -> Iterator[None]:
    """Let this whole process take another master key for the practice's: only what has the practice alone does so."""
    global _standing_in
    before, _standing_in = _standing_in, master
    try:
        yield
    finally:
        _standing_in = before


def practice_home() -> Home:
    """The home that the running program serves."""
    from django.conf import settings

    home: Home = settings.CUSPIDE_HOME
    return home


def derive(label: str) -> bytes:
    """The running practice's key for one use; PracticeKeyError when the master key is missing or another's."""
    return derived(_checked(practice_home()) if _standing_in is None else _standing_in, label)


def wrap(file_key: bytes) -> bytes:
    """A file's own key under the practice's key for blobs (RFC 3394)."""
    return aes_key_wrap(derive("blobs"), file_key)


def unwrap(wrapped: bytes) -> bytes:
    """The file's own key again; raises cryptography's InvalidUnwrap when the practice's key is another."""
    return aes_key_unwrap(derive("blobs"), bytes(wrapped))
