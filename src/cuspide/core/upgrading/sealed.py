"""A stream kept encrypted in a file, of any length: compressed, then AES-256-GCM a piece at a time.

On the disk: a line that names the form, 32 bytes of salt, then pieces behind their length in four bytes. Each file has
a key of its own (HKDF over the practice's key for copies and the salt); the nonce is the number of the piece, and the
last piece is marked under the seal, so that a piece changed, moved or cut off is refused.
"""

import os
import zlib
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from cuspide.core import keystore
from cuspide.core.db.errors import StoreError

_FORM = b"cuspide-copy-1\n"
_PIECE = 1024**2
_TAG = 16


def _cipher(salt: bytes) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"cuspide/copy").derive(keystore.derive("copies"))
    return AESGCM(key)


def seal(pieces: Iterable[bytes], stream: BinaryIO) -> None:
    """Write the pieces, encrypted."""
    salt = os.urandom(32)
    stream.write(_FORM + salt)
    cipher, number, waiting = _cipher(salt), 0, bytearray()
    squeeze = zlib.compressobj(6)
    for piece in pieces:
        waiting += squeeze.compress(piece)
        while len(waiting) > _PIECE:
            _write(stream, cipher, number, bytes(waiting[:_PIECE]), last=False)
            del waiting[:_PIECE]
            number += 1
    _write(stream, cipher, number, bytes(waiting) + squeeze.flush(), last=True)


def _write(stream: BinaryIO, cipher: AESGCM, number: int, piece: bytes, *, last: bool) -> None:
    body = cipher.encrypt(number.to_bytes(12, "big"), piece, b"last" if last else b"more")
    stream.write(len(body).to_bytes(4, "big") + body)


def unseal(stream: BufferedReader) -> Iterator[bytes]:
    """The pieces again; StoreError as soon as one is not what was written, or the last is not there."""
    if stream.read(len(_FORM)) != _FORM:
        raise _damaged()
    cipher, number, expand = _cipher(stream.read(32)), 0, zlib.decompressobj()
    while True:
        size = int.from_bytes(stream.read(4), "big")
        body = stream.read(size) if _TAG <= size <= 2 * _PIECE else b""
        last = not stream.peek(1)
        try:
            piece = cipher.decrypt(number.to_bytes(12, "big"), body, b"last" if last else b"more")
        except (InvalidTag, ValueError) as error:
            raise _damaged() from error
        yield expand.decompress(piece)
        if last:
            yield expand.flush()
            return
        number += 1


def _damaged() -> StoreError:
    return StoreError(_("The copy is damaged or was cut short. It was not used."))
