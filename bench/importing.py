"""A list of patients of another program is brought in, as an operator would, and taken back.

The people are invented like those of the demo, so that names, households and homonyms are as frequent as there.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.datasets import Dataset
from tests.support.server import ServerError, ask, clean_environment, cuspide

LINES = 20_000

# A seed of its own: nobody of the file is of the practice.
PEOPLE = """
import csv, datetime as dt
from itertools import count
from random import Random
from cuspide.core import clock
from cuspide.patients.demo.people import Town

place, wanted = sys.argv[1], int(sys.argv[2])
number = count(1)
with open(place, "w", encoding="cp1252", errors="replace", newline="") as stream:
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(["N° dossier", "Nom", "Nom de naissance", "Prénom", "Sexe", "Date de naissance", "N° SS",
                     "Portable",
                     "Tél. fixe", "Mail", "Adresse", "CP", "Ville", "Médecin traitant"])
    written = 0
    for home in Town(Random(77), clock.today()).homes():
        for person in home.people:
            year, month, day = person.birth_date.split("-")
            used = person.used_name or person.birth_name
            writer.writerow([next(number), used, person.birth_name, person.given_names[0], person.sex,
                             f"{day}/{month}/{year}", person.nir, person.mobile, home.phone, person.email, home.line1,
                             home.postcode, home.city, "Dr Durand"])
            written += 1
        if written >= wanted:
            break
answer = written
"""


def run(dataset: Dataset, wanted: int) -> tuple[float, dict[str, object]]:
    """Seconds of the whole command, and what it did. The service runs beside it; what was imported is undone."""
    home = dataset.practice.folder
    file = Path(dataset.folder) / "patients.csv"
    lines = ask(home, PEOPLE, str(file), str(wanted))
    command = [sys.executable, "-m", "cuspide", "import", "--home", str(home), str(file), "--source", "bench", "--json"]
    started = time.perf_counter()
    # Its output is a few lines: the pipe holds them until it has ended.
    with subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE) as program:
        _pid, status, used = os.wait4(program.pid, 0)
        took = time.perf_counter() - started
        program.returncode = os.waitstatus_to_exitcode(status)
        said = program.stdout.read() if program.stdout else b""
    file.unlink()
    if program.returncode != 0:
        raise ServerError(f"cuspide import ended with {program.returncode}")
    told = json.loads(said)
    began = time.perf_counter()
    undone = cuspide("import", "--undo", told["id"], home=home, timeout=3600)
    if undone.returncode != 0:
        raise ServerError(f"cuspide import --undo: {undone.stderr[-500:]}")
    return took, {
        "patients_per_s": round(told["created"] / took),
        "lines": lines,
        "created": told["created"],
        "completed": told["completed"],
        "refused": told["refused"],
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "rss_mb": round(used.ru_maxrss * 1024 / 1e6),
        "undone_per_s": round(told["created"] / (time.perf_counter() - began)),
    }
