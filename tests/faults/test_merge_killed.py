"""A merge of two long records is killed as it works, and so is its undoing: either all of it holds, or nothing."""

import random
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.support.server import LivePractice, ask, clean_environment, cuspide, seal

ROWS = 3_000

# Two records of one person, each with a long history; the moved rows are those of three tables.
MADE = f"""
from cuspide.audit.models import Entry
from cuspide.patients.models import AlertStatement, ConsentStatement, Patient
from cuspide.core import clock
one, other = Patient.objects.filter(merged_into__isnull=True, guarantor__isnull=True).order_by("pk")[:2]
for patient in (one, other):
    AlertStatement.objects.bulk_create(
        AlertStatement(patient=patient, source="patient", recorded_by="test") for _each in range({ROWS}))
    ConsentStatement.objects.bulk_create(
        ConsentStatement(patient=patient, subject="sms", agrees=True, said_on=clock.today(), manner="oral",
                         recorded_by="test") for _each in range({ROWS}))
answer = [one.pk, other.pk]
"""

WORK = """
import sys, django
django.setup()
from cuspide.core.actor import Actor
from cuspide.patients.models import Merge, Patient
from cuspide.patients.rules.merging import proposed
from cuspide.patients.services import merging
kept, lost = (Patient.objects.get(pk=int(key)) for key in sys.argv[2:4])
print("begun", flush=True)
if sys.argv[1] == "merge":
    merging.merge(Actor.system("test"), kept, lost, choices=proposed(kept, lost), reason="Une personne", sure=True,
                  versions=(kept.version, lost.version))
else:
    merging.undo(Actor.system("test"), Merge.objects.get(undone_at__isnull=True))
print("done", flush=True)
"""

# All that a merge touches, and whether it says the same everywhere.
SEEN = """
from django.apps import apps
from cuspide.audit.models import Entry
from cuspide.core.models import Job
from cuspide.patients.merging import moved_columns
from cuspide.patients.models import Merge, MergeStep, Patient, Posting
one, other = (int(key) for key in sys.argv[1:3])
rows = {pk: {} for pk in (one, other)}
for column in moved_columns():
    for pk in rows:
        found = column.model._base_manager.filter(**{column.attname: pk}).count()
        rows[pk][f"{column.model._meta.label_lower}.{column.name}"] = found
answer = {
    "rows": [sum(rows[one].values()), sum(rows[other].values())],
    "hidden": Patient.objects.filter(pk=other, merged_into=one).exists(),
    "found": Posting.objects.filter(patient=other).exists(),
    "merges": Merge.objects.count(), "holding": Merge.objects.filter(undone_at__isnull=True).count(),
    "steps": MergeStep.objects.filter(merge__undone_at__isnull=True).count(),
    "jobs": Job.objects.filter(label="patients.gather").exclude(key=None).count(),
    "said": Entry.objects.filter(action="patients.merge").count(),
    "taken_back": Entry.objects.filter(action="patients.undo_merge").count(),
}
"""


def seen(practice: LivePractice, keys: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = ask(practice.folder, SEEN, *keys)
    assert found["hidden"] is bool(found["holding"]) is bool(found["steps"])
    assert found["found"] is not found["hidden"], "the search finds what stands, and nothing else"
    assert found["said"] == 2 * found["merges"], "what is traced is there, and what is there is traced"
    assert found["taken_back"] == 2 * (found["merges"] - found["holding"])
    return found


def run(practice: LivePractice, what: str, keys: list[str], after_s: float | None) -> float:
    """Do it, and kill it so long after it began; how long it took."""
    environment = clean_environment() | {
        "CUSPIDE_HOME": str(practice.folder),
        "DJANGO_SETTINGS_MODULE": "cuspide.config.settings",
    }
    command = [sys.executable, "-c", WORK, what, *keys]
    program = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline().strip() == "begun"
    began = time.monotonic()
    if after_s is not None:
        time.sleep(after_s)
        program.send_signal(signal.SIGKILL)
    program.stdout.read()
    program.wait()
    program.stdout.close()
    return time.monotonic() - began


@pytest.mark.timeout(900)
def test_a_merge_that_is_killed_is_whole_or_was_not(
    either_practice: LivePractice, chance: random.Random, long_run: bool
) -> None:
    practice = either_practice
    keys = [str(key) for key in ask(practice.folder, MADE)]
    apart = seen(practice, keys)
    lasts = {what: run(practice, what, keys, None) for what in ("merge", "undo")}
    again = seen(practice, keys)
    assert (again["rows"], again["holding"], again["merges"]) == (apart["rows"], 0, apart["merges"] + 1)
    killed = 0
    for _turn in range(40 if long_run else 6):
        now = seen(practice, keys)
        what = "undo" if now["holding"] else "merge"
        run(practice, what, keys, chance.uniform(0, lasts[what]))
        then = seen(practice, keys)
        if then["holding"] == now["holding"]:
            assert then["rows"] == now["rows"], "killed: nothing of it is there"
            killed += 1
        elif then["holding"]:
            assert then["rows"][0] > apart["rows"][0] + 2 * ROWS - 100
    assert killed, "none was killed before its end"
    if seen(practice, keys)["holding"]:
        run(practice, "undo", keys, None)
    assert seen(practice, keys)["rows"] == apart["rows"]
    seal(practice.folder)
    proved = cuspide("audit", "verify", home=practice.folder)
    assert proved.returncode == 0, proved.stdout
