"""What goes on beside the pages: rooms add loops, each in a thread of its own, started again when it fails."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from cuspide.core.registry import Point
from cuspide.core.service import pulse
from cuspide.core.service.parts import Options, Part, parts

logger = logging.getLogger("cuspide.background")


@dataclass(frozen=True)
class Loop:
    """`run(stop)` works until `stop` is set. It is called again, after a pause, when it raises."""

    key: str
    run: Callable[[threading.Event], None]
    order: int = 50


loops: Point[Loop] = Point("loops")


def run(_options: Options) -> int:
    """Run every registered loop until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    threads = [threading.Thread(target=_keep, args=(loop, stop), name=loop.key) for loop in loops]
    for thread in threads:
        thread.start()
    while not stop.wait(pulse.BEAT_S):
        pulse.beat(settings.CUSPIDE_HOME, "background")
    for thread in threads:
        thread.join(5)
    return 0


def _keep(loop: Loop, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            loop.run(stop)
        except Exception as error:
            # The message of an error may hold data; its kind and place are enough to find it.
            logger.error("loop %s failed: %s", loop.key, type(error).__name__)
            connection.close()
            stop.wait(2)
    connection.close()


# Last, so that it also ends last: it seals what the other parts left in the trace.
parts.add(Part("background", run, order=90))
