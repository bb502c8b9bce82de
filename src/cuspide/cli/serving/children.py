"""The supervisor's children: forked from it where that is safe, started anew elsewhere.

Forked, a part is there in hundredths of a second and shares the program's memory with the others: Python and Django
were loaded once. macOS can fork, but its own libraries may not be used afterwards; Windows cannot.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from django.conf import settings

from cuspide.core.orphans import PARENT, become_parent, end_with_parent
from cuspide.core.service import pulse
from cuspide.core.service.parts import Options, Part, take_title

logger = logging.getLogger("cuspide.service")

FORKS = sys.platform == "linux"


class Process(Protocol):
    """One life of a part."""

    pid: int

    def ended(self) -> bool: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


class Nursery(Protocol):
    """How children are made here, and how the supervisor waits for what happens to them."""

    def start(self, part: Part) -> Process: ...

    def beside(self, task: Callable[[], None]) -> None:
        """Do something once, without holding up the supervisor."""

    def wait(self, seconds: float | None) -> bool:
        """Wait until a child ended or the time is over. True: the service was asked to stop."""


class Forked:
    """A child forked by us."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._over = False

    def ended(self) -> bool:
        if not self._over:
            self._over = os.waitpid(self.pid, os.WNOHANG)[0] != 0
        return self._over

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        # Its number is ours until we have waited for it: nobody else can be hit.
        if not self.ended():
            os.kill(self.pid, number)


class ForkingNursery:
    """Children by fork. The supervisor has one thread and no signal handler: it asks for the signals that it awaits,
    so that none comes at a wrong moment, in it or in a child just born."""

    _AWAITED = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

    def __init__(self, options: Options) -> None:
        self.options = options
        self._errands: list[Forked] = []
        become_parent()
        signal.pthread_sigmask(signal.SIG_BLOCK, self._AWAITED)

    def start(self, part: Part) -> Forked:
        return self._fork(part.key, lambda: part.run(self.options), born=True)

    def beside(self, task: Callable[[], None]) -> None:
        def once() -> int:
            task()
            return 0

        self._errands.append(self._fork("starting", once))

    def wait(self, seconds: float | None) -> bool:
        got: Any = signal.sigtimedwait(self._AWAITED, 3600 if seconds is None else seconds)
        self._errands = [errand for errand in self._errands if not errand.ended()]
        return got is not None and got.si_signo != signal.SIGCHLD

    def _fork(self, key: str, run: Callable[[], int], *, born: bool = False) -> Forked:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return Forked(pid)
        status = 1
        try:
            for number in self._AWAITED:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, self._AWAITED)
            end_with_parent()
            take_title(key)
            if born:
                pulse.born(settings.CUSPIDE_HOME, key)
            status = run()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        except BaseException:
            logger.exception("part %s failed", key)
        finally:
            # Without what the supervisor would do at its own end.
            try:
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(status)


class Started:
    """A child that is a program of its own."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, env=os.environ | {PARENT: str(os.getpid())})
        self.pid = self._process.pid

    def ended(self) -> bool:
        return self._process.poll() is not None

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


class StartingNursery:
    """Children as programs started anew."""

    _LOOK_S = 0.2

    def __init__(self, options: Options) -> None:
        self.options = options
        self._stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._stop.set())

    def start(self, part: Part) -> Started:
        words = [f"--{name.replace('_', '-')}={value}" for name, value in vars(self.options).items()]
        return Started([sys.executable, "-m", "cuspide", "serve", "--part", part.key, *words])

    def beside(self, task: Callable[[], None]) -> None:
        threading.Thread(target=task, daemon=True).start()

    def wait(self, seconds: float | None) -> bool:
        # Nothing tells us of a child's end: it is looked for.
        return self._stop.wait(min(self._LOOK_S, self._LOOK_S if seconds is None else seconds))


class Child:
    """A part kept alive: started again at once when it died, or ever later while it dies as it starts."""

    # What lived so long had started: its death is an accident, and nobody should wait.
    STARTED_S = 1.0
    LONGEST_PAUSE_S = 5.0

    def __init__(self, part: Part, nursery: Nursery, now: Callable[[], float] = time.monotonic) -> None:
        self.part, self.nursery, self._now = part, nursery, now
        self.process: Process | None = None
        self.restarts = 0
        self._started = 0.0
        self._pause = 0.0
        self._again: float | None = None

    def start(self) -> None:
        self._started, self._again = self._now(), None
        self.process = self.nursery.start(self.part)

    def keep(self) -> bool:
        """Start it again when it is dead and its pause is over. True: it was."""
        if self.process is None or not self.process.ended():
            return False
        if self._again is None:
            lived = self._now() - self._started
            short = lived < self.STARTED_S
            self._pause = min(self.LONGEST_PAUSE_S, max(0.5, self._pause * 2)) if short else 0.0
            self._again = self._now() + self._pause
            logger.warning("part %s ended and is started again in %.1f s", self.part.key, self._pause)
        if self._now() < self._again:
            return False
        self.restarts += 1
        self.start()
        return True

    def due(self) -> float | None:
        """Seconds until it is to be started again; None while it lives."""
        return None if self._again is None else max(0.0, self._again - self._now())

    def end(self, until: float) -> None:
        """Ask it to end, wait for it, and kill it when the moment has come."""
        if self.process is None:
            return
        if not self.process.ended():
            self.process.terminate()
        while not self.process.ended():
            left = until - self._now()
            if left <= 0:
                logger.warning("part %s did not end in time and was killed", self.part.key)
                self.process.kill()
                until = self._now() + 5
            self.nursery.wait(max(0.01, min(0.1, left)))
