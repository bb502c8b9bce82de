"""Addresses of the built front end, read from the manifest that `frontend/build.py` leaves."""

import contextlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static

FOLDER = Path(__file__).resolve().parent.parent / "static" / "cuspide"
MANIFEST = FOLDER / "manifest.json"
FONT = "inter-latin-opsz-normal.woff2"

_cached: dict[str, Any] | None = None


class NotBuiltError(Exception):
    """The front end was not built, or an entry is asked for that it has not."""


def manifest() -> dict[str, Any]:
    """Chunks by source. Read once: WhiteNoise lists the files when the process starts, and a build made since would
    name files that it does not serve. After a build, start the program again."""
    global _cached
    if _cached is None:
        try:
            _cached = json.loads(MANIFEST.read_text())
        except (OSError, ValueError) as error:
            raise NotBuiltError("The front end is not built. Run: python frontend/build.py") from error
    return _cached


def read_early() -> None:
    """Read the manifest when the process starts, as WhiteNoise lists the files; what is not built is told later."""
    with contextlib.suppress(NotBuiltError):
        manifest()


@cache
def address(name: str) -> str:
    """The public address of one built file."""
    return static(f"cuspide/{name}")


def icons() -> str:
    """The address of the icon sprite."""
    return address(manifest()["icons.svg"]["file"])


def mark() -> str:
    """The address of the program's mark, for the browser's tab."""
    return address(manifest()["mark.svg"]["file"])


def font() -> str | None:
    """The address of the font every page needs, so that it is fetched at once."""
    for source, chunk in manifest().items():
        if source.endswith(FONT):
            return address(chunk["file"])
    return None


def entry(name: str) -> tuple[list[str], list[str], str]:
    """Stylesheets, modules to fetch early, and the script of an entry, in the order of their use.

    Raises NotBuiltError for an entry that the build does not have.
    """
    chunks = manifest()
    source = f"src/{name}/index.ts"
    if source not in chunks:
        raise NotBuiltError(f"The front end has no entry {name!r}. Run: python frontend/build.py")
    styles: list[str] = []
    modules: list[str] = []
    seen: set[str] = set()

    def walk(key: str) -> None:
        if key in seen:
            return
        seen.add(key)
        for imported in chunks[key].get("imports", []):
            walk(imported)
            modules.append(address(chunks[imported]["file"]))
        styles.extend(address(sheet) for sheet in chunks[key].get("css", []))

    walk(source)
    return list(dict.fromkeys(styles)), list(dict.fromkeys(modules)), address(chunks[source]["file"])
