"""The server dies in the middle of the work: what it had acknowledged is there, and nothing is half there."""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable

import psutil
import pytest

from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice, ask, cuspide
from tests.support.web import WebSession

pytestmark = pytest.mark.timeout(3000)
WRITERS = 4

FOUND = """
import uuid
from cuspide.audit.models import Entry
from cuspide.patients.models import Patient
wanted = {uuid.UUID(word) for word in json.loads(sys.argv[1])}
kept = set(Patient.objects.filter(uuid__in=wanted).values_list("uuid", flat=True))
creations = Entry.objects.filter(action="patients.create")
told = set(creations.filter(patient_uuid__in=wanted).values_list("patient_uuid", flat=True))
numbers = list(Patient.objects.order_by("number").values_list("number", flat=True))
untold = Patient.objects.exclude(uuid__in=creations.values("patient_uuid"))
answer = {
    "lost": [str(one) for one in wanted - kept],
    "without trace": [str(one) for one in wanted - told],
    "numbers twice": len(numbers) - len(set(numbers)),
    "last made": [str(one) for one in untold.filter(pk__gt=int(sys.argv[2])).values_list("uuid", flat=True)],
}
"""
LAST = (
    "from cuspide.patients.models import Patient; answer = max(Patient.objects.values_list('pk', flat=True), default=0)"
)
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


def write_until_it_dies(practice: LivePractice, session: WebSession, chance: random.Random, kept: list[str]) -> None:
    """Create patients one after another; note each that was acknowledged."""
    while True:
        form = NewPatient(invented_name(chance))
        try:
            answer = form.send(session)
        except (OSError, http.client.HTTPException):
            return
        made = record_of(answer)
        assert made, f"a patient was answered {answer.status}: {answer.text[:300]}"
        kept.append(made)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    own_practice: LivePractice,
    chance: random.Random,
    long_run: bool,
    note_figure: Callable[..., None],
) -> None:
    kills = 100 if long_run else 3
    before = ask(own_practice.folder, LAST)
    own_practice.start()
    sessions = [signed_in(own_practice) for _ in range(WRITERS)]
    for session in sessions:
        session.get("/patients/new/")
    kept: list[str] = []
    for _ in range(kills):
        already = len(kept)
        writers = [
            threading.Thread(
                target=write_until_it_dies, args=(own_practice, session, random.Random(chance.random()), kept)
            )
            for session in sessions
        ]
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(0.3, 1.5))
        own_practice.kill()
        for writer in writers:
            writer.join(30)
        assert len(kept) > already, "nothing was written before the kill"
        # A session outlives the kill: nobody signs in again.
        own_practice.start()
        for session in sessions:
            session.close()
    assert sessions[0].get("/patients/").status == 200
    own_practice.stop()
    found = ask(own_practice.folder, FOUND, json.dumps(kept), str(before))
    assert found == {"lost": [], "without trace": [], "numbers twice": 0, "last made": []}
    assert ask(own_practice.folder, PAGES) == [[["ok"]], [], []]
    verified = cuspide("audit", "verify", home=own_practice.folder)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    note_figure("kills under load", kills=kills, acknowledged=len(kept), lost=0, writers=WRITERS)


def test_when_the_supervisor_alone_is_killed_its_programs_end_too(own_practice: LivePractice) -> None:
    """Otherwise an old server would go on writing beside the new one, or hold its port."""
    own_practice.start()
    assert own_practice.process is not None
    family = psutil.Process(own_practice.process.pid).children(recursive=True)
    assert len(family) >= 2
    os.kill(own_practice.process.pid, signal.SIGKILL)
    _gone, alive = psutil.wait_procs(family, timeout=10)
    assert not alive, [process.cmdline() for process in alive]
    own_practice.process.wait()
    own_practice.start()


@pytest.mark.parametrize("part", ["web", "background"])
def test_a_program_that_dies_is_started_again(own_practice: LivePractice, part: str) -> None:
    own_practice.start()
    assert own_practice.process is not None
    supervisor = psutil.Process(own_practice.process.pid)

    def found() -> psutil.Process | None:
        alive = [child for child in supervisor.children() if child.status() != psutil.STATUS_ZOMBIE]
        return next((child for child in alive if part in child.cmdline()), None)

    victim = found()
    assert victim is not None
    for process in [*victim.children(recursive=True), victim]:
        process.kill()
    for _ in range(100):
        time.sleep(0.1)
        again = found()
        if again is not None and again.pid != victim.pid:
            break
    else:
        pytest.fail(f"the {part} program was not started again")
    for _ in range(100):
        try:
            assert WebSession(own_practice.port).get("/account/sign-in/").status == 200
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the practice does not answer any more")
