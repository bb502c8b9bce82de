"""Addresses of the built front end, read from the manifest that `frontend/build.py` leaves."""

import contextlib
import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.templatetags.static import static

FOLDER = Path(__file__).resolve().parent.parent / "static" / "cuspide"
MANIFEST = FOLDER / "manifest.json"
FONT = "inter-latin-opsz-normal.woff2"

_read: "Build | None" = None


class NotBuiltError(Exception):
    """The front end was not built, or an entry is asked for that it has not."""


@dataclass(frozen=True)
class Entry:
    """What a page's head asks for, in the order of its use; `modules` are to be fetched early."""

    styles: tuple[str, ...]
    modules: tuple[str, ...]
    script: str


class Build:
    """The built front end. `chunks` by source, as the build's manifest has them."""

    def __init__(self, chunks: dict[str, Any]) -> None:
        self._chunks = chunks
        self._entries: dict[str, Entry] = {}

    @cached_property
    def icons(self) -> str:
        """The address of the icon sprite."""
        return address(self._chunks["icons.svg"]["file"])

    @cached_property
    def mark(self) -> str:
        """The address of the program's mark, for the browser's tab."""
        return address(self._chunks["mark.svg"]["file"])

    @cached_property
    def font(self) -> str | None:
        """The address of the font every page needs, so that it is fetched at once."""
        found = (chunk["file"] for source, chunk in self._chunks.items() if source.endswith(FONT))
        return next(map(address, found), None)

    def entry(self, name: str) -> Entry:
        """Raises NotBuiltError for an entry that the build does not have."""
        if name not in self._entries:
            self._entries[name] = self._walked(name)
        return self._entries[name]

    def _walked(self, name: str) -> Entry:
        source = f"src/{name}/index.ts"
        if source not in self._chunks:
            raise NotBuiltError(f"The front end has no entry {name!r}. Run: python frontend/build.py")
        styles: list[str] = []
        modules: list[str] = []
        seen: set[str] = set()

        def walk(key: str) -> None:
            if key in seen:
                return
            seen.add(key)
            for imported in self._chunks[key].get("imports", []):
                walk(imported)
                modules.append(address(self._chunks[imported]["file"]))
            styles.extend(address(sheet) for sheet in self._chunks[key].get("css", []))

        walk(source)
        return Entry(tuple(dict.fromkeys(styles)), tuple(dict.fromkeys(modules)), address(self._chunks[source]["file"]))


def built() -> Build:
    """Read once: WhiteNoise lists the files when the process starts, and a build made since would name files that it
    does not serve. After a build, start the program again. NotBuiltError where there is none."""
    global _read
    if _read is None:
        try:
            _read = Build(json.loads(MANIFEST.read_text()))
        except (OSError, ValueError) as error:
            raise NotBuiltError("The front end is not built. Run: python frontend/build.py") from error
    return _read


def read_early() -> None:
    """Read the manifest when the process starts, as WhiteNoise lists the files; what is not built is told later."""
    with contextlib.suppress(NotBuiltError):
        built()


@cache
def address(name: str) -> str:
    """The public address of one built file."""
    return static(f"cuspide/{name}")
