"""A disk that takes nothing more: writes are refused in words, records are read, and all goes on when there is room."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice, ask, cuspide, kept_demo
from tests.support.web import Answer, WebSession

pytestmark = pytest.mark.timeout(900)

SIZE_MB = 160
COUNT = """
from cuspide.audit.models import Entry
from cuspide.patients.models import Patient
answer = [Patient.objects.count(), Entry.objects.filter(action="patients.create").count(),
          Entry.objects.filter(action="patients.record").count()]
"""
FULL = "disque du serveur est plein"


@contextmanager
def disk(place: Path) -> Iterator[Path]:
    """A small disk of its own."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root can make a small disk")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=700", "tmpfs", place])
    if made.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def on_a_small_disk(tmp_path: Path) -> Iterator[LivePractice]:
    place = tmp_path / "disk"
    place.mkdir()
    with disk(place):
        practice = LivePractice(place / "practice")
        shutil.copytree(kept_demo(60), practice.folder)
        try:
            yield practice
        finally:
            practice.kill()


def fill(folder: Path) -> Path:
    """Take all the room that is left."""
    film = folder / "film.mkv"
    with film.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(1_000_000))
        except OSError:
            pass
        try:
            while True:
                stream.write(bytes(4_096))
        except OSError:
            pass
    return film


def until(happened: Callable[[], object], what: str) -> None:
    for _ in range(1_200):
        if happened():
            return
        time.sleep(0.1)
    raise AssertionError(what)


def test_a_full_disk(on_a_small_disk: LivePractice, chance: random.Random) -> None:
    practice = on_a_small_disk
    practice.start()
    session = signed_in(practice)
    session.get("/patients/new/")
    patient = record_of(NewPatient(invented_name(chance)).send(session))
    assert patient is not None
    until(lambda: (practice.folder / "reserve").exists(), "no room was kept")
    before = ask(practice.folder, COUNT)
    film = fill(practice.folder.parent)
    forms = [NewPatient(invented_name(chance)) for _ in range(12)]
    answers = [form.send(session) for form in forms]
    taken = [form for form, answer in zip(forms, answers, strict=True) if record_of(answer)]
    refused = [answer for answer in answers if not record_of(answer)]
    assert len(refused) >= 8, "a full disk took patient after patient"
    assert all(FULL in answer.text and answer.status in {409, 422, 507} for answer in refused), [
        (answer.status, answer.text[-1500:]) for answer in refused if FULL not in answer.text
    ][:1]
    # Reading goes on, for who is there and for who comes, and is traced as always.
    _all_shown(session, patient, 20)
    assert "Disque plein" in session.get("/status").text
    _all_shown(signed_in(practice, "dentist"), patient, 3)
    film.unlink()

    def works_again() -> bool:
        return record_of(forms[-1].send(session)) is not None

    until(works_again, "there is room again and nothing is taken")
    assert "Disque plein" not in session.get("/status").text
    assert practice.stop() == 0
    after = ask(practice.folder, COUNT)
    new = len(taken) + 1
    assert [now - then for now, then in zip(after, before, strict=True)][:2] == [new, new], "half of a write is there"
    assert after[2] - before[2] == 23, "what was shown is not what was traced"
    assert cuspide("audit", "verify", home=practice.folder).returncode == 0


def _all_shown(session: WebSession, patient: str, times: int) -> None:
    for _ in range(times):
        answer: Answer = session.get(f"/patients/{patient}/")
        assert answer.status == 200, answer.text[-1500:]


def test_a_disk_that_may_only_be_read(on_a_small_disk: LivePractice) -> None:
    """The practice is not served from it, says why, changes nothing, and is served when the disk is mended."""
    practice = on_a_small_disk
    place = str(practice.folder.parent)
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    done = cuspide("serve", "--port", str(practice.port), home=practice.folder)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said, said
    assert "lecture seule" in said or "écrire" in said, said
    subprocess.run(["mount", "-o", "remount,rw", place], check=True)
    practice.start()
    assert signed_in(practice).get("/").status == 200
