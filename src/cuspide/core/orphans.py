"""A part of the service ends when the program that started it is gone, however that one was killed."""

import os
import sys
import threading
import time


def end_with_parent() -> None:
    """Watch the parent from a thread, and end at once when it is another one than now (POSIX)."""
    if sys.platform == "win32":
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.3)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
