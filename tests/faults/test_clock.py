"""The machine's clock runs two days ahead, then one behind, then right, under the service as a practice runs it.

libfaketime stands between the service and the system's clock, and is told anew what to say while everything runs.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice, ask, clean_environment, cuspide
from tests.support.web import WebSession, totp

pytestmark = pytest.mark.timeout(900)

DAY_S = 86_400
COUNT = """
from cuspide.audit.models import Entry
from cuspide.patients.models import Patient
answer = [Patient.objects.count(), Entry.objects.filter(action="patients.create").count()]
"""
# The demo's people have their roles since today.
LONG_THERE = """
import datetime as dt
from cuspide.accounts.models import Membership
from cuspide.core import clock
answer = Membership.objects.update(starts_on=clock.today() - dt.timedelta(days=30))
"""
# A message that cannot leave (the demo has no mail server), and work that comes round each day.
MESSAGE = """
import django
django.setup()
from cuspide.core.work import outbox
outbox.put("mail", "clock-test", {"to": ["a@cabinet.example"], "subject": "a", "body": "a"})
"""
WORK = """
from cuspide.core import clock
from cuspide.core.models import Job, OutboxMessage
from cuspide.core.work import jobs
message = OutboxMessage.objects.filter(key="clock-test").first()
slots = [int(key.rpartition(":")[2]) for key in Job.objects.exclude(key=None).values_list("key", flat=True)]
answer = {
    "tries": message and message.attempts,
    "days_done_ahead": sum(slot > entry.slot(clock.now()) for entry in jobs.schedule for slot in slots),
}
"""


@dataclass
class WrongClock:
    """The clock that the service sees, seconds beside the right one."""

    place: Path
    ahead_s: int = 0

    def set(self, ahead_s: int) -> None:
        self.ahead_s = ahead_s
        half = self.place.with_suffix(".half")
        half.write_text(f"{ahead_s:+d}\n")
        half.replace(self.place)

    @property
    def environment(self) -> dict[str, str]:
        library = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
        if library is None:
            pytest.skip("libfaketime is not on this machine")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.place),
            "FAKETIME_NO_CACHE": "1",
            # As a machine whose clock is set: what counts seconds goes on, and files keep what the disk says.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


@pytest.fixture
def wrong_clock(tmp_path: Path) -> WrongClock:
    made = WrongClock(tmp_path / "clock")
    made.set(0)
    return made


@pytest.fixture
def practice(own_practice: LivePractice, wrong_clock: WrongClock) -> Iterator[LivePractice]:
    own_practice.under = ("env", *(f"{name}={value}" for name, value in wrong_clock.environment.items()))
    assert ask(own_practice.folder, LONG_THERE)
    with own_practice:
        yield own_practice


def until(happened: Callable[[], object], what: str) -> None:
    limit = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < limit, what
        time.sleep(0.1)


def well(practice: LivePractice) -> bool:
    return WebSession(practice.port).get("/healthz").status == 200


def saves(session: WebSession, chance: random.Random) -> None:
    session.get("/patients/new/")
    answer = NewPatient(invented_name(chance)).send(session)
    assert record_of(answer), (answer.status, answer.location, answer.text[-1500:])


def shown(session: WebSession) -> str:
    """Where the first page leads: "" when it is shown."""
    return session.get("/").location


def owner_by_code(practice: LivePractice, ahead_s: int) -> tuple[WebSession, str]:
    """The owner signs in with the code of a phone whose clock is so far ahead; what the page of the code said."""
    owner = practice.accounts["owner"]
    session = WebSession(practice.port)
    session.get("/account/sign-in/")
    page = session.post("/account/sign-in/", {"login": owner.email, "password": owner.password}).location
    answer = session.post(page, {"code": totp(owner.totp_secret, time.time() + ahead_s)})
    return session, answer.text


def beside(practice: LivePractice, wrong_clock: WrongClock, *words: str) -> str:
    """What a program says that has the same wrong clock as the service."""
    home = {"CUSPIDE_HOME": str(practice.folder), "DJANGO_SETTINGS_MODULE": "cuspide.config.settings"}
    done = subprocess.run(
        [sys.executable, *words],
        env=clean_environment() | home | wrong_clock.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.replace("\u00a0", " ")


def test_the_clock_jumps_and_all_is_well_when_it_is_right_again(
    practice: LivePractice, wrong_clock: WrongClock, chance: random.Random
) -> None:
    before = ask(practice.folder, COUNT)
    session = signed_in(practice)
    saves(session, chance)
    owner, _said = owner_by_code(practice, 0)
    assert "Horloge" not in owner.get("/service").text

    wrong_clock.set(2 * DAY_S)
    until(lambda: well(practice), "two days ahead, the service does not find its feet")
    assert shown(session) == "/account/sign-in/", "a session of two days ago is good"
    session = signed_in(practice)
    saves(session, chance)
    _refused, said = owner_by_code(practice, 0)
    assert "horloge du serveur" in said, "a code of a right phone is refused without a word of why"
    owner, _said = owner_by_code(practice, 2 * DAY_S)
    assert "avancée de 2 j" in owner.get("/service").text.replace("\u00a0", " ")
    assert "L’horloge du serveur a changé" in owner.get("/status").text
    assert "L’horloge" not in session.get("/status").text, "who cannot set it is told of it"
    assert "avancée de 2 j" in beside(practice, wrong_clock, "-m", "cuspide", "check")
    beside(practice, wrong_clock, "-c", MESSAGE)
    until(lambda: ask(practice.folder, WORK)["tries"] == 1, "the message was not tried")
    assert ask(practice.folder, WORK)["days_done_ahead"]

    wrong_clock.set(-DAY_S)
    until(lambda: well(practice), "a day behind, the service does not find its feet")
    assert shown(session) == "", "whoever is there is shut out"
    saves(session, chance)
    assert "retardée de 1 j" in owner.get("/service").text.replace("\u00a0", " ")
    # To the right clock of this command an entry of yesterday's that waits for its seal has waited too long.
    until(
        lambda: cuspide("audit", "verify", home=practice.folder).returncode == 0, "the trace is not sealed, or broken"
    )

    wrong_clock.set(0)
    until(lambda: well(practice), "the clock is right and the service is not")
    assert shown(session) == "/account/sign-in/", "a session of the clock that ran ahead outlives its twelve hours"
    session = signed_in(practice)
    saves(session, chance)
    until(lambda: not ask(practice.folder, WORK)["days_done_ahead"], "a day to come will not have its daily work")
    until(lambda: ask(practice.folder, WORK)["tries"] > 1, "the message waits for a day that is still to come")
    owner, _said = owner_by_code(practice, 30)
    assert shown(owner) == "", "the code of a wrong clock keeps out whoever has the right one"
    assert "Horloge" not in owner.get("/service").text, "a clock that is right again is called wrong"
    assert practice.stop() == 0
    after = ask(practice.folder, COUNT)
    assert [now - then for now, then in zip(after, before, strict=True)] == [4, 4]
    assert cuspide("audit", "verify", home=practice.folder).returncode == 0
    assert cuspide("check", home=practice.folder).returncode == 0
    assert "Traceback" not in practice.said()
