"""A list of patients as no program should write it: a million lines, three encodings, formulas, cut in the middle."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.server import LivePractice, clean_environment

MOST_MB = 400


def _write(place: Path, lines: int, chance: random.Random) -> dict[str, int]:
    """The file, and how many of its lines are of each kind."""
    encodings = ["utf-8", "cp1252", "mac-roman"]
    counted = {"fine": 0, "formula": 0, "open quote": 0, "date": 0}
    with place.open("wb") as stream:
        stream.write("N° dossier;Nom;Prénom;Sexe;Né le;Portable\r\n".encode("cp1252"))
        for number in range(lines):
            kind = chance.choices(list(counted), [96, 1, 1, 2])[0]
            counted[kind] += 1
            family = {"formula": "=1+1", "open quote": '"LEFÈVRE'}.get(kind, f"LEFÈVRE-{number:x}".upper())
            born = "hier" if kind == "date" else f"{number % 28 + 1:02}/{number % 12 + 1:02}/{1930 + number % 90}"
            line = f"{number};{family};Gaëlle;F;{born};0639{number % 1_000_000:06}\r\n"
            stream.write(line.encode(encodings[number * 3 // lines]))
        stream.write("999999999;COUPÉ;Zo".encode("cp1252"))
    return counted


@pytest.mark.timeout(3600)
def test_a_huge_messy_list_is_rehearsed_in_little_memory(
    own_practice: LivePractice, tmp_path: Path, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    lines = 1_000_000 if long_run else 10_000
    place = tmp_path / "patients.csv"
    counted = _write(place, lines, chance)
    words = ["import", "--home", str(own_practice.folder), str(place), "--source", "Ancien", "--rehearse", "--json"]
    with subprocess.Popen(
        [sys.executable, "-m", "cuspide", *words], env=clean_environment(), stdout=(tmp_path / "said").open("wb")
    ) as program:
        _pid, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
    assert program.returncode == 0
    told = json.loads((tmp_path / "said").read_text(encoding="utf-8"))
    assert told["rows"] == lines + 1
    assert told["reconciled"]
    assert told["created"] == counted["fine"]
    assert told["refused"] == lines + 1 - counted["fine"]
    memory = used.ru_maxrss * 1024 / 1e6
    note_figure("import_rehearsal", lines=lines, rss_mb=round(memory), cpu_s=round(used.ru_utime + used.ru_stime))
    assert memory <= MOST_MB
