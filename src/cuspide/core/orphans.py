"""A part of the service ends when the program that started it is gone, however that one was killed."""

import os
import sys
import threading
import time

PARENT = "CUSPIDE_PARENT"


def end_with_parent() -> None:
    """Watch the parent from a thread, and end at once when it is another one than started us (POSIX).

    The parent gives its number in the environment: one that is gone before we look was never seen here.
    """
    if sys.platform == "win32":
        return
    parent = int(os.environ.get(PARENT) or os.getppid())

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.3)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def become_parent() -> None:
    """Name this program as the parent of those it starts."""
    os.environ[PARENT] = str(os.getpid())
