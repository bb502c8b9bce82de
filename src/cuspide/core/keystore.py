"""The practice's master key, and the keys derived from it.

The master key is 32 random bytes in a file that its owner alone may read. Every use has a key of its own, derived by
HKDF-SHA256 (RFC 5869) under a label, so that one of them tells nothing of the others. A lost master key is a lost
practice: no function here makes a new one where one was expected.
"""

import base64
import binascii
import os
import stat
import sys
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import Refusal
from cuspide.core.home import Home, write_private

_HEADER = "cuspide-key-1:"


class PracticeKeyError(Refusal):
    """The key is missing, unreadable or another practice's; the text says which and what to do."""


def create(path: Path) -> bytes:
    """Make a master key file. FileExistsError when one is there: a key is never replaced."""
    if path.exists():
        raise FileExistsError(path)
    master = os.urandom(32)
    write_private(path, (_HEADER + base64.b64encode(master).decode() + "\n").encode())
    return master


def read(path: Path) -> bytes:
    """The 32 bytes of the master key; PracticeKeyError with a sentence when they cannot be had."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise PracticeKeyError(
            _(
                "The key of this practice is missing: %(path)s. Without it the store cannot be opened, and nothing was "
                "changed. Put the key file back from its copy, or name its place with CUSPIDE_KEY_FILE."
            ),
            {"path": path},
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PracticeKeyError(_("The key file %(path)s cannot be read."), {"path": path}) from error
    try:
        if not text.startswith(_HEADER):
            raise ValueError(text[:0])
        master = base64.b64decode(text.removeprefix(_HEADER), validate=True)
        if len(master) != 32:
            raise ValueError
    except (ValueError, binascii.Error):
        raise PracticeKeyError(
            _(
                "The key file %(path)s is damaged or is not a Cuspide key. Nothing was changed. Put it back from its "
                "copy."
            ),
            {"path": path},
        ) from None
    return master


def open_to_others(path: Path) -> bool:
    """Whether somebody besides the owner may read the key file (POSIX only)."""
    return sys.platform != "win32" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def derived(master: bytes, label: str) -> bytes:
    """The 32-byte key of one use."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"cuspide/{label}".encode()).derive(master)


def key_id(master: bytes) -> str:
    """Sixteen hexadecimal digits by which a key is recognised and which tell nothing of it."""
    return derived(master, "id")[:8].hex()


@lru_cache(maxsize=4)
def _checked(home: Home) -> bytes:
    master = read(home.key_file)
    if home.key_id and key_id(master) != home.key_id:
        raise PracticeKeyError(
            _(
                "The key file %(path)s belongs to another practice. Nothing was opened and nothing was changed. This "
                "practice needs the key whose mark is %(wanted)s; the one found has %(found)s."
            ),
            {"path": home.key_file, "wanted": home.key_id, "found": key_id(master)},
        )
    return master


def practice_home() -> Home:
    """The home that the running program serves."""
    from django.conf import settings

    home: Home = settings.CUSPIDE_HOME
    return home


def derive(label: str) -> bytes:
    """The running practice's key for one use; PracticeKeyError when the master key is missing or another's."""
    return derived(_checked(practice_home()), label)


def wrap(file_key: bytes) -> bytes:
    """A file's own key under the practice's key for blobs (RFC 3394)."""
    return aes_key_wrap(derive("blobs"), file_key)


def unwrap(wrapped: bytes) -> bytes:
    """The file's own key again; raises cryptography's InvalidUnwrap when the practice's key is another."""
    return aes_key_unwrap(derive("blobs"), bytes(wrapped))
