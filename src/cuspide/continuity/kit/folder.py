"""The folder `kit/`, carried with each backup and laid beside the repositories on a disk: the printed kit, its script,
and SQLCipher's wheel, which Debian does not have."""

import hashlib
import importlib.metadata
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from cuspide.continuity.kit import by_hand, paper
from cuspide.continuity.models import Destination
from cuspide.core import clock
from cuspide.core.home import Home, write_private
from cuspide.practice.selectors import shown_name

NAME = "kit"
_WHEEL = "sqlcipher3-wheels"
_PRINTED = "printed.json"


def make(home: Home) -> bytes:
    """The kit as it stands, as PDF; it lies in `kit/` then too, with what goes along."""
    places = _places()
    content = paper.make(practice=shown_name(), key_mark=home.key_id, places=places)
    folder = home.folder / NAME
    folder.mkdir(mode=0o700, exist_ok=True)
    write_private(folder / "kit.pdf", content)
    write_private(folder / "by_hand.py", Path(by_hand.__file__).read_bytes())
    wheel = _wheel()
    if wheel is not None:
        write_private(folder / wheel[0], wheel[1])
    write_private(folder / "README.txt", _about(wheel).encode())
    for place in Destination.objects.filter(ended_at=None):
        _lay_beside(folder, Path(place.place))
    return content


def note_printed(home: Home) -> None:
    said = {"at": clock.now().isoformat(), "of": _digest(home)}
    write_private(home.folder / NAME / _PRINTED, json.dumps(said).encode())


def printed_at(home: Home) -> tuple[str, bool]:
    """When the kit was last printed ("" for never), and whether it says still what is so."""
    try:
        said: dict[str, Any] = json.loads((home.folder / NAME / _PRINTED).read_text(encoding="ascii"))
        return str(said["at"]), said["of"] == _digest(home)
    except (OSError, ValueError, KeyError, TypeError):
        return "", False


def _digest(home: Home) -> str:
    told = json.dumps([home.key_id, _places(), Path(by_hand.__file__).read_text(encoding="utf-8")])
    return hashlib.sha256(told.encode()).hexdigest()


def _places() -> list[tuple[str, str]]:
    return list(Destination.objects.filter(ended_at=None).order_by("name").values_list("name", "place"))


def _lay_beside(folder: Path, place: Path) -> None:
    """On a disk that is there. One that is not plugged in has what it had."""
    if not (place / "envelope").is_dir():
        return
    try:
        shutil.copytree(folder, place / NAME, dirs_exist_ok=True, ignore=shutil.ignore_patterns(_PRINTED))
    except OSError:
        return  # a full or read-only disk: what counts lies in the repositories


def _wheel() -> tuple[str, bytes] | None:
    """SQLCipher for this machine's Python as a wheel, made from what is installed; None where that cannot be told."""
    try:
        about = importlib.metadata.distribution(_WHEEL)
        tags = [line.partition(": ")[2] for line in (about.read_text("WHEEL") or "").splitlines() if "Tag: " in line]
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in about.files or ():
                if ".." not in file.parts and file.suffix != ".pyc" and file.name not in {"INSTALLER", "REQUESTED"}:
                    archive.write(str(file.locate()), str(file))
    except (importlib.metadata.PackageNotFoundError, OSError):
        return None
    if not tags:
        return None
    return f"{_WHEEL.replace('-', '_')}-{about.version}-{tags[0]}.whl", made.getvalue()


def _about(wheel: tuple[str, bytes] | None) -> str:
    found = (
        f"{wheel[0]}\n    SQLCipher for Python, made from what this practice runs. It is for that machine's Python\n"
        "    and system alone. Its source is not here: pypi.org/project/sqlcipher3-wheels.\n"
        "    by_hand.py does without it.\n"
        if wheel
        else "SQLCipher for Python could not be put in. by_hand.py does without it.\n"
    )
    return (
        "Restore kit of Cuspide. kit.pdf says what to type; it needs the escrow sheet, restic, age, zstd, Python.\n\n"
        f"by_hand.py\n    puts the store together and decrypts it: Python and its package cryptography\n{found}"
    )
