"""What each part says of itself while it lives: a small file in the practice's folder.

In files and not in the store, because it is asked above all when the store does not answer, and because each machine
of a group tells of its own parts. A file that cannot be written (full or read-only disk) leaves the part without a
fresh sign of life: that is said, and nothing fails of it.
"""

import contextlib
import datetime as dt
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from cuspide.core import clock
from cuspide.core.home import Home
from cuspide.core.occupied import only_one

BEAT_S = 5.0
# Three beats missed and a slow disk.
FRESH_S = 20.0
SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Pulse:
    """What a part said last. `restarts`: how often it came back since the service was started; `age_s`: seconds since
    its last sign of life, below 0 when the clock was set back meanwhile; `waits_for`: a port that another has;
    `since_boot`: `since` by the count of seconds that nobody sets."""

    key: str
    pid: int
    since: dt.datetime
    restarts: int
    age_s: float
    address: str = ""
    waits_for: int = 0
    since_boot: float | None = None

    @property
    def fresh(self) -> bool:
        return abs(self.age_s) <= FRESH_S

    @property
    def clock_moved(self) -> dt.timedelta:
        """By how much the machine's clock was set on, or (below 0) back, since the part was born; 0 where that cannot
        be known, and where it is what time servers correct."""
        boot = clock.since_boot()
        if boot is None or self.since_boot is None:
            return dt.timedelta()
        moved = clock.now() - self.since - dt.timedelta(seconds=boot - self.since_boot)
        return moved if abs(moved) > clock.SLACK else dt.timedelta()


def folder(home: Home) -> Path:
    return home.folder / "service"


def alone(home: Home) -> bool:
    """Be the only service on this folder until this program ends. False: another one is, and its signs of life stay."""
    return only_one(folder(home))


def begin(home: Home) -> None:
    """Forget what parts of an earlier service said."""
    _forget(home)


def end(home: Home) -> None:
    """The service ended as it was asked to: nothing stands for it any more."""
    _forget(home)


def _forget(home: Home) -> None:
    # The folder stays: who holds it keeps a second service away.
    for ending in ("json", "half"):
        for path in folder(home).glob(f"*.{ending}"):
            with contextlib.suppress(OSError):
                path.unlink()


def born(home: Home, key: str, address: str = "") -> None:
    """Say that this process is a part that begins to live."""
    before = _read(home, key)
    restarts = before.restarts + 1 if before is not None else 0
    _write(home, Pulse(key, os.getpid(), clock.now(), restarts, 0.0, address, since_boot=clock.since_boot()))


def clock_moved(home: Home) -> dt.timedelta:
    """By how much the clock was set on or back since the service of this machine was started."""
    first = _read(home, SUPERVISOR)
    return dt.timedelta() if first is None else first.clock_moved


def wait_for_port(home: Home, key: str, port: int) -> None:
    """Say that a part that was born can't listen because another program has its port; 0: it listens now."""
    before = _read(home, key)
    if before is not None and before.waits_for != port:
        _write(home, replace(before, waits_for=port))


def _write(home: Home, one: Pulse) -> None:
    said = {
        "pid": one.pid,
        "since": one.since.isoformat(),
        "restarts": one.restarts,
        "address": one.address,
        "waits_for": one.waits_for,
        "since_boot": one.since_boot,
    }
    half = folder(home) / f"{one.key}.half"
    try:
        folder(home).mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(said, stream)
        half.replace(_file(home, one.key))
    except OSError:
        pass


def beat(home: Home, key: str) -> None:
    """A sign of life of a part that was born."""
    now = clock.now().timestamp()
    try:
        os.utime(_file(home, key), (now, now))
    except FileNotFoundError:  # somebody tidied up
        born(home, key)
    except OSError:
        pass


def heard(home: Home) -> list[Pulse]:
    """What the parts of this machine's service said last, in the order of their names; empty when none runs."""
    try:
        keys = sorted(path.stem for path in folder(home).glob("*.json"))
    except OSError:
        return []
    return [found for key in keys if (found := _read(home, key)) is not None]


def is_fresh(home: Home, key: str) -> bool:
    """Whether a part gave a sign of life within the last seconds."""
    found = _read(home, key)
    return found is not None and found.fresh


def _file(home: Home, key: str) -> Path:
    return folder(home) / f"{key}.json"


def _read(home: Home, key: str) -> Pulse | None:
    path = _file(home, key)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Pulse(
            key=key,
            pid=int(said["pid"]),
            since=dt.datetime.fromisoformat(said["since"]),
            restarts=int(said["restarts"]),
            age_s=clock.now().timestamp() - path.stat().st_mtime,
            address=str(said["address"]),
            waits_for=int(said.get("waits_for", 0)),
            since_boot=None if (counted := said.get("since_boot")) is None else float(counted),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
