"""Room kept for a day on which the disk is full.

What is shown is traced first, so a disk that takes nothing more would show nothing more. A file keeps some room: when
the disk is nearly full it is emptied, and what it held is for sign-ins and the trace of readings. Writes are refused
with a sentence meanwhile. When there is room again the file is filled again, and the practice works as before.
"""

import logging
import os
import shutil
import sys
import threading
from pathlib import Path

from django.db import OperationalError
from django.utils.translation import gettext_lazy as _

from cuspide.core import keystore
from cuspide.core.db import errors
from cuspide.core.errors import DomainError
from cuspide.core.service import refusing

logger = logging.getLogger("cuspide.disk")

BYTES = 32_000_000
"""Some thirty thousand pages shown."""
_LOW_BYTES = 12_000_000
_ENOUGH_BYTES = BYTES + 3 * _LOW_BYTES
_LOOK_S = 2.0
FULL = _(
    "The disk of the server is full: nothing was saved, and what was saved before is intact. Records can still be "
    "read. Ask whoever looks after the server to free some room: the program then goes on by itself."
)

READ_ONLY = _(
    "The disk of the server can be read and not written: nothing was saved, and what was saved before is intact. Ask "
    "whoever looks after the server to look at the disk at once: the program then goes on by itself."
)


class DiskFull(DomainError):
    """A write was refused, for what room is left is for the trace."""

    def __init__(self) -> None:
        super().__init__(FULL)


class ReadOnly(DomainError):
    """A write was refused, for the disk takes none."""

    def __init__(self) -> None:
        super().__init__(READ_ONLY)


def place() -> Path:
    """The file that keeps the room: filled, or empty while the disk is full."""
    return keystore.practice_home().folder / "reserve"


def is_given_up() -> bool:
    """Whether the disk is full, and writes are refused."""
    try:
        return place().stat().st_size == 0
    except OSError:
        return False


def give_up() -> bool:
    """Free the room that was kept. False: there was none."""
    try:
        if not place().stat().st_size:
            return False
        os.truncate(place(), 0)
    except OSError:
        return False
    logger.error("the disk is full: writes are refused, reading goes on with the room that was kept")
    return True


def require_room() -> None:
    """Raise DiskFull while the disk is full, ReadOnly while it takes nothing at all."""
    if is_given_up():
        raise DiskFull
    if takes_nothing():
        raise ReadOnly


def takes_nothing() -> bool:
    """Whether the practice's folder, or the store in it, may only be read just now: a failing disk that the system
    turned read only, or a right that was taken away. Asks the system, and writes nothing."""
    home = keystore.practice_home()
    if home.store_file.exists():
        return not errors.is_writable(home.store_file)
    return not os.access(home.folder, os.W_OK)


def look() -> None:
    """Give the room up when the disk is nearly full, and keep it again when there is enough."""
    free = shutil.disk_usage(place().parent).free
    if is_given_up() or not place().exists():
        if free >= _ENOUGH_BYTES:
            _fill()
    elif free < _LOW_BYTES:
        give_up()


def _fill() -> None:
    was_full = is_given_up()
    half = place().with_name("reserve.half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        if sys.platform == "linux":
            os.posix_fallocate(descriptor, 0, BYTES)
        else:
            os.write(descriptor, bytes(BYTES))
    finally:
        os.close(descriptor)
    half.replace(place())
    if was_full:
        logger.warning("there is room on the disk again: writes are taken")


def run_forever(stop: threading.Event) -> None:
    """Look every few seconds. A disk that takes no file is told by what cannot be saved, not here."""
    while not stop.is_set():
        refusing.look()
        try:
            look()
        except OSError:
            place().with_name("reserve.half").unlink(missing_ok=True)
        stop.wait(_LOOK_S)


def is_full(error: BaseException | None) -> bool:
    """Whether a database error says that the disk takes nothing more."""
    if not isinstance(error, OperationalError):
        return False
    return "is full" in str(error) or getattr(error.__cause__, "sqlstate", None) == "53100"


def is_read_only(error: BaseException | None) -> bool:
    """Whether a database error says that the disk may only be read."""
    return isinstance(error, OperationalError) and ("readonly" in str(error) or takes_nothing())
