"""Files of the practice, each encrypted under a key of its own and named by what it holds.

The name is an HMAC-SHA256 of the content under the practice's key: the same file is kept once, and a name tells
nobody outside what is in it. On the disk: one version byte, a 12-byte nonce, then AES-256-GCM over the content, with
the name as associated data, so that a file put in another's place is refused.
"""

import hmac
import logging
import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cuspide.core import keystore
from cuspide.core.home import sync_folder
from cuspide.core.keys import uses
from cuspide.core.models import Blob

_VERSION = b"\x01"
_NONCE = 12
_TAG = 16
_BATCH = 500
logger = logging.getLogger(__name__)
# One call of AES-GCM holds the whole file in memory; larger files come with streaming.
MAX_SIZE = 256 * 1024 * 1024


class BlobError(Exception):
    """A file is missing, damaged or too large; the text says which."""


def _place(digest: str, folder: Path | None = None) -> Path:
    return (folder or keystore.practice_home().blob_folder) / digest[:2] / digest


def put(content: bytes, media_type: str) -> Blob:
    """Keep a file. It is on the disk before its row is written, so a row never points to nothing; a kill in between
    leaves a file without a row, which does no harm. The same content gives the same row."""
    if len(content) > MAX_SIZE:
        raise BlobError(_("This file is too large (more than 256 MB)."))
    digest = hmac.new(keystore.derive("blob names"), content, sha256).hexdigest()
    known = Blob.objects.filter(digest=digest).first()
    if known is not None:
        return known
    file_key = AESGCM.generate_key(bit_length=256)
    nonce = os.urandom(_NONCE)
    sealed = _VERSION + nonce + AESGCM(file_key).encrypt(nonce, content, digest.encode())
    place = _place(digest)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = place.with_name(f"{digest}.{os.urandom(6).hex()}.half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(sealed)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        with transaction.atomic():
            blob = Blob.objects.create(
                digest=digest, size=len(content), media_type=media_type, wrapped_key=keystore.wrap(file_key)
            )
            half.replace(place)
            sync_folder(place.parent)
    except IntegrityError:
        half.unlink(missing_ok=True)
        return Blob.objects.get(digest=digest)
    return blob


def rewrap(change: uses.Exchange) -> int:
    """Wrap every file's own key under the new practice's key instead of the old. Files and names stay as they are. A
    key that does not open is left: its file was lost before."""
    old, new, wrapped = change.old("blobs"), change.new("blobs"), 0
    last = 0
    while batch := list(Blob.objects.filter(pk__gt=last).order_by("pk").only("wrapped_key")[:_BATCH]):
        last, again = batch[-1].pk, []
        for blob in batch:
            try:
                blob.wrapped_key = aes_key_wrap(new, aes_key_unwrap(old, bytes(blob.wrapped_key)))
            except (InvalidUnwrap, ValueError):
                continue
            again.append(blob)
        Blob.objects.bulk_update(again, ["wrapped_key"])
        wrapped += len(again)
    return wrapped


def get(blob: Blob, folder: Path | None = None) -> bytes:
    """The content of a file, proved whole; BlobError when it is missing or damaged. `folder`: of a copy's files."""
    place = _place(blob.digest, folder)
    try:
        sealed = place.read_bytes()
    except FileNotFoundError:
        raise BlobError(_("A file of the practice is missing: %(path)s.") % {"path": place}) from None
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        if sealed[:1] != _VERSION:
            raise ValueError
        return AESGCM(keystore.unwrap(bytes(blob.wrapped_key))).decrypt(nonce, body, blob.digest.encode())
    except (InvalidTag, InvalidUnwrap, ValueError) as error:
        # The reader is told that it is damaged; whoever mends it needs to know: cut, exchanged, or of another key.
        whole = len(_VERSION) + _NONCE + blob.size + _TAG
        logger.error("file %s: %s, %d bytes of %d", place.name, type(error).__name__, len(sealed), whole)
        raise BlobError(_("A file of the practice is damaged: %(path)s.") % {"path": place}) from error
