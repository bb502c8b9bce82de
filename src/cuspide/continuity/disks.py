"""Removable disks by the label of their file system: which are plugged in, and where.

On Linux a disk counts when it is mounted: the desktop does it, or systemd on a server (docs/operator/backups.md). A
folder of the same name that is no mount is no disk, or a copy would fill the machine's own.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_BY_LABEL = Path("/dev/disk/by-label")
FOLDER = "cuspide"
"""Of a disk, where its repositories lie."""
_PLACES = ("/media", "/run/media", "/mnt")


def mounted(label: str) -> Path | None:
    """Where the disk of this label is; None while it is not plugged in, or not mounted."""
    if sys.platform == "win32":
        return next((place for found, place in _volumes() if found == label), None)
    device = _device(label)
    for source, place in _mounts():
        if device is not None and source == device:
            return place
        if place.name == label and str(place).startswith(_PLACES):
            return place
    return None


def plugged_in() -> list[str]:
    """The labels of disks that could be removable: what is mounted where the system mounts such disks."""
    if sys.platform == "win32":
        return sorted(label for label, _place in _volumes() if label)
    named = {_device(label): label for label in _labels()}
    found = set()
    for source, place in _mounts():
        if str(place).startswith(_PLACES):
            found.add(named.get(source, place.name))
    return sorted(found)


def _labels() -> list[str]:
    return [_unescaped(one.name) for one in _BY_LABEL.iterdir()] if _BY_LABEL.is_dir() else []


def _device(label: str) -> str | None:
    for one in _BY_LABEL.iterdir() if _BY_LABEL.is_dir() else ():
        if _unescaped(one.name) == label:
            return os.path.realpath(one)
    return None


def _mounts() -> Iterator[tuple[str, Path]]:
    """Source and place of every mount; udev and the kernel write a space as \\x20 and \\040."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    for line in lines:
        before, _dash, after = line.partition(" - ")
        yield os.path.realpath(after.split(" ")[1]), Path(_unescaped(before.split(" ")[4]))


def _unescaped(name: str) -> str:
    name = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), name)
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name)


def _volumes() -> Iterator[tuple[str, Path]]:
    """Label and root of every drive. Untested on Windows."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    for letter in "DEFGHIJKLMNOPQRSTUVWXYZ":
        label = ctypes.create_unicode_buffer(261)
        if kernel.GetVolumeInformationW(f"{letter}:\\", label, 261, None, None, None, None, 0):
            yield label.value, Path(f"{letter}:\\")
