"""The rehearsal of the worst day, as one command:

    .venv/bin/pytest -s tests/faults/test_rehearsal.py

A program with all rights of the service's account, its key file and its schedule encrypts and deletes all that it can
reach, at every place with the program's own credentials. Then an empty machine, the sheet of paper and one place that
only takes bring the practice back. Time and loss are printed.
"""

import datetime as dt
import json
import os
import random
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.test_backup import FILE, append_only, done
from tests.faults.test_one_file import with_sheet
from tests.support.server import LivePractice, ask, cuspide

__all__ = ["append_only"]
pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not all(map(shutil.which, ["restic", "rclone"])), reason="needs restic and rclone"),
]
# What whoever has the account can learn: where copies go and what opens each place.
PLACES = """
from cuspide.continuity import secrets
from cuspide.continuity.models import Destination
answer = [[one.place, one.password] for one in map(secrets.access_to, Destination.objects.filter(ended_at=None))]
"""
# A day's work, each row with its moment: the last one that comes back says what was lost.
WORK = """
import uuid
from django.db.models import Max
from cuspide.core import clock
from cuspide.patients.models import Patient
one = Patient.objects.order_by("pk").first()
one.pk, one.uuid = None, uuid.uuid4()
one.number = Patient.objects.aggregate(n=Max("number"))["n"] + 1
one.note, one.created_at = "rehearsal", clock.now()
one.save(force_insert=True)
answer = one.created_at.isoformat()
"""
LAST = """
from cuspide.patients.models import Patient
found = Patient.objects.filter(note="rehearsal").order_by("pk")
answer = [one.isoformat() for one in found.values_list("created_at", flat=True)]
"""


class Attacker:
    """All rights of the account, and all the time it wants."""

    def __init__(self, home: Path, chance: random.Random) -> None:
        self.home, self.chance = home, chance
        self.places: list[list[str]] = ask(home, PLACES)
        self.refused = 0

    def restic(self, place: str, password: str, *words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"RESTIC_REPOSITORY": place, "RESTIC_PASSWORD": password}
        command = ["restic", "--no-cache", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def strike(self) -> None:
        for place, password in self.places:
            self._at_place(place, password)
        for one in sorted(self.home.rglob("*"), reverse=True):
            if one.is_file():
                one.write_bytes(self.chance.randbytes(min(one.stat().st_size, 4096)))
                one.rename(one.with_name(one.name + ".locked"))
        shutil.rmtree(self.home)

    def _at_place(self, place: str, password: str) -> None:
        web = place.startswith("rest:")
        for name, opens in (("practice", password), ("envelope", "cuspide")):
            repository = f"{place.rstrip('/')}/{name}" + ("/" if web else "")
            found = self.restic(repository, opens, "snapshots", "--json")
            ids = [one["id"] for one in json.loads(found.stdout or "[]")]
            for words in (["forget", "--prune", *ids], ["key", "remove", "x"], ["unlock", "--remove-all"], ["prune"]):
                self.refused += self.restic(repository, opens, *words).returncode != 0
            if web:
                self._over_http(repository, opens)
                # What it can: a head of its own on top, of rubbish under our name.
                rubbish = self.home.with_name("rubbish")
                rubbish.mkdir(exist_ok=True)
                (rubbish / "cuspide.toml").write_text("key_id = 'x'\n")
                self.restic(repository, opens, "backup", str(rubbish))
        if not web:
            shutil.rmtree(place)

    def _over_http(self, repository: str, opens: str) -> None:
        address = repository.removeprefix("rest:")
        kinds = {"data": "packs", "index": "index", "keys": "keys", "snapshots": "snapshots"}
        names = [f"{kind}/{one}" for kind, word in kinds.items() for one in self.names(repository, opens, word)]
        for name in [*names, "config"]:
            for method, body in (("DELETE", None), ("POST", b"rubbish")):
                request = urllib.request.Request(address + name, data=body, method=method)
                try:
                    urllib.request.urlopen(request).close()
                except urllib.error.HTTPError as error:
                    self.refused += error.code == 403

    def names(self, repository: str, opens: str, kind: str) -> list[str]:
        return self.restic(repository, opens, "list", kind).stdout.split()


def test_everything_in_reach_is_destroyed_and_paper_with_one_place_brings_it_back(
    own_practice: LivePractice,
    append_only: str,
    tmp_path: Path,
    chance: random.Random,
    note_figure: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    home, disk, new = own_practice.folder, tmp_path / "disk", tmp_path / "new machine" / "cabinet"
    new.parent.mkdir()
    digest = ask(home, FILE)
    lines = with_sheet(home, tmp_path)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "add", "Réserve", append_only, home=home)
    written: list[str] = []
    with own_practice:  # its schedule copies by itself; work goes on until the blow
        for _ in range(3):
            written.append(ask(home, WORK))
            time.sleep(0.2)
        done("backup", "run", home=home)
        written.append(ask(home, WORK))
        attacker = Attacker(home, chance)
        blow = time.time()
        own_practice.kill()
        attacker.strike()
    assert not home.exists()
    assert not disk.exists(), "the disk that stayed plugged in is lost too"
    assert attacker.refused > 10, "the place that only takes refused all of it"

    begun = time.perf_counter()
    paper = "\n".join(lines) + "\n"
    listed = done("restore", append_only, "--list", "--with", "sheet", home=new, given=paper).splitlines()
    newest = cuspide("restore", append_only, "--with", "sheet", home=new, given=paper)
    tried = 1
    while newest.returncode:
        # The head on top is rubbish, and is said to be: the one before it.
        assert "Traceback" not in newest.stderr
        assert not new.exists()
        point = listed[-1 - tried].split()[0]
        newest = cuspide("restore", append_only, "--at", point, "--with", "sheet", home=new, given=paper)
        tried += 1
    seconds = time.perf_counter() - begun
    assert (new / "blobs" / digest[:2] / digest).exists()
    assert cuspide("audit", "verify", home=new).returncode == 0
    back = ask(new, LAST)
    assert back == written[: len(back)]
    assert len(back) >= 3, "all that was written before the last copy is there"
    last = dt.datetime.fromisoformat(back[-1]).timestamp()
    loss = 0.0 if len(back) == len(written) else blow - last
    assert loss <= 300
    assert seconds <= 300
    with capsys.disabled():
        print(
            f"\nrehearsal: back in {seconds:.1f} s, of {len(written)} rows {len(written) - len(back)} lost "
            f"({loss:.1f} s of work), {attacker.refused} deletions and overwritings refused, {tried} copies tried"
        )
    note_figure("rehearsal", back_s=round(seconds, 1), loss_s=round(loss, 1), refused=attacker.refused)
