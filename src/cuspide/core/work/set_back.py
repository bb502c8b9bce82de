"""The machine's clock set back: what was written by a clock that ran ahead is brought back to the present.

Moments in the store that are still to come would hold things up until they are reached: a message that was to go out at
once, a job that waits to be tried again, a day that has had its daily work. Each room mends what it keeps; nothing is
mended by guess, but only what no right clock can have written.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from cuspide.core import clock
from cuspide.core.registry import Point

_POLL_S = 1.0


@dataclass(frozen=True)
class Mend:
    """`run()` brings back what a clock that was ahead has left; it may be called when there is nothing of it."""

    key: str
    run: Callable[[], None]
    order: int = 50


mends: Point[Mend] = Point("clock_mends")


def run_forever(stop: threading.Event) -> None:
    """Mend when the service starts, and each time that the clock is found set back."""
    last = None
    while not stop.is_set():
        now = clock.now()
        if last is None or now < last:
            for mend in mends:
                mend.run()
        last = now
        stop.wait(_POLL_S)
