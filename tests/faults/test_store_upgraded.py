"""An older store brought to the program's version: a copy first, all proved; on any failure the store from before."""

import json
import random
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.test_store_moved import ADDED, EXPORT, KILLED
from tests.support.postgresql import Cluster
from tests.support.server import LivePractice, ask, cuspide, python, seal

pytestmark = pytest.mark.timeout(1200)

# The store as the first version left it: it did not say its version.
OLDER = """
from django.core.management import call_command
from django.db import connection
call_command("migrate", "core", "0001", verbosity=0)
connection.close()
answer = True
"""
STATE = """
from cuspide.core import keystore, store
found = store.prove(keystore.practice_home())
answer = [len(found.pending), store.version()]
"""


def data_of(practice: LivePractice) -> dict[str, object]:
    """Every row but those by which a store says its version and its tables."""
    rows: dict[str, object] = ask(practice.folder, EXPORT)
    for name in ("core_storeversion", "django_content_type", "auth_permission"):
        rows.pop(name)
    return rows


def copies_of(practice: LivePractice) -> list[Path]:
    return sorted((practice.folder / "copies").glob("*")) if (practice.folder / "copies").exists() else []


def run_upgrade(practice: LivePractice, before: str = "", *words: str) -> subprocess.CompletedProcess[str]:
    """`cuspide upgrade`, after some Python of the test's own."""
    script = f"{before}\nimport sys\nfrom cuspide.cli import main\nsys.exit(main(sys.argv[1:]))"
    return python(script, "upgrade", "--home", practice.folder, *words)


FAILING = """
import cuspide.cli.upgrade as upgrade
whole = upgrade._upgrade
def fail():
    whole()
    raise RuntimeError("MOLAIRE-CANINE")
upgrade._upgrade = fail
"""


def test_an_older_store_is_upgraded_from_a_copy_and_nothing_is_lost(own_practice: LivePractice) -> None:
    before = data_of(own_practice)
    ask(own_practice.folder, OLDER)

    refused = cuspide("serve", "--port", str(own_practice.port), home=own_practice.folder)
    done = run_upgrade(own_practice)
    again = run_upgrade(own_practice)

    assert refused.returncode == 1
    assert "cuspide upgrade" in refused.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"version d’origine, le programme à la version \d", done.stdout)
    (copy,) = copies_of(own_practice)
    assert copy.name in done.stdout
    assert data_of(own_practice) == before
    assert ask(own_practice.folder, STATE)[0] == 0
    assert [action for action, _who, _body in ask(own_practice.folder, ADDED)] == ["practice.upgrade"]
    assert again.returncode == 0
    assert "rien à mettre à niveau" in again.stdout
    assert copies_of(own_practice) == [copy], "a copy is neither removed nor made for nothing"
    assert cuspide("check", home=own_practice.folder).returncode == 0


def test_a_failed_upgrade_puts_the_store_from_before_back(own_practice: LivePractice) -> None:
    ask(own_practice.folder, OLDER)

    done = run_upgrade(own_practice, FAILING)

    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "La base d’avant est remise en place" in said
    assert "Traceback" not in said
    assert "MOLAIRE" not in said, "the words of an error may hold a name"
    (copy,) = copies_of(own_practice)
    assert (own_practice.folder / "store.sqlite3").read_bytes() == copy.read_bytes()
    pending, version = ask(own_practice.folder, STATE)
    assert (pending > 0, version) == (True, "")
    assert not (own_practice.folder / "upgrading.json").exists()


def test_a_newer_store_and_a_full_disk_are_refused_untouched(own_practice: LivePractice) -> None:
    ask(own_practice.folder, OLDER)
    before = (own_practice.folder / "store.sqlite3").read_bytes()
    full = "import shutil, collections\nshutil.disk_usage = lambda path: collections.namedtuple('u', 'free')(1000)"

    no_room = run_upgrade(own_practice, full)

    assert no_room.returncode == 1
    assert "où il reste" in no_room.stderr, no_room.stderr
    assert copies_of(own_practice) == []
    assert (own_practice.folder / "store.sqlite3").read_bytes() == before

    ask(
        own_practice.folder,
        """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '9999_later', '2030-01-01')")
connection.close()
answer = True
""",
    )
    newer = run_upgrade(own_practice)
    assert newer.returncode == 1
    assert "plus récente que le programme" in newer.stderr


def killed_at(practice: LivePractice, place: int) -> subprocess.CompletedProcess[str]:
    return python(KILLED, practice.folder, str(place), "upgrade", "--home", practice.folder)


def test_killed_at_any_step_the_next_try_ends_well(
    own_practice: LivePractice, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    """At each file that the upgrade makes, renames or removes: the copy, the note, the store itself."""
    before = data_of(own_practice)
    kills = 0
    place = 1 if long_run else chance.randint(2, 5)
    while True:
        ask(own_practice.folder, OLDER)
        done = killed_at(own_practice, place)
        if done.returncode != -signal.SIGKILL:
            break
        kills += 1
        if (own_practice.folder / "upgrading.json").exists():
            # Killed on the way back too.
            kills += killed_at(own_practice, chance.randint(1, 3)).returncode == -signal.SIGKILL
        done = run_upgrade(own_practice)
        assert done.returncode == 0, f"place {place}: {done.stdout}{done.stderr}"
        assert data_of(own_practice) == before, f"place {place}"
        assert ask(own_practice.folder, STATE)[0] == 0
        if not long_run:
            break
        place += 1
    assert kills > 0
    note_figure("upgrades killed", kills=kills, lost=0)


def test_on_postgresql_the_copy_is_encrypted_and_comes_back(
    postgresql_practice: tuple[LivePractice, Cluster], chance: random.Random
) -> None:
    if not (shutil.which("pg_dump") and shutil.which("psql")):
        pytest.skip("no pg_dump and psql on this machine")
    practice, _cluster = postgresql_practice
    # A test before may have killed it with rows of the trace that an upgrade then seals.
    seal(practice.folder)
    before = data_of(practice)
    name = ask(
        practice.folder, "from cuspide.patients.models import Patient\nanswer = Patient.objects.first().birth_name"
    )
    ask(practice.folder, OLDER)

    without = run_upgrade(practice, "import shutil\nshutil.which = lambda name: None")
    failed = run_upgrade(practice, FAILING)

    assert without.returncode == 1
    assert "--copy-made" in without.stderr
    assert failed.returncode == 1
    assert "remise en place" in failed.stderr, failed.stderr
    pending, version = ask(practice.folder, STATE)
    assert (pending > 0, version) == (True, "")
    (copy,) = copies_of(practice)
    assert name.encode() not in copy.read_bytes()
    assert json.dumps(name).encode() not in copy.read_bytes()

    done = run_upgrade(practice)

    assert done.returncode == 0, done.stdout + done.stderr
    assert data_of(practice) == before
