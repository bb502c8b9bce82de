"""Wrapped copies of the master key, beside the store and in every backup of the folder: `keys.json`.

Each copy is the key file itself, encrypted by age (X25519, ChaCha20-Poly1305) to a recipient of its own. The sheet on
paper holds the identity of one recipient, and no machine does; that of the other lies here under a passphrase
(Argon2id, AES-256-GCM, its cost written beside it). Wrapping needs neither sheet nor passphrase, opening needs one of
them. `age --decrypt -i` opens a sheet's copy without Cuspide.
"""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyrage
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.core.home import Home, write_private
from cuspide.core.keys import sheet
from cuspide.core.keys.errors import CopyError

PASSPHRASE, SHEET = "passphrase", "sheet"
FORMAT = "cuspide-keys-1"
SHORTEST_PASSPHRASE = 16
# RFC 9106, section 4, first choice for memory that a practice's machine has: a second on it, hours for a guess list.
TIME_COST, MEMORY_KIB, LANES = 4, 256 * 1024, 4
# A file of somebody else's making must not ask for all the memory there is.
_MOST_MEMORY_KIB, _MOST_TIME = 4 * 1024 * 1024, 64


@dataclass(frozen=True)
class Copy:
    """One way to the master key. Dates are ISO 8601; `""` where it did not happen."""

    kind: str
    recipient: str
    wrapped: str
    made: str
    verified: str = ""
    sealed_identity: Mapping[str, Any] | None = None


def read(home: Home) -> tuple[Copy, ...]:
    """The copies of a practice; none where there is no file. CopyError when the file cannot be read as one."""
    try:
        said = json.loads(home.copies_file.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise ValueError
        copies = tuple(Copy(**row) for row in said["copies"])
        if not all(isinstance(value, str) for copy in copies for value in (copy.kind, copy.recipient, copy.wrapped)):
            raise ValueError
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CopyError(
            _(
                "The copies of the key %(path)s are damaged. The practice itself opens as before. Bring this file back "
                "from a backup, or make new copies with “cuspide key sheet” and “cuspide key passphrase”."
            ),
            {"path": home.copies_file},
        ) from error
    return copies


def read_or_set_aside(home: Home) -> tuple[Copy, ...]:
    """The copies to which another is to be added. A file that cannot be read is kept under another name, and nobody is
    kept from making new copies by it."""
    try:
        return read(home)
    except CopyError:
        home.copies_file.replace(home.copies_file.with_name(f"{home.copies_file.name}.damaged"))
        return ()


def write(home: Home, copies: tuple[Copy, ...]) -> None:
    """Write `keys.json`, whole or not at all."""
    write_private(home.copies_file, encoded(copies))


def encoded(copies: tuple[Copy, ...]) -> bytes:
    """`keys.json` as it is written."""
    rows = [{name: value for name, value in asdict(copy).items() if value not in ("", None)} for copy in copies]
    return (json.dumps({"format": FORMAT, "copies": rows}, indent=1) + "\n").encode()


def with_copy(copies: tuple[Copy, ...], made: Copy) -> tuple[Copy, ...]:
    """The copies with this one in place of the earlier of its kind."""
    return (*(copy for copy in copies if copy.kind != made.kind), made)


def for_sheet(key_text: bytes) -> tuple[Copy, str]:
    """A copy under a new escrow key, and the age identity that opens it: it is to be printed and kept nowhere."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    return Copy(SHEET, recipient, _wrap(key_text, recipient), _now()), str(identity)


def for_passphrase(key_text: bytes, passphrase: str) -> Copy:
    """A copy that a passphrase opens. CopyError when it is too short."""
    refuse_short(passphrase)
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    cost = {"time": TIME_COST, "memory_kib": MEMORY_KIB, "lanes": LANES}
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_stretched(passphrase, salt, cost)).encrypt(nonce, str(identity).encode(), recipient.encode())
    return Copy(
        PASSPHRASE,
        recipient,
        _wrap(key_text, recipient),
        _now(),
        verified=_now(),
        sealed_identity={"argon2id": cost, "salt": _b64(salt), "nonce": _b64(nonce), "sealed": _b64(sealed)},
    )


def refuse_short(passphrase: str) -> None:
    """Refuse a passphrase that a list of guesses would find (CopyError)."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise CopyError(
            _("A passphrase has at least %(count)d characters: four or five words that do not belong together."),
            {"count": SHORTEST_PASSPHRASE},
        )


def verified(copies: tuple[Copy, ...], kind: str) -> tuple[Copy, ...]:
    """The copies, with the note that the one of this kind was opened now."""
    return tuple(replace(copy, verified=_now()) if copy.kind == kind else copy for copy in copies)


def open_with_passphrase(copies: tuple[Copy, ...], passphrase: str) -> bytes:
    """The key file's text. CopyError when there is no such copy or the passphrase is another."""
    copy = _of_kind(copies, PASSPHRASE, _("There is no copy of the key under a passphrase."))
    try:
        sealed = dict(copy.sealed_identity or {})
        salt, nonce, body = (_unb64(sealed[name]) for name in ("salt", "nonce", "sealed"))
        secret = _stretched(passphrase, salt, sealed["argon2id"])
        identity = AESGCM(secret).decrypt(nonce, body, copy.recipient.encode()).decode()
    except InvalidTag:
        raise CopyError(_("This passphrase does not open the copy of the key. Nothing was changed.")) from None
    except (KeyError, ValueError, TypeError, binascii.Error) as error:
        raise _damaged() from error
    return _unwrap(copy, identity)


def open_with_sheet(copies: tuple[Copy, ...], typed: str) -> bytes:
    """The key file's text from what was typed or scanned. SheetError names the line; CopyError for another sheet."""
    copy = _of_kind(copies, SHEET, _("There is no copy of the key for an escrow sheet."))
    identity = sheet.read(typed)
    if str(pyrage.x25519.Identity.from_str(identity).to_public()) != copy.recipient:
        raise CopyError(
            _("This sheet belongs to another practice, or a newer sheet has taken its place. Nothing was changed.")
        )
    return _unwrap(copy, identity)


def _of_kind(copies: tuple[Copy, ...], kind: str, none: Any) -> Copy:
    found = next((copy for copy in copies if copy.kind == kind), None)
    if found is None:
        raise CopyError(none)
    return found


def _wrap(key_text: bytes, recipient: str) -> str:
    wrapped: bytes = pyrage.encrypt(key_text, [pyrage.x25519.Recipient.from_str(recipient)], armored=True)
    return wrapped.decode()


def _unwrap(copy: Copy, identity: str) -> bytes:
    try:
        opened: bytes = pyrage.decrypt(copy.wrapped.encode(), [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise _damaged() from error
    return opened


def _damaged() -> CopyError:
    return CopyError(_("This copy of the key is damaged. Try the other one, or bring keys.json back from a backup."))


def _stretched(passphrase: str, salt: bytes, cost: Mapping[str, Any]) -> bytes:
    time_cost, memory, lanes = (int(cost[name]) for name in ("time", "memory_kib", "lanes"))
    if not (1 <= time_cost <= _MOST_TIME and 8 <= memory <= _MOST_MEMORY_KIB and 1 <= lanes <= 64):
        raise ValueError("cost out of bounds")
    return hash_secret_raw(passphrase.encode(), salt, time_cost, memory, lanes, 32, Type.ID)


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
