"""Programs that are forked from one that has loaded Django and its kin, instead of loading them each time.

Loading costs each `cuspide …` more than what it then does, and the tests of faults start hundreds. The process of this
file loads what others made (PRELOADED) and nothing of Cuspide: settings, key and store are found by the child, in the
environment that it is given. What serves (`LivePractice`) and what is measured or killed is started for itself.

    python -m tests.support.nursery SOCKET     one request a connection: a line of JSON and three file descriptors;
                                               the answer is the child's exit status (minus the signal that ended it)
"""

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import random
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
# Models of other packages cannot be loaded before the settings are known; these can.
PRELOADED = [
    "argon2", "asyncio", "cryptography.hazmat.primitives.serialization", "cryptography.x509", "csp.middleware",
    "django.contrib.messages.api", "django.core.cache", "django.core.mail", "django.core.management.base",
    "django.core.management.commands.migrate", "django.core.servers.basehttp", "django.core.validators",
    "django.db.backends.postgresql.base", "django.db.migrations.executor", "django.db.models", "django.forms",
    "django.http", "django.middleware.csrf", "django.shortcuts", "django.template.defaultfilters",
    "django.template.loader", "django.urls", "django.views.generic", "django_tasks.base", "email.message",
    "fido2.server", "fido2.webauthn", "h11", "html.parser", "http.client", "jinja2.ext", "keyring", "logging.config",
    "psycopg", "psycopg_pool", "pyrage", "segno", "setproctitle", "sqlcipher3", "sqlparse", "stdnum.fr", "typst",
    "urllib.request", "uuid_utils", "whitenoise.middleware",
]  # fmt: skip

_nursery: "Nursery | None" = None


def run(
    words: list[str], *, env: dict[str, str], code: str = "", timeout: float, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """`python -m cuspide WORDS`, or `python -c CODE WORDS`, to its end. TimeoutExpired when it takes too long."""
    global _nursery
    if _nursery is None or _nursery.owner != os.getpid():
        _nursery = Nursery(env)
    return _nursery.run(words, env=env, code=code, timeout=timeout, given=given)


class Nursery:
    """The process that forks, as long as this one lives."""

    def __init__(self, env: dict[str, str]) -> None:
        self.owner = os.getpid()
        self._place = tempfile.TemporaryDirectory(prefix="cuspide-nursery-")
        self._address = f"{self._place.name}/socket"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery", self._address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=env,  # where compiled files are kept is settled when Python starts
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("what forks the programs of the tests did not start")
        atexit.register(self._end)

    def _end(self) -> None:
        if os.getpid() == self.owner:
            self._process.kill()
            self._process.wait()
            self._place.cleanup()

    def run(
        self, words: list[str], *, env: dict[str, str], code: str, timeout: float, given: str
    ) -> subprocess.CompletedProcess[str]:
        asked = json.dumps({"words": words, "env": env, "code": code, "cwd": os.getcwd()}).encode() + b"\n"
        with contextlib.ExitStack() as files:
            streams: list[IO[bytes]] = [files.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            streams[0].write(given.encode())
            streams[0].seek(0)
            link = files.enter_context(socket.socket(socket.AF_UNIX))
            link.connect(self._address)
            handed = array.array("i", [stream.fileno() for stream in streams])
            link.sendmsg([asked[:1]], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed)])
            link.sendall(asked[1:])
            link.settimeout(timeout)
            answers = link.makefile("rb")
            child = int(answers.readline())
            try:
                status = int(answers.readline())
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                raise subprocess.TimeoutExpired(words, timeout) from None
            said = []
            for stream in streams[1:]:
                stream.seek(0)
                said.append(stream.read().decode())
        return subprocess.CompletedProcess(words, status, said[0], said[1])


def main(address: str) -> None:
    """Fork a keeper for each request; it forks the program, waits for it and tells how it ended."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # what is shared stays so
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are waited for by nobody
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(32)
        print("ready", flush=True)
        while True:
            link, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _keep(link)
            link.close()


def _keep(link: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size = array.array("i").itemsize * 3
    first, handed, _flags, _from = link.recvmsg(1, socket.CMSG_SPACE(size))
    streams = array.array("i")
    streams.frombytes(handed[0][2])
    request = json.loads(first + link.makefile("rb").readline())
    child = os.fork()
    if child == 0:
        link.close()
        sys.exit(_become(request, list(streams)))  # as any program ends: what is open is closed
    link.sendall(b"%d\n" % child)
    _, ended = os.waitpid(child, 0)
    link.sendall(b"%d\n" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


def _become(request: dict[str, Any], streams: list[int]) -> int:
    """The program that was asked for; its exit status."""
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    random.seed()
    status = 1
    try:
        if request["code"]:
            sys.argv = ["-c", *request["words"]]
            exec(compile(request["code"], "<string>", "exec"), {"__name__": "__main__"})
        else:
            sys.argv = ["cuspide", *request["words"]]
            runpy.run_module("cuspide", run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    return status


if __name__ == "__main__":
    main(sys.argv[1])
