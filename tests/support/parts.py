"""The processes of a running practice, found by the names under which they are listed."""

import time

import psutil

from tests.support.server import LivePractice


def part_of(practice: LivePractice, key: str, *, but: psutil.Process | None = None) -> psutil.Process:
    """The living process of a part; one that is being started again is waited for. `but`: another one than that. Of the
    web workers the first, or the one of a number (`web worker-2`)."""
    assert practice.process is not None
    wanted = f"cuspide: {key}"
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        for one in below(psutil.Process(practice.process.pid)):
            if wanted in {title := title_of(one), title.split("-")[0]} and one != but:
                return one
        time.sleep(0.01)
    raise AssertionError(f"the {key} program was not started again")


def workers_of(practice: LivePractice) -> list[psutil.Process]:
    """The living processes that answer pages."""
    assert practice.process is not None
    family = below(psutil.Process(practice.process.pid))
    return [one for one in family if title_of(one).startswith("cuspide: web worker-")]


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
