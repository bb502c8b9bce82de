"""The note that an upgrade has begun: with it there the store is nobody's to serve until the upgrade was ended."""

import json
from pathlib import Path

from cuspide.core.home import Home, sync_folder, write_private


def _place(home: Home) -> Path:
    return home.folder / "upgrading.json"


def begin(home: Home, copy: Path | None) -> None:
    """Note, before the first change, where the copy lies (None: the operator has one)."""
    write_private(_place(home), json.dumps({"copy": None if copy is None else copy.name}).encode())


def found(home: Home) -> bool:
    """Whether an upgrade was cut short."""
    return _place(home).exists()


def copy_of(home: Home) -> Path | None:
    """The copy that the upgrade which was cut short had made."""
    name = json.loads(_place(home).read_text(encoding="utf-8"))["copy"]
    return None if name is None else home.folder / "copies" / Path(name).name


def end(home: Home) -> None:
    """The store is whole again, the new one or the old."""
    _place(home).unlink(missing_ok=True)
    sync_folder(home.folder)
