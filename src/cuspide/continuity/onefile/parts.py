"""One stream over files of a size at most: written without a name that looks whole, read again and proved."""

import hashlib
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import DomainError
from cuspide.core.home import sync_folder

HALF = ".half"


class Parts(io.RawIOBase):
    """A stream that is written to `NAME`, or to `NAME.001`, `NAME.002`, … of `largest` bytes each."""

    def __init__(self, folder: Path, name: str, largest: int | None) -> None:
        self.folder, self.name, self.largest = folder, name, largest
        self.rows: list[dict[str, Any]] = []
        self.failed: OSError | None = None
        self._stream: Any = None
        self._hash = hashlib.sha256()
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        piece = memoryview(content).cast("B")
        done = 0
        try:
            while done < len(piece):
                if self._stream is None:
                    self._begin()
                room = len(piece) - done if self.largest is None else self.largest - self._size
                part = piece[done : done + room]
                self._stream.write(part)
                self._hash.update(part)
                self._size += len(part)
                done += len(part)
                if self._size == self.largest:
                    self.end_part()
        except OSError as error:
            self.failed = error  # what encrypts tells it in words of its own
            raise
        return done

    def _begin(self) -> None:
        name = self.name if self.largest is None else f"{self.name}.{len(self.rows) + 1:03}"
        path = self.folder / (name + HALF)
        path.unlink(missing_ok=True)
        self._stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        self._hash, self._size = hashlib.sha256(), 0
        self.rows.append({"name": name})

    def end_part(self) -> None:
        """The part is on the medium, and what the machine remembers of it is forgotten: reading it back reads it."""
        if self._stream is None:
            return
        os.fsync(self._stream.fileno())
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        self._stream.close()
        self._stream = None
        self.rows[-1] |= {"size": self._size, "sha256": self._hash.hexdigest()}

    def name_all(self) -> None:
        for row in self.rows:
            (self.folder / (row["name"] + HALF)).replace(self.folder / row["name"])
        sync_folder(self.folder)

    def remove(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        for row in self.rows:
            for name in (row["name"], row["name"] + HALF):
                (self.folder / name).unlink(missing_ok=True)


class Reading(io.RawIOBase):
    """The stream again, from the files that a list names. DomainError (kept in `wrong`, for what decrypts tells it in
    words of its own) where one is missing, cut short or not what was written."""

    def __init__(self, folder: Path, rows: Sequence[dict[str, Any]], ending: str = "") -> None:
        self.folder, self.rows, self.ending = folder, list(rows), ending
        self.wrong: DomainError | None = None
        self._stream: Any = None
        self._hash = hashlib.sha256()
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self.rows:
            path = self.folder / (self.rows[0]["name"] + self.ending)
            try:
                if self._stream is None:
                    self._stream = path.open("rb", buffering=0)
                    self._hash, self._size = hashlib.sha256(), 0
                count = int(self._stream.readinto(buffer))
            except FileNotFoundError as error:
                raise self._told(_("The part %(path)s is missing. Put all parts into one folder."), path) from error
            except OSError as error:
                raise self._told(_("The part %(path)s cannot be read: the medium is damaged."), path) from error
            if count:
                self._hash.update(memoryview(buffer)[:count])
                self._size += count
                return count
            self._stream.close()
            self._stream = None
            row = self.rows.pop(0)
            if (self._size, self._hash.hexdigest()) != (row["size"], row["sha256"]):
                raise self._told(_("The part %(path)s is not what was written: it is damaged or was exchanged."), path)
        return 0

    def _told(self, sentence: Any, path: Path) -> OSError:
        self.wrong = DomainError(sentence, {"path": path})
        return OSError(str(self.wrong))

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
        super().close()
