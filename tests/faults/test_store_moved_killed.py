"""A practice killed while it is carried to the other store stays whole, and no size of it fills the memory."""

import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psycopg
import pytest

from tests.faults.test_store_moved import EXPORT, KILLED, cuspide_toml, move
from tests.support.postgresql import Cluster
from tests.support.server import LivePractice, ask, clean_environment, cuspide, python

pytestmark = pytest.mark.timeout(3600)


def killed_at(practice: LivePractice, place: int, to: str) -> subprocess.CompletedProcess[str]:
    return python(KILLED, practice.folder, str(place), "store", "--home", practice.folder, "move", "--to", to)


def killed_after(practice: LivePractice, line: int, pause: float, to: str) -> bool:
    """Kill the move a moment after it said its n-th line; False when it ended before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cuspide", "store", "--home", str(practice.folder), "move", "--to", to],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    for _ in range(line):
        process.stdout.readline()
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    return process.wait() == -signal.SIGKILL


def engine_of(practice: LivePractice) -> str:
    found = re.search(r'engine = "(\w+)"', cuspide_toml(practice))
    assert found is not None
    return found[1]


def holds_it_whole(url: str) -> bool:
    """Whether a move was killed when all was there and the practice did not yet name it."""
    with psycopg.connect(url) as link:
        if link.execute("SELECT to_regclass('cuspide_move')").fetchone() == (None,):
            return False
        return link.execute("SELECT state FROM cuspide_move").fetchall() == [("whole",)]


def make_way(practice: LivePractice, cluster: Cluster, url: str) -> None:
    """What was carried whole is not taken away by itself: the second try says so, and a person does it."""
    if holds_it_whole(url):
        assert "dropdb" in move(practice, url).stderr, "it does not say what to remove"
        cluster.create_database("killed")


def carry_back(practice: LivePractice, cluster: Cluster, engine: str) -> None:
    """To the store where it was before, with nothing left in the way of the next try."""
    if engine == "sqlite":
        done = move(practice, "sqlite")
        cluster.create_database("killed")
    else:
        done = move(practice, cluster.create_database("killed"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_killed_anywhere_the_practice_has_a_store_and_a_second_try_works(
    own_practice: LivePractice,
    cluster: Cluster,
    chance: random.Random,
    long_run: bool,
    note_figure: Callable[..., None],
) -> None:
    """Kills while it works, and at each change of a file of the practice; both ways. What is served is always whole."""
    before = ask(own_practice.folder, EXPORT)
    url = cluster.create_database("killed")
    kills = 0
    for to, other in ((url, "sqlite"), ("sqlite", "postgresql")):
        began = engine_of(own_practice)
        for _ in range(12 if long_run else 1):
            kills += killed_after(own_practice, chance.randint(1, 4), chance.uniform(0, 2.5), to)
            if engine_of(own_practice) != began:  # the move was quicker
                assert ask(own_practice.folder, EXPORT) == before, "half a store became the practice's"
                carry_back(own_practice, cluster, began)
            elif to == url:
                make_way(own_practice, cluster, url)
        place = 1 if long_run else chance.randint(1, 5)
        while True:
            done = killed_at(own_practice, place, to)
            if done.returncode != -signal.SIGKILL:
                break
            kills += 1
            assert ask(own_practice.folder, EXPORT) == before, f"killed at place {place}"
            if engine_of(own_practice) != began:
                break
            if to == url:
                make_way(own_practice, cluster, url)
            place += 1 if long_run else 10_000  # the second try goes to its end
        if engine_of(own_practice) == began:
            assert done.returncode == 0, done.stdout + done.stderr
        assert engine_of(own_practice) != began, other
        assert ask(own_practice.folder, EXPORT) == before
    assert cuspide("check", home=own_practice.folder).returncode == 0
    note_figure("moves killed", kills=kills, lost=0)


# Killed while the tables were made: a later migration takes one of them away again.
BETWEEN = """
from django.db.migrations.executor import MigrationExecutor
from cuspide.core import keystore
from cuspide.core.moving import target
from cuspide.core.moving.move import wanted_home
home = keystore.practice_home()
store = target.opened(wanted_home(home, sys.argv[1]))
target._set_mark(store, home.key_id, target.HALF)
with target.standing_in(store):
    MigrationExecutor(store).migrate([("patients", "0003_followed_at_the_only_site")])
answer = "patients_nametoken" in store.introspection.table_names()
"""


def test_killed_between_two_migrations_a_second_try_works(own_practice: LivePractice, cluster: Cluster) -> None:
    url = cluster.create_database("between")
    before = ask(own_practice.folder, EXPORT)
    assert ask(own_practice.folder, BETWEEN, url), "there is a table of before"
    done = move(own_practice, url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ask(own_practice.folder, EXPORT) == before


@pytest.mark.long
def test_half_a_million_rows_need_no_memory_of_their_own(
    own_practice: LivePractice, cluster: Cluster, note_figure: Callable[..., None]
) -> None:
    few = peak_of_move(own_practice, cluster.create_database("few"))
    assert move(own_practice, "sqlite").returncode == 0
    ask(own_practice.folder, MANY)
    many = peak_of_move(own_practice, cluster.create_database("many"))
    back = peak_of_move(own_practice, "sqlite")
    note_figure("move of 500,000 rows", peak_mb_few=few, peak_mb_many=many, peak_mb_back=back)
    assert max(many, back) < few + 60


MANY = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute('''WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
        INSERT INTO core_submission (key, kind, created_at)
        SELECT printf('%032x', i), 'patients.create', '2026-01-01 00:00:00' FROM n''')
answer = 1
"""
PEAK = """
import json, resource, sys
from cuspide.cli import main
status = main(sys.argv[1:])
print(json.dumps([status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))
"""


def peak_of_move(practice: LivePractice, to: str) -> int:
    """Megabytes at the highest."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, "store", "--home", str(practice.folder), "move", "--to", to],
        env=clean_environment(),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    status, peak = json.loads(done.stdout.splitlines()[-1])
    assert status == 0, done.stdout + done.stderr
    return int(peak)
