"""An import is killed as it works, goes on where it was, and two at once do not make anybody twice."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.server import LivePractice, ask, clean_environment, cuspide

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
