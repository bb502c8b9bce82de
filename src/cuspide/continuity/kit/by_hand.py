"""A practice brought back by hand, without Cuspide: Python, its package `cryptography` (Debian: python3-cryptography),
restic and age are all that is needed. It is printed with the kit and lies in every backup.

    python3 by_hand.py assemble FOLDER STORE          the encrypted store, from backup/store of a copy
    python3 by_hand.py wrapped KEYS.JSON OUT          the key, wrapped for the sheet: age --decrypt opens it
    python3 by_hand.py store STORE KEY PLAIN          the store as plain SQLite, which every SQLite program opens
    python3 by_hand.py files BLOBS PLAIN KEY FOLDER   the documents and images, decrypted, with their endings

KEY is the key file (`cuspide-key-1:...`). The store is SQLCipher 4: pages of 4096 bytes, AES-256-CBC, each with its
HMAC-SHA512, by which a damaged page is found.
"""

import base64
import hashlib
import hmac
import json
import mimetypes
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

PAGE, RESERVED, SALT = 4096, 80, 16


def derived(master: bytes, label: str) -> bytes:
    """The key of one use: HKDF-SHA256 (RFC 5869) without salt, one block."""
    secret = hmac.digest(bytes(32), master, "sha256")
    return hmac.digest(secret, b"cuspide/" + label.encode() + b"\x01", "sha256")


def master_of(key_file: Path) -> bytes:
    return base64.b64decode(key_file.read_text().strip().removeprefix("cuspide-key-1:"), validate=True)


def plain_pages(store: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The pages of a store that stands still, decrypted. ValueError names the first one that is damaged."""
    salt = store.read(SALT)
    proof = hashlib.pbkdf2_hmac("sha512", key, bytes(one ^ 0x3A for one in salt), 2, 32)
    number, page = 1, salt + store.read(PAGE - SALT)
    while page:
        start = SALT if number == 1 else 0
        body, around = page[start : PAGE - RESERVED], page[PAGE - RESERVED :]
        if page == bytes(PAGE):  # the page in which SQLite keeps its locks, beyond 1 GB
            yield page
        elif hmac.digest(proof, body + around[:16] + number.to_bytes(4, "little"), "sha512") != around[16:]:
            raise ValueError(f"page {number} is damaged, or this is not its key")
        else:
            opened = Cipher(algorithms.AES(key), modes.CBC(around[:16])).decryptor()
            plain = (b"SQLite format 3\0" if start else b"") + opened.update(body) + opened.finalize() + bytes(RESERVED)
            yield plain[:18] + b"\x01\x01" + plain[20:] if start else plain  # no log beside it
        number, page = number + 1, store.read(PAGE)


def store(given: list[str]) -> None:
    source, key, target = map(Path, given)
    with source.open("rb") as stream, target.open("xb") as plain:
        for page in plain_pages(stream, derived(master_of(key), "store")):
            plain.write(page)
    sys.stdout.write(sqlite3.connect(target).execute("PRAGMA integrity_check").fetchone()[0] + "\n")


def files(given: list[str]) -> None:
    blobs, plain, key, target = map(Path, given)
    wrapping = derived(master_of(key), "blobs")
    rows = sqlite3.connect(plain).execute("SELECT digest, media_type, wrapped_key FROM core_blob")
    target.mkdir(exist_ok=True)
    for digest, kind, wrapped in rows:
        sealed = (blobs / digest[:2] / digest).read_bytes()
        content = AESGCM(aes_key_unwrap(wrapping, wrapped)).decrypt(sealed[1:13], sealed[13:], digest.encode())
        (target / (digest + (mimetypes.guess_extension(kind) or ""))).write_bytes(content)


def wrapped(given: list[str]) -> None:
    copies = json.loads(Path(given[0]).read_text())["copies"]
    Path(given[1]).write_text(next(one["wrapped"] for one in copies if one["kind"] == "sheet"))


def assemble(given: list[str]) -> None:
    """The newest folder that has a manifest: base, 00001.delta, ... as it names them, each with its SHA-256."""
    place, target = map(Path, given)
    folder = max(place.glob("*/manifest.json")).parent
    manifest = json.loads((folder / "manifest.json").read_text())
    for row in [manifest["base"], *manifest["deltas"]]:
        with (folder / row["name"]).open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != row["sha256"]:
                raise ValueError(f"{row['name']} is damaged")
    with target.open("xb") as new, (folder / "base").open("rb") as base:
        while piece := base.read(1024 * PAGE):
            new.write(piece)
        for row in manifest["deltas"]:
            with (folder / row["name"]).open("rb") as delta:
                delta.read(20)  # its form and the size of a page
                while (number := delta.read(4)) != b"\xff\xff\xff\xff":
                    new.seek(int.from_bytes(number, "big") * PAGE)
                    new.write(delta.read(PAGE))
            new.truncate(row["pages"] * PAGE)


if __name__ == "__main__":
    {"assemble": assemble, "wrapped": wrapped, "store": store, "files": files}[sys.argv[1]](sys.argv[2:])
