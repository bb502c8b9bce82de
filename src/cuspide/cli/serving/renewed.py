"""A renewed certificate taken up by the pages without anybody losing one."""

import os
import signal
import sys
from types import FrameType

from cuspide.core.tls import Serving

_LOOK_S = 600.0


def watch(serving: Serving) -> None:
    """Look now and then whether the certificate on the disk is another one. granian then starts its workers one by one
    with it, and those before answer what they began. On Windows the next start of the service takes it up."""
    if sys.platform == "win32":
        return
    known = serving.stamp()

    def look(_signal: int, _frame: FrameType | None) -> None:
        nonlocal known
        found = serving.stamp()
        if found and found != known:
            known = found
            os.kill(os.getpid(), signal.SIGHUP)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK_S, _LOOK_S)
