"""The processes of a running practice, found by the names under which they are listed."""

import time

import psutil

from tests.support.server import LivePractice


def part_of(practice: LivePractice, key: str, *, but: psutil.Process | None = None) -> psutil.Process:
    """The living process of a part; one that is being started again is waited for. `but`: another one than that."""
    assert practice.process is not None
    wanted = f"cuspide: {key}"
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        for one in below(psutil.Process(practice.process.pid)):
            if title_of(one).split("-")[0] == wanted and one != but:
                return one
        time.sleep(0.01)
    raise AssertionError(f"the {key} program was not started again")


def below(root: psutil.Process) -> list[psutil.Process]:
    """All that it started, and what these started."""
    try:
        return root.children(recursive=True)
    except psutil.Error:
        return []


def title_of(process: psutil.Process) -> str:
    """Its name; "" when it is gone, or ended and only not yet counted off by the system."""
    try:
        return "" if process.status() == psutil.STATUS_ZOMBIE else " ".join(process.cmdline()).strip()
    except psutil.Error:
        return ""


def wait_for_the_end(processes: list[psutil.Process], seconds: float = 60) -> list[psutil.Process]:
    """Wait until these have ended; those that have not. One that ended and that nobody has counted off has ended."""
    limit = time.monotonic() + seconds
    while alive := [one for one in processes if title_of(one)]:
        if time.monotonic() > limit:
            break
        time.sleep(0.01)
    return alive
