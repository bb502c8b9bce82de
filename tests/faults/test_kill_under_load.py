"""The server dies in the middle of the work: what it had acknowledged is there, and nothing is half there."""

import os
import random
import signal
import time
from collections.abc import Callable

import psutil
import pytest

from tests.faults.kills import UnderLoad
from tests.support.parts import part_of, title_of, wait_for_the_end
from tests.support.server import LivePractice, ask, cuspide
from tests.support.web import WebSession

pytestmark = pytest.mark.timeout(3000)
PAGES = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")
    whole = cursor.fetchall()
    cursor.execute("PRAGMA cipher_integrity_check")
    sealed = cursor.fetchall()
    cursor.execute("PRAGMA foreign_key_check")
    pointing = cursor.fetchall()
answer = [whole, sealed, pointing]
"""


def test_nothing_acknowledged_is_lost_whatever_is_killed(
    own_practice: LivePractice, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    practice = UnderLoad(own_practice, chance)
    practice.run(400 if long_run else 20)
    assert ask(own_practice.folder, PAGES) == [[["ok"]], [], []]
    for words in (("audit", "verify"), ("check",)):
        said = cuspide(*words, home=own_practice.folder)
        assert said.returncode == 0, said.stdout + said.stderr
    note_figure("kills under load", store="sqlite", **practice.figures())


def test_when_the_supervisor_alone_is_killed_its_programs_end_too(own_practice: LivePractice) -> None:
    """Otherwise an old server would go on writing beside the new one, or hold its port."""
    own_practice.start()
    assert own_practice.process is not None
    family = psutil.Process(own_practice.process.pid).children(recursive=True)
    assert len(family) >= 2
    os.kill(own_practice.process.pid, signal.SIGKILL)
    alive = wait_for_the_end(family)
    assert not alive, [title_of(process) for process in alive]
    own_practice.process.wait()
    own_practice.start()


@pytest.mark.parametrize("part", ["web", "web worker-1", "background"])
def test_a_program_that_dies_is_started_again(own_practice: LivePractice, part: str) -> None:
    with own_practice as practice:
        victim = part_of(practice, part)
        victim.kill()
        assert part_of(practice, part, but=victim).pid != victim.pid
        for _ in range(100):
            try:
                assert WebSession(practice.port).get("/account/sign-in/").status == 200
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail("the practice does not answer any more")
