"""An earlier point brought beside the living practice, looked at, switched to, and back, by the real programs."""

import random
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.test_backup import FILE, PHRASE, ROWS, _with_phrase, done
from tests.faults.test_store_moved import KILLED
from tests.support.server import LivePractice, ask, clean_environment, cuspide, python

pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("restic") is None, reason="needs restic"),
]
WRITE = """
from cuspide.agenda.models import Appointment
from cuspide.patients.models import Patient
one = Patient.objects.order_by("pk").first()
one.pk = one.number = None
import uuid
from django.db.models import Max
one.uuid, one.number = uuid.uuid4(), Patient.objects.aggregate(n=Max("number"))["n"] + 1
one.birth_name = one.used_name = "PERDREAU"
one.save(force_insert=True)
answer = one.number
"""
NAMES = """
from cuspide.patients.models import Patient
answer = Patient.objects.filter(used_name="PERDREAU").count()
"""
PLACES = """
from cuspide.continuity.models import Destination
answer = sorted(Destination.objects.filter(ended_at=None).values_list("name", flat=True))
"""
WAITING = """
from cuspide.core.work import outbox
outbox.put("mail", "was-sent-since", {"to": ["a@example.org"]})
outbox.put("mail", "nobody-knows", {"to": ["a@example.org"]})
answer = 1
"""
SENT = """
from cuspide.core.models import OutboxMessage
from cuspide.core import clock
OutboxMessage.objects.filter(key="was-sent-since").update(state="sent", sent_at=clock.now())
OutboxMessage.objects.filter(key="nobody-knows").delete()
answer = 1
"""
MESSAGES = """
from cuspide.core.models import OutboxMessage
answer = dict(OutboxMessage.objects.filter(key__in=["was-sent-since", "nobody-knows"]).values_list("key", "state"))
"""


@pytest.fixture
def with_a_point(own_practice: LivePractice, tmp_path: Path) -> LivePractice:
    """A copy was made; since then a patient was entered and a second place added."""
    home = own_practice.folder
    ask(home, FILE)
    ask(home, WAITING)
    done("backup", "add", "Disque A", tmp_path / "A", home=home)
    done("backup", "run", home=home)
    ask(home, WRITE)
    ask(home, SENT)
    done("backup", "add", "Disque B", tmp_path / "B", home=home)
    return own_practice


def test_what_would_be_lost_is_told_by_name_and_the_switch_can_be_undone(with_a_point: LivePractice) -> None:
    home = with_a_point.folder
    living = ask(home, ROWS)
    said = done("point", "beside", "Disque A", home=home)
    assert re.search(r"\b1  Patients\n.*PERDREAU", said), said
    assert ask(home, NAMES) == 1, "nothing of the living practice has changed"

    switched = done("point", "switch", home=home)
    assert "switched-" in switched
    assert ask(home, NAMES) == 0
    assert ask(home, PLACES) == ["Disque A", "Disque B"], "a place that was added since keeps its copies"
    assert ask(home, MESSAGES) == {"was-sent-since": "sent", "nobody-knows": "uncertain"}, "nothing goes out twice"
    assert cuspide("audit", "verify", home=home).returncode == 0
    assert cuspide("backup", "run", home=home).returncode == 0
    (kept,) = (home / "copies").glob("switched-*.sqlite3")

    done("point", "back", home=home)
    assert not kept.exists()
    assert ask(home, NAMES) == 1
    back = ask(home, ROWS)
    assert {table for table in living if back[table] != living[table]} <= {"audit_entry", "audit_payload", "audit_head"}
    assert cuspide("audit", "verify", home=home).returncode == 0


def test_files_that_are_gone_or_cut_come_from_the_copy(with_a_point: LivePractice) -> None:
    home = with_a_point.folder
    files = list((home / "blobs").glob("*/*"))
    whole = {one: one.read_bytes() for one in files}
    files[0].unlink()
    done("point", "beside", "Disque A", home=home)
    assert not files[0].exists(), "the living practice is looked at only"
    done("point", "switch", home=home)
    assert {one: one.read_bytes() for one in files} == whole


def test_the_store_that_cannot_be_read_any_more_is_left_for_the_point(with_a_point: LivePractice) -> None:
    home = with_a_point.folder
    done("point", "beside", "Disque A", home=home)
    store = home / "store.sqlite3"
    store.write_bytes(random.Random(1).randbytes(store.stat().st_size))
    assert cuspide("check", home=home).returncode == 1
    done("point", "switch", home=home)
    assert ask(home, NAMES) == 0
    assert cuspide("audit", "verify", home=home).returncode == 0


def killed_at(practice: LivePractice, place: int, *words: str) -> int:
    ran = python(KILLED, practice.folder, str(place), *words, "--home", practice.folder)
    return ran.returncode


def test_killed_at_any_step_it_is_one_store_or_the_other(
    with_a_point: LivePractice, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    home = with_a_point.folder
    beside = home / "backup" / "beside"
    done("point", "beside", "Disque A", home=home)
    pristine = beside.with_name("pristine")
    shutil.copytree(beside, pristine)
    before, after, kills, place = 0, 0, 0, 1 if long_run else chance.randint(1, 3)
    while killed_at(with_a_point, place, "point", "switch") == -signal.SIGKILL:
        kills += 1
        decided = (home / "switching.json").exists()
        assert cuspide("audit", "verify", home=home).returncode == 0, f"place {place}"
        found = ask(home, NAMES)
        assert found in (0, 1)
        assert not decided or found == 0, "what was decided is done by whoever comes next"
        assert not (home / "switching.json").exists()
        assert len(list((home / "copies").glob("switched-*.sqlite3"))) == (1 if found == 0 else 0)
        before, after = before + found, after + (1 - found)
        if found == 0:
            done("point", "back", home=home)
            assert ask(home, NAMES) == 1
            for one in (home / "copies").glob("switched-*"):
                one.unlink()
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(pristine, beside)
        place += 1 if long_run else chance.randint(1, 3)
    assert before
    assert after
    note_figure("switches killed", kills=kills, still_before=before, switched=after)


def test_killed_while_a_point_is_brought_beside_nothing_half_is_taken_for_one(
    with_a_point: LivePractice, chance: random.Random
) -> None:
    home = with_a_point.folder
    assert killed_at(with_a_point, chance.randint(2, 12), "point", "beside", "Disque A") == -signal.SIGKILL
    refused = cuspide("point", "switch", home=home)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert ask(home, NAMES) == 1
    done("point", "beside", "Disque A", home=home)


def test_a_point_is_looked_at_and_what_is_written_there_is_thrown_away(with_a_point: LivePractice) -> None:
    home = with_a_point.folder
    done("point", "beside", "Disque A", home=home)
    looked = LivePractice(home / "backup" / "looked-at")
    pristine = (home / "backup" / "beside" / "store.sqlite3").read_bytes()
    command = [sys.executable, "-m", "cuspide", "point", "look", "--home", str(home), "--port", str(looked.port)]
    with with_a_point, subprocess.Popen(command, env=clean_environment(), start_new_session=True) as one:
        try:
            for _ in range(600):
                try:
                    page = urllib.request.urlopen(looked.url + "/", timeout=5).read().decode()
                    break
                except OSError:
                    time.sleep(0.1)
            assert "Cuspide" in page
            parts = {path.stem for path in (looked.folder / "service").glob("*.json")}
            assert "background" not in parts, "no message leaves and no copy is made"
        finally:
            one.terminate()
            one.wait(30)
    assert (home / "backup" / "beside" / "store.sqlite3").read_bytes() == pristine


def test_a_running_service_refuses_the_command_and_does_what_the_page_decided(with_a_point: LivePractice) -> None:
    home = with_a_point.folder
    done("point", "beside", "Disque A", home=home)
    with with_a_point:
        refused = cuspide("point", "switch", home=home)
        assert refused.returncode == 1
        assert ask(home, NAMES) == 1
        assert with_a_point.process is not None
        pid = with_a_point.process.pid
        ask(
            home,
            """
from cuspide.continuity import tasks
from cuspide.core.actor import Actor
tasks.ask_for_the_switch(Actor.system("owner"))
answer = 1
""",
        )
        kept: list[Path] = []
        for _ in range(300):
            kept = list((home / "copies").glob("switched-*.sqlite3")) if (home / "copies").exists() else []
            if kept and not (home / "switching.json").exists():
                break
            time.sleep(0.1)
        assert kept, with_a_point.said()
        for _ in range(300):
            try:
                urllib.request.urlopen(with_a_point.url + "/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        assert with_a_point.process.poll() is None, "the same process goes on, for whoever watches it"
        assert with_a_point.process.pid == pid
        assert ask(home, NAMES) == 0


def test_another_practices_phrase_is_not_asked_for(with_a_point: LivePractice, tmp_path: Path) -> None:
    """A point of before a change of the key does not come beside; it comes back to an empty folder with its phrase."""
    home = with_a_point.folder
    _with_phrase(home)
    done("backup", "run", home=home)
    done("key", "change", "--without-sheet", "--passphrase-stdin", home=home, given=PHRASE)
    refused = cuspide("point", "beside", "Disque A", home=home)
    assert refused.returncode == 1
    assert "restore" in refused.stderr
