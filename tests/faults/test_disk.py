"""A disk that takes nothing more: writes are refused in words, records are read, and all goes on when there is room."""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.parts import below
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
READ_ONLY = "ne s’écrit plus"
REFUSED = "refuse d’écrire"


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


@contextmanager
def turned_read_only(folder: Path) -> Iterator[None]:
    """What a failing disk does to programs at work: files that they hold open take nothing more either. A mount is not
    set so while somebody writes; the mark of immutability does the same to every file."""
    if os.geteuid() != 0 or sys.platform != "linux" or shutil.which("chattr") is None:
        pytest.skip("only root on Linux, with chattr, can take the writing from files that are open")
    if subprocess.run(["chattr", "-R", "+i", folder], capture_output=True).returncode != 0:
        subprocess.run(["chattr", "-R", "-i", folder], capture_output=True)
        pytest.skip("this file system knows no mark of immutability")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-R", "-i", folder], check=True)


def health(practice: LivePractice) -> tuple[int, str]:
    answer = WebSession(practice.port).get("/healthz")
    return answer.status, json.loads(answer.text)["checks"]["disk"]


def test_a_disk_that_turns_read_only_while_the_practice_works(
    own_practice: LivePractice, chance: random.Random
) -> None:
    """Whoever works then is told in a sentence, on every page; nothing is half there; it is over by itself."""
    practice = own_practice
    with practice:
        session = signed_in(practice)
        session.get("/patients/new/")
        patient = record_of(NewPatient(invented_name(chance)).send(session))
        assert patient is not None
        before = ask(practice.folder, COUNT)
        assert health(practice) == (200, "ok")
        forms = [NewPatient(invented_name(chance)) for _ in range(8)]
        with turned_read_only(practice.folder):
            for form in forms:
                answer = form.send(session)
                assert record_of(answer) is None
                assert answer.status in {409, 422, 503}, answer.status
                assert READ_ONLY in answer.text, answer.text[-1500:]
            for page in (f"/patients/{patient}/", "/", "/agenda/"):
                shown = session.get(page)
                assert shown.status == 200 or (shown.status == 503 and READ_ONLY in shown.text), shown.text[-1500:]
            stranger = WebSession(practice.port).get("/account/sign-in/")
            assert stranger.status == 200 or READ_ONLY in stranger.text, stranger.text[-1500:]
            assert health(practice) == (503, "failing")
            said = cuspide("check", home=practice.folder)
            assert (said.returncode, "lecture seule" in said.stderr, "Traceback" in said.stderr) == (1, True, False), (
                said
            )
        until(lambda: health(practice) == (200, "ok"), "the disk is well and the service says it is not")
        assert all(record_of(form.send(session)) for form in forms), "the disk is well and something is refused"
        for _ in range(12):  # on every connection that the service keeps
            _all_shown(session, patient, 1)
        after = ask(practice.folder, COUNT)
    assert [now - then for now, then in zip(after, before, strict=True)][:2] == [8, 8], "half of a write is there"
    assert cuspide("audit", "verify", home=practice.folder).returncode == 0


@contextmanager
def refusing(practice: LivePractice, room: int) -> Iterator[None]:
    """No process of the service may make a file longer than the store's log is now and a little: a write fails in its
    middle, as with a quota, and nobody need be root for it."""
    assert practice.process is not None
    root = psutil.Process(practice.process.pid)
    family = [root, *below(root)]
    longest = (practice.folder / "store.sqlite3-wal").stat().st_size + room
    for one in family:
        resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for one in family:
            resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no limit is set for a process that runs")
def test_a_disk_that_refuses_in_the_middle_of_a_write(own_practice: LivePractice, chance: random.Random) -> None:
    """Said on the page and wherever the state is asked; nothing of the form is there; over by itself."""
    practice = own_practice
    with practice:
        session = signed_in(practice)
        session.get("/patients/new/")
        assert record_of(NewPatient(invented_name(chance)).send(session))
        before = ask(practice.folder, COUNT)
        forms = [NewPatient(invented_name(chance)) for _ in range(6)]
        with refusing(practice, chance.choice([0, 20_000])):
            answers = [form.send(session) for form in forms]
            refused = [form for form, answer in zip(forms, answers, strict=True) if record_of(answer) is None]
            assert len(refused) >= 5
            for answer in answers[-5:]:
                assert (answer.status, REFUSED in answer.text) == (503, True), answer.text[-1500:]
            assert health(practice) == (503, "failing")
            assert REFUSED in session.get("/status").text
            said = cuspide("check", home=practice.folder)
            assert (said.returncode, "refusé d’écrire" in said.stdout) == (1, True), said
        for form in refused:
            assert record_of(form.send(session)), "the limit is gone and something is refused"
        until(lambda: health(practice) == (200, "ok"), "the disk is well and the service says it is not")
        assert REFUSED not in session.get("/status").text
        after = ask(practice.folder, COUNT)
    assert [now - then for now, then in zip(after, before, strict=True)][:2] == [6, 6], "half of a write is there"
    assert cuspide("audit", "verify", home=practice.folder).returncode == 0
    assert cuspide("check", home=practice.folder).returncode == 0


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
