"""A part of the service ends when the program that started it is gone, however that one was killed."""

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "CUSPIDE_PARENT"
_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """End at once when the parent is another one than started us (POSIX).

    The parent gives its number in the environment: one that is gone before we look was never seen here. Linux itself
    sends the end; elsewhere a thread watches. The parent must have started us from its first thread: for Linux the
    parent is that thread.
    """
    if sys.platform == "win32":
        return
    parent = int(os.environ.get(PARENT) or os.getppid())
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0:
        if os.getppid() != parent:
            os._exit(1)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.3)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def become_parent() -> None:
    """Name this program as the parent of those it starts."""
    os.environ[PARENT] = str(os.getpid())
