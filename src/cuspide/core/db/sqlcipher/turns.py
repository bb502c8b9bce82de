"""Whose turn it is to write. SQLite lets one write at a time and has the others ask again after ever longer pauses:
with thirty workstations they spent two thirds of their time on that, while the store stood idle between two of them.
Here they stand in a row: threads at a lock of the process, processes at a lock of the system, which is gone when its
holder is, however that one ended.

It only spares the pauses. Who does not get a turn in time goes on without, and SQLite decides as ever.
"""

import os
import sys
import threading
import time
from pathlib import Path

_PAUSE_S = 0.0005
_turns: dict[tuple[int, Path], "Turn"] = {}
_making = threading.Lock()


def turn_of(store: Path) -> "Turn":
    """The row before a store, for this process."""
    key = (os.getpid(), store)
    with _making:
        if key not in _turns:
            _turns[key] = Turn(store)
        return _turns[key]


class Turn:
    """One row of writers. `take` and `give_back` belong together, in one thread."""

    def __init__(self, store: Path) -> None:
        self._threads = threading.Lock()
        self._door = _opened(store)

    def take(self, seconds: float) -> bool:
        """Wait for it so long; whether it was had."""
        until = time.monotonic() + seconds
        if not self._threads.acquire(timeout=seconds):
            return False
        while not self._locked():
            if time.monotonic() > until:
                self._threads.release()
                return False
            time.sleep(_PAUSE_S)
        return True

    def give_back(self) -> None:
        if self._door is not None:
            import fcntl

            fcntl.flock(self._door, fcntl.LOCK_UN)
        self._threads.release()

    def _locked(self) -> bool:
        if self._door is None:
            return True
        import fcntl

        try:
            fcntl.flock(self._door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _opened(store: Path) -> int | None:
    """The file at which processes stand; none where the system has no such lock, or no service ever worked here."""
    if sys.platform == "win32":
        return None
    try:
        return os.open(store.parent / "service" / "turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
