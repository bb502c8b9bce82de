"""A store as a base and the pages that changed since: what copies carry, and how the store is put together again.

Standard Python alone, and one file: it copies in a process of its own (closing the store in a process that has it open
would drop that process's locks), it travels with every copy, and it is printed for the day when nothing else is left.

    python pages.py base STORE FOLDER       copy the store whole: a new generation
    python pages.py delta STORE FOLDER      keep what changed since the last copy of this generation
    python pages.py assemble FOLDER FILE    put the store together as it was at the last copy of this generation;
                    [--until NUMBER]        as it was after so many deltas

A generation is a folder: `base`, `00001.delta`, `00002.delta`, … and `manifest.json`, which names each with its size
and SHA-256 and is written last, whole. What it does not name was cut short and counts for nothing.

A delta: the line `cuspide-delta-1` and four bytes of page size; for each page its number (from 0) in four bytes, and
its content; then FF FF FF FF, the number of pages of the whole store in four bytes, and the SHA-256 of all before.
Numbers are big-endian.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = "cuspide-generation-1"
FORM = b"cuspide-delta-1\n"
PAGE = 4096
BASE, MANIFEST = "base", "manifest.json"
_END = b"\xff\xff\xff\xff"
_BLOCK = 256
"""Pages that are read and compared at one go."""


class DamagedError(Exception):
    """A copy is not what it was; the text names the file."""


class Writing:
    """A new file whose bytes are counted and hashed as they go. On the disk when it is closed; gone after an error."""

    def __init__(self, path: Path) -> None:
        self.path, self.size, self._hash = path, 0, hashlib.sha256()
        path.unlink(missing_ok=True)
        self._stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def write(self, piece: bytes) -> None:
        self._stream.write(piece)
        self._hash.update(piece)
        self.size += len(piece)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def seal(self) -> None:
        """Write the SHA-256 of all before."""
        self.write(self._hash.digest())

    def row(self, pages: int) -> dict[str, Any]:
        return {"name": self.path.name, "size": self.size, "sha256": self.sha256, "pages": pages}

    def __enter__(self) -> "Writing":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._stream.flush()
            os.fsync(self._stream.fileno())
        self._stream.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)


def copy_base(store: Path, folder: Path) -> dict[str, Any]:
    """Copy a store that stands still into a folder that is not there yet. Returns the manifest."""
    folder.mkdir(mode=0o700)
    with store.open("rb") as old, Writing(folder / BASE) as new:
        while piece := old.read(PAGE * _BLOCK):
            new.write(piece)
        row = new.row(_pages(new.size, store))
    return _keep(folder, {"format": FORMAT, "page": PAGE, "base": row, "deltas": []})


def copy_delta(store: Path, folder: Path) -> dict[str, Any]:
    """Keep the pages of a store that stands still which the generation does not have as they are. Where there is none
    nothing is written. Returns the manifest."""
    manifest = read_manifest(folder)
    name = f"{len(manifest['deltas']) + 1:05}.delta"
    with _Known(folder, manifest) as known, store.open("rb") as stream, Writing(folder / name) as new:
        new.write(FORM + PAGE.to_bytes(4, "big"))
        at = changed = 0
        while piece := stream.read(PAGE * _BLOCK):
            for number, page in known.other(at, piece):
                new.write(number.to_bytes(4, "big") + page)
                changed += 1
            at += _pages(len(piece), store)
        new.write(_END + at.to_bytes(4, "big"))
        new.seal()
        row = new.row(at)
    if not changed and at == known.pages:
        (folder / name).unlink()
        return manifest
    manifest["deltas"].append(row)
    return _keep(folder, manifest)


def assemble(folder: Path, file: Path, until: int | None = None) -> int:
    """Put the store together in a new file, every byte of the copies proved on the way. Returns how many deltas went
    in. DamagedError where one is missing or not what it was; then there is no file."""
    manifest = read_manifest(folder)
    deltas = manifest["deltas"][:until]
    half = file.with_name(file.name + ".half")
    try:
        with Writing(half) as new:
            for piece in _proved(folder, manifest["base"]):
                new.write(piece)
        with half.open("r+b") as stream:
            for row in deltas:
                for _piece in _proved(folder, row):  # all of it before a byte is changed
                    pass
                for number, page in _records(folder / row["name"]):
                    stream.seek(number * PAGE)
                    stream.write(page)
                stream.truncate(row["pages"] * PAGE)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(file)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return len(deltas)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a generation consists of; DamagedError where its folder has no manifest that can be read."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="ascii"))
        rows = [said["base"], *said["deltas"]]
        right = all(Path(row["name"]).name == row["name"] and row["size"] >= 0 and row["pages"] >= 0 for row in rows)
        if said["format"] != FORMAT or said["page"] != PAGE or not right:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"{folder / MANIFEST}: {type(error).__name__}") from error
    found: dict[str, Any] = said
    return found


class _Known:
    """The store as a generation has it, page by page."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self._base = (folder / BASE).open("rb")
        self._of_base = self.pages = manifest["base"]["pages"]
        self._changed: dict[int, bytes] = {}
        for row in manifest["deltas"]:
            self._changed.update(_records(folder / row["name"]))
            self.pages = row["pages"]
            if self.pages < max(self._changed, default=-1) + 1 or self.pages < self._of_base:
                # The store became smaller: what lay behind its end is no more, also when it grows again.
                self._of_base = min(self._of_base, self.pages)
                self._changed = {number: page for number, page in self._changed.items() if number < self.pages}

    def other(self, at: int, piece: bytes) -> Iterator[tuple[int, bytes]]:
        """The pages of a piece of the store, which begins with page `at`, that are not as they are known."""
        count = len(piece) // PAGE
        self._base.seek(at * PAGE)
        known = bytearray(self._base.read(max(0, min(count, self._of_base - at)) * PAGE))
        held = len(known) // PAGE
        changed = [number for number in range(at, at + count) if number in self._changed]
        for number in changed:
            if number < at + held:
                known[(number - at) * PAGE : (number - at + 1) * PAGE] = self._changed[number]
        if known == piece:
            return
        for place in range(count):
            page = piece[place * PAGE : (place + 1) * PAGE]
            before = known[place * PAGE : (place + 1) * PAGE] if place < held else self._changed.get(at + place)
            if page != before:
                yield at + place, page

    def __enter__(self) -> "_Known":
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()


def _records(delta: Path) -> Iterator[tuple[int, bytes]]:
    """The pages of a delta."""
    with delta.open("rb") as stream:
        if stream.read(len(FORM) + 4) != FORM + PAGE.to_bytes(4, "big"):
            raise DamagedError(str(delta))
        while (number := _exactly(stream, 4, delta)) != _END:
            yield int.from_bytes(number, "big"), _exactly(stream, PAGE, delta)


def _exactly(stream: BinaryIO, count: int, path: Path) -> bytes:
    piece = stream.read(count)
    if len(piece) != count:
        raise DamagedError(str(path))
    return piece


def _proved(folder: Path, row: dict[str, Any]) -> Iterator[bytes]:
    """A file's pieces; DamagedError after the last one unless it is what the manifest says."""
    path, total, size = folder / row["name"], hashlib.sha256(), 0
    try:
        with path.open("rb") as stream:
            while piece := stream.read(PAGE * _BLOCK):
                total.update(piece)
                size += len(piece)
                yield piece
    except FileNotFoundError as error:
        raise DamagedError(str(path)) from error
    if (size, total.hexdigest()) != (row["size"], row["sha256"]):
        raise DamagedError(str(path))


def _pages(size: int, store: Path) -> int:
    if size % PAGE:
        raise DamagedError(f"{store}: {size} bytes are no whole number of pages")
    return size // PAGE


def _keep(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Write the manifest: from here on the generation has what it names."""
    half = folder / (MANIFEST + ".half")
    with Writing(half) as new:
        new.write(json.dumps(manifest, indent=1).encode("ascii"))
    half.replace(folder / MANIFEST)
    if sys.platform != "win32":
        for place in (folder, folder.parent):
            descriptor = os.open(place, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
    return manifest


def main() -> int:
    parser = argparse.ArgumentParser(description="A store as a base and the pages that changed since.")
    parser.add_argument("deed", choices=["base", "delta", "assemble"])
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--until", type=int)
    given = parser.parse_args()
    try:
        if given.deed == "assemble":
            assemble(given.source, given.target, given.until)
        else:
            (copy_base if given.deed == "base" else copy_delta)(given.source, given.target)
    except (DamagedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
