"""An acknowledged change is on the disk: seen in the system calls of the running program, by another program.

kill -9 cannot show it, because what was written and not yet brought to the disk outlives the process. `strace` lists
what the server asked of the system, in the order in which it happened.
"""

import random
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.parts import part_of, workers_of
from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice

CALLS = "fsync,fdatasync,pwrite64,pwritev,pwritev2,write,writev,sendto,sendmsg,read,recvfrom"
_CALL = re.compile(r"^(?P<thread>\d+) +(?:<\.\.\. )?(?P<name>\w+)(?:\(| resumed>)(?P<rest>.*)$")
_STARTED = re.compile(r"^\d+<(?P<file>[^>]*)>")
LOG = "store.sqlite3-wal"


@dataclass(frozen=True)
class Call:
    """A step of a call: `over` when it came back. Of one that was interrupted in the list there are two steps."""

    thread: str
    name: str
    file: str
    text: str
    over: bool

    @property
    def held(self) -> bool:
        return self.over and not re.search(r"= -1 ", self.text)


def calls(lines: list[str]) -> list[Call]:
    """The calls of a list that `strace -f -y` wrote, in their order."""
    found, waiting = [], {}
    for line in lines:
        match = _CALL.match(line)
        if match is None:
            continue
        thread, name, rest = match["thread"], match["name"], match["rest"]
        started = _STARTED.match(rest)
        if started is not None:
            over = "<unfinished ...>" not in rest
            call = Call(thread, name, started["file"], rest, over)
            if not over:
                waiting[thread] = call
            found.append(call)
        elif thread in waiting:
            begun = waiting.pop(thread)
            found.append(Call(thread, name, begun.file, rest, True))
    return found


def acknowledged_before_the_disk(seen: list[Call]) -> str:
    """What is wrong with the first answer to a form in a list of calls; "" when the log was on the disk before it."""
    asked = next((n for n, call in enumerate(seen) if "POST /" in call.text), None)
    if asked is None:
        return "no form was asked"
    answered = next((n for n in range(asked, len(seen)) if "HTTP/1.1 302" in seen[n].text), None)
    if answered is None:
        return "no form was answered"
    between = seen[asked:answered]
    written = [n for n, call in enumerate(between) if call.file.endswith(LOG) and "write" in call.name]
    if not written:
        return "nothing was written to the log"
    syncs = [n for n, call in enumerate(between) if call.file.endswith(LOG) and "sync" in call.name and call.held]
    if not syncs or max(syncs) < max(written):
        return "answered before the log was on the disk"
    return ""


def test_a_saved_form_is_on_the_disk_before_it_is_said_to_be_saved(
    own_practice: LivePractice, chance: random.Random, tmp_path: Path
) -> None:
    seen = _calls_of_one_form(own_practice, chance, tmp_path / "calls")
    assert acknowledged_before_the_disk(seen) == ""
    # The proof sees what it is for: a sync that is not there, that failed, or that came after the answer.
    without = [call for call in seen if "sync" not in call.name]
    assert "before" in acknowledged_before_the_disk(without)
    failed = [
        Call(call.thread, call.name, call.file, ") = -1 EIO (Input/output error)", call.over)
        if "sync" in call.name
        else call
        for call in seen
    ]
    assert "before" in acknowledged_before_the_disk(failed)
    late = [*without, *(call for call in seen if "sync" in call.name)]
    assert "before" in acknowledged_before_the_disk(late)


def _calls_of_one_form(practice: LivePractice, chance: random.Random, listed: Path) -> list[Call]:
    """Serve the practice under strace, send the form of a new patient, and list what the workers did meanwhile."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        pytest.skip("no strace on this machine")
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"strace may not watch a program here: {tried.stderr.strip()[:200]}")
    # -D: the service stays our own child, the watcher is a stranger to it.
    practice.under = ("strace", "-D", "-f", "-qq", "-y", "-s", "48", "-e", f"trace={CALLS}", "-o", str(listed))
    with practice:
        session = signed_in(practice)
        session.get("/patients/new/")
        part_of(practice, "web worker")
        before = len(listed.read_text(errors="replace").splitlines())
        assert record_of(NewPatient(invented_name(chance)).send(session)) is not None
        threads = {str(thread.id) for worker in workers_of(practice) for thread in worker.threads()}
        lines: list[str] = []
        limit = time.monotonic() + 20
        while not any("HTTP/1.1 302" in line for line in lines) and time.monotonic() < limit:
            time.sleep(0.05)
            lines = listed.read_text(errors="replace").splitlines()[before:]
    return [call for call in calls(lines) if call.thread in threads]
