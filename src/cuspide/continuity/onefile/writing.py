"""The practice written as one file: `cuspide-MARK-INSTANT.tar.zst.age`, in parts where a medium is small, and beside it
`cuspide-MARK-INSTANT.json`, which is written last and without which nothing is taken for whole.

The recipients of age are those of the sheet and the passphrase, so that `age` and `tar` alone open it with the sheet,
and one of its own, whose identity lies in the list sealed under the practice's key. In the archive lie the encrypted
store, the files, settings and wrapped keys, and the store once more as plain SQLite, encrypted by age again: whoever
unpacks it leaves nothing on a disk that anybody could read.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyrage
import zstandard
from django.utils.translation import gettext_lazy as _

from cuspide.continuity import pages
from cuspide.continuity.kit import by_hand
from cuspide.continuity.onefile.parts import HALF, Parts, Reading
from cuspide.continuity.services.copying import CARRIED, copy_store
from cuspide.core import clock, keystore, occupied, store
from cuspide.core.errors import DomainError
from cuspide.core.home import Home, write_private
from cuspide.core.keys import copies
from cuspide.core.keys.sealing import seal

FORMAT = "cuspide-file-1"
LABEL = "backup file"
LIST = "list.json"
EXPORT = "export.sqlite3.zst.age"
_BLOCK = 1024 * 1024
_LARGEST_OF_FAT = 4 * 1024**3 - 1


@dataclass(frozen=True)
class Written:
    """What was written and read back: the list beside it, its parts, how many files lie in it."""

    listed: Path
    parts: list[dict[str, Any]]
    files: int

    @property
    def size(self) -> int:
        return sum(row["size"] for row in self.parts)


def write(home: Home, folder: Path, largest: int | None = None) -> Written:
    """Write the practice into a folder and read all of it back. Whatever is raised leaves nothing of it there."""
    made = copies.read(home)
    if not made:
        raise DomainError(
            _("The key has no copy yet: nobody could open the file. Make one with “cuspide key sheet” first.")
        )
    if not folder.is_dir():
        raise DomainError(_("There is no folder %(path)s: is the medium plugged in?"), {"path": folder})
    for left in folder.glob(f"cuspide-*{HALF}"):
        left.unlink()
    identity = pyrage.x25519.Identity.generate()
    recipients = [identity.to_public(), *(pyrage.x25519.Recipient.from_str(one.recipient) for one in made)]
    name = f"cuspide-{home.key_id}-{clock.now():%Y%m%dT%H%M%SZ}"
    parts = Parts(folder, f"{name}.tar.zst.age", largest)
    try:
        with _store_copied(home, recipients[1:]) as scratch:
            known = _packed(home, scratch, parts, recipients)
        read_back(Reading(folder, parts.rows, HALF), identity, known)
        parts.name_all()
        sealed = seal(keystore.derive(LABEL), str(identity).encode(), LABEL.encode())
        said = {
            "format": FORMAT,
            "mark": home.key_id,
            "made": clock.now().isoformat(timespec="seconds"),
            "parts": parts.rows,
            "sealed": sealed.hex(),
            "keys": json.loads(copies.encoded(made)),
        }
        write_private(folder / f"{name}.json", json.dumps(said, indent=1).encode("ascii"))
    except OSError as error:
        parts.remove()
        raise DomainError(
            _("The file could not be written to %(path)s: %(reason)s. Nothing of it was left there."),
            {"path": folder, "reason": _reason(parts.failed or error, parts)},
        ) from error
    except BaseException:
        parts.remove()
        raise
    return Written(folder / f"{name}.json", parts.rows, len(known))


def _reason(error: OSError, parts: Parts) -> Any:
    if parts.largest is None and parts._size >= _LARGEST_OF_FAT - _BLOCK:
        return _("its file system takes files of 4 GB at most, so give --split 4GB")
    return error.strerror or type(error).__name__


@contextmanager
def _store_copied(home: Home, recipients: list[Any]) -> Iterator[Path]:
    """The store as it stands, put together, and its plain export encrypted, in a folder of the practice."""
    scratch = home.folder / "backup" / "file"
    store.require_free(
        home.folder,
        3 * store.size(home),
        _("The file needs %(needed)s on the disk of %(path)s while it is made, and %(free)s are free."),
    )
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700, parents=True)
    try:
        with occupied.one_at_a_time(home.folder / "backup"):
            copied = copy_store(home, whole=False)
            pages.assemble(copied.folder, scratch / "store.sqlite3")
        with (scratch / "store.sqlite3").open("rb") as stream, (scratch / EXPORT).open("wb") as out:

            def fill(pipe: BinaryIO) -> None:
                with zstandard.ZstdCompressor(level=6).stream_writer(pipe, closefd=False) as squeezed:
                    for page in by_hand.plain_pages(stream, keystore.derive("store")):
                        squeezed.write(page)

            encrypted(fill, out, recipients)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _packed(home: Home, scratch: Path, parts: Parts, recipients: list[Any]) -> dict[str, tuple[int, str]]:
    """Everything into the archive; name, size and SHA-256 of each, which are its last member."""
    known: dict[str, tuple[int, str]] = {}

    def fill(pipe: BinaryIO) -> None:
        with (
            zstandard.ZstdCompressor(level=3).stream_writer(pipe, closefd=False) as squeezed,
            tarfile.open(fileobj=cast(Any, squeezed), mode="w|", bufsize=_BLOCK) as archive,
        ):
            for name, path in _members(home, scratch):
                with path.open("rb") as stream:
                    about = archive.gettarinfo(arcname=name, fileobj=stream)
                    about.uid = about.gid = 0
                    about.uname = about.gname = ""
                    hashed = _Hashed(stream)
                    archive.addfile(about, cast(Any, hashed))
                    known[name] = (about.size, hashed.sha256)
            content = json.dumps(known).encode("ascii")
            about = tarfile.TarInfo(LIST)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))

    encrypted(fill, parts, recipients)
    parts.end_part()
    return known


def _members(home: Home, scratch: Path) -> Iterator[tuple[str, Path]]:
    yield "by_hand.py", Path(by_hand.__file__)
    for name in CARRIED:
        place = home.folder / name
        if place.is_file():
            yield name, place
        elif place.is_dir():
            for path in sorted(place.rglob("*")):
                if path.is_file() and not path.name.endswith(HALF):
                    yield path.relative_to(home.folder).as_posix(), path
    yield "store.sqlite3", scratch / "store.sqlite3"
    yield EXPORT, scratch / EXPORT


class _Hashed(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._hash.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def encrypted(fill: Callable[[BinaryIO], None], out: Any, recipients: list[Any]) -> None:
    """What `fill` writes, encrypted by age on its way: a pipe between them, so that memory stays small."""
    reader, writer = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        with os.fdopen(writer, "wb") as pipe:
            try:
                fill(pipe)
            except BrokenPipeError:
                pass  # who reads has failed, and says why
            except BaseException as error:
                failed.append(error)

    thread = threading.Thread(target=work, name="packing")
    thread.start()
    try:
        with os.fdopen(reader, "rb") as source:
            try:
                pyrage.encrypt_io(source, out, recipients)
            except pyrage.EncryptError as error:
                raise OSError(str(error)) from error
    finally:
        thread.join()
    if failed:
        raise failed[0]


@contextmanager
def decrypted(source: Reading, identity: Any) -> Iterator[tarfile.TarFile]:
    """The archive as a stream. DomainError where it is damaged, cut short or not for this identity."""
    reader, writer = os.pipe()
    failed: list[str] = []

    def work() -> None:
        with os.fdopen(writer, "wb") as pipe:
            try:
                pyrage.decrypt_io(source, pipe, [identity])
            except Exception as error:
                failed.append(str(error))

    thread = threading.Thread(target=work, name="opening")
    thread.start()
    try:
        with (
            os.fdopen(reader, "rb") as pipe,
            zstandard.ZstdDecompressor().stream_reader(pipe, closefd=False) as plain,
            tarfile.open(fileobj=cast(Any, plain), mode="r|", bufsize=_BLOCK) as archive,
        ):
            yield archive
            while plain.read(_BLOCK):  # to its end, whose proof says that nothing was cut off
                pass
            while pipe.read(_BLOCK):
                pass
    except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
        raise source.wrong or _damaged() from error
    finally:
        thread.join()
    if failed:
        raise source.wrong or _damaged()


def read_back(source: Reading, identity: Any, known: dict[str, tuple[int, str]]) -> None:
    """Read every part from the medium, open it, and compare each file with what was put in."""
    found: dict[str, tuple[int, str]] = {}
    with decrypted(source, identity) as archive:
        for about in archive:
            stream = archive.extractfile(about)
            if stream is not None and about.name != LIST:
                found[about.name] = (about.size, hashlib.file_digest(cast(Any, stream), "sha256").hexdigest())
    if found != known:
        raise _damaged()


def _damaged() -> DomainError:
    return DomainError(_("The file is damaged or was cut short. It is not to be trusted."))
