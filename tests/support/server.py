"""The real program, started as a practice starts it: `cuspide demo` makes a folder, `cuspide serve` serves it.

Used by browser tests, faults and the benches. Nothing here imports Django: the program runs in processes of its own.
"""

import fcntl
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import nursery

ROOT = Path(__file__).parents[2]
START_LIMIT_S = 300.0
_CHANCE = random.SystemRandom()


class ServerError(Exception):
    """The program did not start; the text is what it said."""


@dataclass(frozen=True)
class Account:
    """Somebody of the demo practice."""

    role: str
    name: str
    email: str
    password: str
    totp_secret: str = ""


def clean_environment() -> dict[str, str]:
    """The environment without what this test run was told of its own home."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CUSPIDE_", "DJANGO_", "PYTEST"))}
    # Compiled once for all programs that are started: without it each spends more on that than on all else.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".cache" / "pycache"))
    return env | {"LC_ALL": "fr_FR.UTF-8", "PYTHONIOENCODING": "utf-8"}


def cuspide(
    *words: str | Path, home: Path | None = None, given: str = "", timeout: float = 900
) -> subprocess.CompletedProcess[str]:
    """Run the command `cuspide` to its end; `given` is what is typed."""
    verb, *rest = map(str, words)
    command = [verb, *(["--home", str(home)] if home else []), *rest]
    return nursery.run(command, env=clean_environment(), given=given, timeout=timeout)


def python(
    code: str, *words: str | Path, home: Path | None = None, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run Python to its end, with Django's settings those of a practice where a home is given."""
    settings = {"CUSPIDE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "cuspide.config.settings"} if home else {}
    return nursery.run(list(map(str, words)), env=clean_environment() | settings, code=code, given=given, timeout=900)


def make_demo(folder: Path, *, patients: int, years: int = 1, seed: int = 1, url: str = "") -> None:
    """Make a demo practice in a folder that does not exist yet."""
    words = ["--patients", str(patients), "--years", str(years), "--seed", str(seed)]
    words += ["--store", url] if url else []
    done = cuspide("demo", "--no-serve", *words, home=folder, timeout=3600)
    if done.returncode != 0:
        raise ServerError(f"cuspide demo: {done.stdout[-1500:]}\n{done.stderr[-3000:]}")


def ask(home: Path, code: str, *words: str) -> Any:
    """Run Python inside a practice, beside its server: what the code calls `answer` comes back (through JSON)."""
    opening, closing = "import json, sys, django; django.setup()", "print('\\n' + json.dumps(answer, default=str))"
    script = f"{opening}\n{textwrap.dedent(code)}\n{closing}"
    done = python(script, *words, home=home)
    if done.returncode != 0:
        raise ServerError(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def seal(home: Path) -> None:
    """Seal the trace where nobody serves the practice: what waits for longer than a minute is no whole trace."""
    ask(home, "from cuspide.audit import sealer\nsealer.seal_all()\nanswer = True")


# What only shows data leaves a practice that was made before as it is.
_ONLY_SHOWN = {"views", "views.py", "forms", "forms.py", "urls.py", "templating.py", "selectors", "selectors.py"}


def _digest_of_sources() -> str:
    total = hashlib.sha256(time.strftime("%Y-%m-%d").encode())  # a demo practice lives around its own today
    for path in sorted((ROOT / "src").rglob("*.py")):
        if not _ONLY_SHOWN.intersection(path.parts) and path.name not in _ONLY_SHOWN:
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def kept_demo(patients: int, years: int = 1) -> Path:
    """A small demo practice on SQLite, made once for these sources and this day. Copy it; never serve it itself."""
    place = ROOT / ".cache" / "test" / "practices"
    place.mkdir(parents=True, exist_ok=True)
    wanted = place / f"{_digest_of_sources()}-{patients}-{years}"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            for old in sorted(place.glob("*-*-*"), key=lambda path: path.stat().st_mtime)[:-3]:
                shutil.rmtree(old, ignore_errors=True)
            make_demo(wanted, patients=patients, years=years)
    return wanted


def free_port() -> int:
    """A port that is free, and the next one too: live updates have that one. Not of those that the system gives to
    outgoing connections: one of a thousand open ones would soon have it."""
    while True:
        port = _CHANCE.randrange(10_000, 30_000)
        with socket.socket() as probe, socket.socket() as beside:
            try:
                probe.bind(("127.0.0.1", port))
                beside.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@dataclass
class LivePractice:
    """A practice's folder and the program that serves it."""

    folder: Path
    port: int = field(default_factory=free_port)
    threads: int = 4
    workers: int | None = None
    """Web processes, where it is not left to the program."""
    under: tuple[str, ...] = ()
    """A program that watches the service and starts it."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder.with_name(self.folder.name + ".log")

    @property
    def accounts(self) -> dict[str, Account]:
        """The people of the practice by role; of two dentists the first."""
        rows = json.loads((self.folder / "demo-accounts.json").read_text(encoding="utf-8"))
        people: dict[str, Account] = {}
        for row in rows:
            people.setdefault(row["role"], Account(**{name: row[name] or "" for name in Account.__dataclass_fields__}))
        return people

    def start(self) -> float:
        """Serve, and wait for the sign-in page. Returns the seconds it took; ServerError with what was said."""
        started = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.under, sys.executable, "-m", "cuspide", "serve", "--home", str(self.folder), *self._options()],
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while time.perf_counter() - started < START_LIMIT_S:
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url + "/", timeout=5).close()
                return time.perf_counter() - started
            except urllib.error.HTTPError:
                return time.perf_counter() - started
            except OSError:
                time.sleep(0.02)
        self.kill()
        raise ServerError(self.said())

    def _options(self) -> list[str]:
        asked = ["--port", str(self.port), "--threads", str(self.threads)]
        return asked if self.workers is None else [*asked, "--workers", str(self.workers)]

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:] if self.log.exists() else ""

    def kill(self) -> None:
        """kill -9 of every process of the service at once, as when the power goes."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        """Ask it to end, as the system does; the exit status. What does not end in 60 s is killed."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        self.kill()
        return status

    def __enter__(self) -> "LivePractice":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def copied_practice(patients: int = 60, years: int = 1) -> Iterator[LivePractice]:
    """A fresh copy of the small demo practice, not yet started; stopped and removed at the end."""
    source = kept_demo(patients, years)
    place = Path(tempfile.mkdtemp(prefix="cuspide-live-"))
    practice = LivePractice(place / "practice")
    try:
        shutil.copytree(source, practice.folder)
        yield practice
    finally:
        practice.kill()
        shutil.rmtree(place, ignore_errors=True)
