"""An import is killed as it works, goes on where it was, and two at once do not make anybody twice."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import LivePractice, ask, clean_environment, cuspide, seal

LINES = 4_000

COUNTED = """
from cuspide.patients.models import Patient
from cuspide.portability.models import Import, ImportRow, KnownAs
of = Import.objects.order_by("-pk").first()
newest = Patient.objects.filter(birth_name__startswith="IMPORTE").values_list("birth_name", flat=True)
answer = {"patients": len(newest), "distinct": len(set(newest)), "rows": ImportRow.objects.filter(of=of).count(),
          "reached": of.reached if of else 0, "known": KnownAs.objects.count(), "state": of.state if of else ""}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "patients.csv"
    lines = [f"{n};IMPORTE {_letters(n)};Léa;F;0{n % 9 + 1}/03/1984;06399{n:05}\n" for n in range(LINES)]
    place.write_text("N° dossier;Nom;Prénom;Sexe;Né le;Portable\n" + "".join(lines), encoding="utf-8")
    return place


def _letters(number: int) -> str:
    return "".join(chr(65 + int(digit)) for digit in f"{number:05}")


def _start(practice: LivePractice, *words: str | Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cuspide", "import", "--home", practice.folder, *words, "--json"]
    return subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


DENTAL = """
from cuspide.agenda.models import DueRecall, Origin
from cuspide.care.models import EarlierAct
from cuspide.patients.models import Patient
from cuspide.portability.models import Import, ImportRow
of = Import.objects.order_by("-pk").first()
def made(table):
    rows = ImportRow.objects.filter(table=table, outcome="created", fate="").values_list("thing_uuid", flat=True)
    return [str(uuid) for uuid in rows]
there = {"appointment": Origin.objects.values_list("appointment__uuid", flat=True),
         "procedurelog": EarlierAct.objects.values_list("uuid", flat=True),
         "recall": DueRecall.objects.values_list("uuid", flat=True)}
same = all(sorted(made(table)) == sorted(map(str, uuids)) for table, uuids in there.items())
answer = {"same": same, "things": sum(len(uuids) for uuids in there.values()),
          "patients": Patient.objects.filter(birth_name__startswith="IMPORTE").count(),
          "rows": ImportRow.objects.filter(of=of).count(), "reached": of.reached if of else 0,
          "state": of.state if of else "", "first": str(Import.objects.order_by("pk").first().uuid) if of else ""}
"""
MANY = 1_200


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A dump of Open Dental whose dentist and chair the practice knows by their names."""
    place = tmp_path / "opendental.sql"
    place.write_text(_dump(range(MANY)), encoding="utf-8")
    return place


def _dump(numbers: Iterable[int]) -> str:
    each = list(numbers)

    def table(name: str, columns: str, rows: Iterable[str]) -> str:
        names = ", ".join(f"`{column}`" for column in columns.split())
        return f"INSERT INTO `{name}` ({names}) VALUES {','.join(rows)};\n"

    return "-- MySQL dump 10.13\n" + "".join(
        (
            table(
                "appointment",
                "AptNum PatNum AptStatus Pattern Op ProvNum AptDateTime",
                (f"({n},{n},2,'XX',1,1,'20{n % 20 + 5:02}-03-{n % 28 + 1:02} {n % 8 + 9:02}:00:00')" for n in each),
            ),
            table("operatory", "OperatoryNum OpName", ["(1,'Fauteuil 1')"]),
            table(
                "patient",
                "PatNum LName FName Gender Birthdate",
                (f"({n},'IMPORTE {_letters(n)}','Lea',1,'1984-0{n % 9 + 1}-07')" for n in each),
            ),
            table("procedurecode", "CodeNum ProcCode Descript", ["(1,'D2392','filling')"]),
            table(
                "procedurelog",
                "ProcNum PatNum ProcStatus ProcDate ToothNum Surf CodeNum",
                (f"({n},{n},2,'2019-03-07','{n % 32 + 1}','MO',1)" for n in each),
            ),
            table("provider", "ProvNum LName FName", ["(1,'Aubert','Claire')"]),
            table("recall", "RecallNum PatNum DateDue", (f"({n},{n},'2027-01-01')" for n in each)),
        )
    )


def _killed(practice: LivePractice, words: Sequence[str | Path], far_enough: Callable[[Any], bool]) -> bool:
    """Let it work until it is far enough, then kill it: whether it was still at it."""
    program = _start(practice, *words)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and program.poll() is None:
        if far_enough(ask(practice.folder, DENTAL)):
            break
    was_working = program.poll() is None
    program.send_signal(signal.SIGKILL)
    program.wait()
    return was_working


def test_a_dump_that_is_killed_is_whole_lines_and_is_undone_whole(
    own_practice: LivePractice, dump: Path, chance: random.Random
) -> None:
    words: list[str | Path] = [dump, "--source", "Open Dental"]
    cut_short = 0
    # Once among the patients, twice among what is recorded of them.
    for wanted in (chance.randrange(1, MANY), chance.randrange(MANY, 2 * MANY), chance.randrange(2 * MANY, 3 * MANY)):
        cut_short += _killed(own_practice, words, lambda now, wanted=wanted: now["reached"] >= wanted)  # type: ignore[misc]
        left = ask(own_practice.folder, DENTAL)
        assert left["same"], "each line has its thing, and no thing is without a line"
        assert left["rows"] == left["reached"]
        if left["state"] == "done":
            break
        words = ["--resume"]
    assert cut_short
    if left["state"] != "done":
        done = cuspide("import", "--resume", "--json", home=own_practice.folder)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["rows"], told["created"], told["reconciled"]) == (4 * MANY, 4 * MANY, True)
    end = ask(own_practice.folder, DENTAL)
    assert (end["patients"], end["things"], end["same"]) == (MANY, 3 * MANY, True)
    fewer = chance.randrange(1, 3 * MANY)
    _killed(own_practice, ["--undo", end["first"]], lambda now: now["things"] <= fewer)
    if (left := ask(own_practice.folder, DENTAL))["state"] == "undoing":
        assert left["same"], "a line that was taken back has no thing, and one that was not still has it"
        gone = cuspide("import", "--resume", "--json", home=own_practice.folder)
        assert gone.returncode == 0, gone.stderr
    end = ask(own_practice.folder, DENTAL)
    assert (end["state"], end["patients"], end["things"]) == ("undone", 0, 0)
    seal(own_practice.folder)
    assert cuspide("audit", "verify", home=own_practice.folder).returncode == 0


def test_two_dumps_at_once_make_nothing_twice(own_practice: LivePractice, dump: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sql"
    other.write_text(_dump(reversed(range(MANY))), encoding="utf-8")
    programs = [_start(own_practice, place, "--source", "Open Dental") for place in (dump, other)]
    told = []
    for program in programs:
        said, complaint = program.communicate(timeout=240)
        assert program.returncode == 0, complaint.decode()
        told.append(json.loads(said))
    assert sum(each["created"] for each in told) == 4 * MANY
    assert sum(each["same"] for each in told) == 4 * MANY
    assert sum(each["refused"] for each in told) == 0
    end = ask(own_practice.folder, DENTAL)
    assert (end["patients"], end["things"], end["same"]) == (MANY, 3 * MANY, True)


def test_an_import_that_is_killed_leaves_whole_batches_and_goes_on(
    own_practice: LivePractice, file: Path, chance: random.Random
) -> None:
    cut_short = 0
    words: list[str | Path] = [file, "--source", "Ancien"]
    for _kill in range(3):
        program = _start(own_practice, *words)
        wanted = ask(own_practice.folder, COUNTED)["reached"] + chance.randrange(1, 900)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and program.poll() is None:
            if ask(own_practice.folder, COUNTED)["reached"] >= wanted:
                break
        cut_short += program.poll() is None
        program.send_signal(signal.SIGKILL)
        program.wait()
        left = ask(own_practice.folder, COUNTED)
        assert left["rows"] == left["reached"] == left["patients"] == left["distinct"] == left["known"]
        assert left["reached"] % 500 == 0 or left["state"] == "done"
        words = ["--resume"]
        if left["state"] == "done":
            break
    assert cut_short
    if left["state"] != "done":
        done = cuspide("import", "--resume", "--json", home=own_practice.folder)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["rows"], told["created"], told["reconciled"]) == (LINES, LINES, True)
    end = ask(own_practice.folder, COUNTED)
    assert end["patients"] == end["distinct"] == end["known"] == LINES
    seal(own_practice.folder)
    proved = cuspide("audit", "verify", home=own_practice.folder)
    assert proved.returncode == 0, proved.stdout


def test_two_imports_at_once_make_nobody_twice(own_practice: LivePractice, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"  # the same people, from the end, in another file
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    other.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    programs = [_start(own_practice, place, "--source", "Ancien") for place in (file, other)]
    told = []
    for program in programs:
        said, complaint = program.communicate(timeout=240)
        assert program.returncode == 0, complaint.decode()
        told.append(json.loads(said))
    assert sum(each["created"] for each in told) == LINES
    assert sum(each["same"] for each in told) == LINES
    end = ask(own_practice.folder, COUNTED)
    assert end["patients"] == end["distinct"] == end["known"] == LINES
