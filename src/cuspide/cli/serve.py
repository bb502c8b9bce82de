"""`cuspide serve`: the web server and the background work, kept alive together.

The supervisor proves the store, then starts two programs of its own: granian with the pages, and the background
(sealing of the trace, jobs, outbox). One that dies is started again; when the supervisor goes, they go.
"""

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.db.errors import StoreError
from cuspide.core.orphans import PARENT, become_parent, end_with_parent

_PATIENCE_S = 8.0
# What lived so long had started: its death is an accident, and nobody should wait.
_STARTED_S = 3.0
_LONGEST_PAUSE_S = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="web processes")
    parser.add_argument("--threads", type=int, default=4, help="threads of each web process")
    parser.add_argument("--part", choices=["web", "background"], help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    if arguments.part == "web":
        return _web(arguments)
    start_django()
    if arguments.part == "background":
        from cuspide.core import background

        return background.run()
    return _supervise(arguments)


def _web(arguments: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    end_with_parent()
    become_parent()
    Granian(
        "cuspide.config.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=arguments.threads,
        blocking_threads_idle_timeout=600,
        backlog=1024,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()
    return 0


def _supervise(arguments: argparse.Namespace) -> int:
    from django.db import connection

    from cuspide.core import keystore, store

    home = keystore.practice_home()
    state = store.prove(home)
    connection.close()
    if state.pending:
        raise StoreError(
            _(
                "The store is older than the program. Make a copy of the folder %(path)s, then run “cuspide manage "
                "migrate”. Nothing was changed."
            )
            % {"path": home.folder}
        )
    _refuse_taken(arguments.host, arguments.port)
    web, background = (Child(part, _command(arguments, part)) for part in ("web", "background"))
    stop, answering = threading.Event(), threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        answering.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    web.start()
    threading.Thread(target=_announce, args=(arguments, stop, answering), daemon=True).start()
    # People wait for the first page, nobody for the background: it starts when they no longer do.
    answering.wait(_PATIENCE_S)
    if not stop.is_set():
        background.start()
    while not stop.wait(0.2):
        web.keep()
        background.keep()
    web.end()
    background.end()
    return 0


def _command(arguments: argparse.Namespace, part: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "cuspide",
        "serve",
        "--part",
        part,
        "--host",
        arguments.host,
        "--port",
        str(arguments.port),
        "--workers",
        str(arguments.workers),
        "--threads",
        str(arguments.threads),
    ]


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StoreError(
                _("Another program listens on %(host)s:%(port)d. Stop it, or choose another port with --port.")
                % {"host": host, "port": port}
            ) from error


def _announce(arguments: argparse.Namespace, stop: threading.Event, answering: threading.Event) -> None:
    """Say where the practice is once it answers."""
    while not stop.wait(0.1):
        # The port is open before the pages are: a page is asked for, not a connection.
        link = http.client.HTTPConnection(arguments.host, arguments.port, timeout=30)
        try:
            link.request("HEAD", "/", headers={"Host": "localhost"})
            link.getresponse()
        except (OSError, http.client.HTTPException):
            continue
        finally:
            link.close()
        answering.set()
        name = "localhost" if arguments.host == "127.0.0.1" else arguments.host
        print(_("Cuspide is served at http://%(host)s:%(port)d") % {"host": name, "port": arguments.port}, flush=True)
        return


class Child:
    """One program of the service, started again when it dies: at once, or ever later while it dies as it starts."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 0.0
        self._again: float | None = None

    def start(self) -> None:
        self._started = time.monotonic()
        self._again = None
        self.process = subprocess.Popen(
            self.command, env=os.environ | {PARENT: str(os.getpid())}, start_new_session=False
        )

    def keep(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if self._again is None:
            lived = now - self._started
            self._pause = 0.0 if lived > _STARTED_S else min(_LONGEST_PAUSE_S, max(0.5, self._pause * 2))
            self._again = now + self._pause
        if now >= self._again:
            self.start()

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
