"""The envelope of a destination: what brings the key back from paper when nothing else of the practice is left.

It is a small repository beside the practice's, under a password that everybody knows. In it lie `keys.json` (the key,
wrapped by age for the sheet's and the passphrase's recipient) and `repository.json` (the other repository's password,
sealed under the key). `repository.age` is that password for the sheet, to be opened with `age` alone.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import pyrage

from cuspide.continuity import secrets
from cuspide.continuity.kit import by_hand
from cuspide.continuity.secrets import Access
from cuspide.core import keystore
from cuspide.core.home import Home
from cuspide.core.keys import copies

KEYS, SEALED, FOR_AGE = "keys.json", "repository.json", "repository.age"


def renewed(home: Home, access: Access, held: str) -> str:
    """Put a new one into the place unless it holds the copies of the key as they are (`held`: the digest of those that
    it has). Their digest. ResticError."""
    wrapped = copies.read(home)
    digest = hashlib.sha256(copies.encoded(wrapped)).hexdigest()
    if digest != held:
        put(home, access, wrapped)
    return digest


def put(home: Home, access: Access, wrapped: tuple[copies.Copy, ...]) -> str:
    """Put one into the place; restic's name of it."""
    repository = access.envelope()
    if not repository.exists():
        repository.make()
    place = Path(tempfile.mkdtemp(prefix="cuspide-envelope-"))
    try:
        (place / KEYS).write_bytes(copies.encoded(wrapped))
        sealed = secrets.sealed(access, keystore.derive(secrets.LABEL))
        (place / SEALED).write_text(json.dumps({"mark": home.key_id, "sealed": sealed.hex()}))
        recipients = [pyrage.x25519.Recipient.from_str(one.recipient) for one in wrapped]
        shutil.copyfile(by_hand.__file__, place / "by_hand.py")  # for whom has nothing but the printed kit
        names = [KEYS, SEALED, "by_hand.py"]
        if recipients:
            text = access.password.encode()
            (place / FOR_AGE).write_bytes(pyrage.encrypt(text, recipients, armored=True))
            names.append(FOR_AGE)
        return repository.back_up(place, names).snapshot
    finally:
        shutil.rmtree(place, ignore_errors=True)
