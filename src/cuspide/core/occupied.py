"""Who is at work on a practice's folder: many programs at once, or one that wants it for itself.

The service and every command hold the folder together with others; what moves or upgrades the store holds it alone.
The lock is the system's: it is gone when its holder is, however that one was killed, and it leaves no file behind.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import Refusal

# Descriptors that are held until the program ends.
_held: list[int] = []


class OccupiedError(Refusal):
    """Somebody else is at work on the practice; nothing was changed."""


def share(folder: Path) -> None:
    """Be at work on the practice beside others until this program ends; OccupiedError while one holds it alone.

    A program that is forked from this one holds it too.
    """
    if not _lock(folder, alone=False):
        raise OccupiedError(
            _(
                "The practice in %(path)s is being moved, upgraded or given another key. Wait until that has ended, "
                "and try again."
            ),
            {"path": folder},
        )


def alone(folder: Path) -> None:
    """Have the practice for this program until it ends; OccupiedError while the service or a command is at work."""
    if not _lock(folder, alone=True):
        raise OccupiedError(
            _(
                "The practice in %(path)s is in use. Stop the service (and any other command of Cuspide on it), then "
                "try again. Nothing was changed."
            ),
            {"path": folder},
        )


@contextmanager
def briefly_alone(folder: Path) -> Iterator[None]:
    """Have the practice for this program as long as the body lasts; OccupiedError as with `alone`."""
    before = len(_held)
    alone(folder)
    try:
        yield
    finally:
        for descriptor in _held[before:]:
            os.close(descriptor)
        del _held[before:]


@contextmanager
def one_at_a_time(place: Path) -> Iterator[None]:
    """Hold a folder for the body, after whoever holds it now: another program, or a thread of this one."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform == "win32":  # untested there
        import msvcrt

        descriptor = os.open(place / "running", os.O_RDWR | os.O_CREAT, 0o600)
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
                break
            except OSError:  # it gives up after ten seconds
                continue
    else:
        import fcntl

        descriptor = os.open(place, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def only_one(place: Path) -> bool:
    """Be the only program that holds this folder until this one ends; False: another does. A program that is forked
    from this one does not hold it: what outlives this one by a moment keeps nobody out."""
    place.mkdir(mode=0o700, exist_ok=True)
    if sys.platform == "win32":
        return _hold_on_windows(place)
    import fcntl

    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    os.register_at_fork(after_in_child=lambda: os.close(descriptor))
    return True


def _hold_on_windows(place: Path) -> bool:
    """Untested there, as below."""
    import msvcrt

    descriptor = os.open(place / "running", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        os.close(descriptor)
        return False
    return True


def _lock(folder: Path, *, alone: bool) -> bool:
    if sys.platform == "win32":
        return _lock_on_windows(folder, alone=alone)
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return True  # no practice there yet
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    _held.append(descriptor)
    return True


def _lock_on_windows(folder: Path, *, alone: bool) -> bool:
    """Windows locks bytes of a file and knows no sharing here: each program takes one of many bytes, and who wants
    the folder alone takes them all. Untested there."""
    import msvcrt

    if not folder.exists():
        return True
    places = 512
    descriptor = os.open(folder / "running", os.O_RDWR | os.O_CREAT, 0o600)
    tries = [(0, places)] if alone else [((os.getpid() // 4 + step) % places, 1) for step in range(places)]
    for place, count in tries:
        os.lseek(descriptor, place, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, count)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            continue
        _held.append(descriptor)
        return True
    os.close(descriptor)
    return False
