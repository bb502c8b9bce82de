"""The store copied while three desks write into it: every copy opens, is whole, and has all that was acknowledged."""

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cuspide.continuity import pages
from tests.faults.ledger import Ledger
from tests.support.booking import places_of
from tests.support.server import LivePractice, ask
from tests.support.working_day import Desk

pytestmark = pytest.mark.timeout(1800)
COPY = """
from cuspide.continuity import live
from cuspide.core import keystore
copied = (live.copy_whole if sys.argv[1] == "whole" else live.copy_changed)(keystore.practice_home())
answer = [str(copied.folder), copied.deltas, copied.added]
"""
PAGES = """
from django.db import connection
with connection.cursor() as cursor:
    answer = []
    for proof in ("integrity_check", "cipher_integrity_check", "foreign_key_check"):
        cursor.execute(f"PRAGMA {proof}")
        answer.append(cursor.fetchall())
"""


def put_together(practice: Path, generation: str, place: Path) -> None:
    """A practice of the copy alone."""
    for one in place.glob("store.sqlite3*"):
        one.unlink()
    if not place.exists():
        shutil.copytree(practice, place, ignore=lambda _folder, names: {"store.sqlite3", "backup", *_logs(names)})
    pages.assemble(Path(generation), place / "store.sqlite3")


def _logs(names: list[str]) -> set[str]:
    return {name for name in names if name.startswith("store.sqlite3")}


def test_every_copy_has_what_was_acknowledged_before_it(
    own_practice: LivePractice, tmp_path: Path, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    copies = tmp_path / "copy"
    with own_practice as practice:
        first = ask(practice.folder, COPY, "whole")
        put_together(practice.folder, first[0], copies)
        desks = [Desk(practice, number, places_of(practice), random.Random(chance.random())) for number in range(3)]
        with Ledger(copies) as ledger:
            for desk in desks:
                desk.start()
            deltas, wholes = [], 0
            for number in range(100 if long_run else 12):
                time.sleep(chance.uniform(0, 0.5))
                news = [desk.taken() for desk in desks]
                whole = number % 8 == 5
                folder, count, added = ask(practice.folder, COPY, "whole" if whole else "changed")
                assert Path(folder).parent == practice.folder / "backup" / "store"
                if count:
                    deltas.append(added)
                wholes += not count
                put_together(practice.folder, folder, copies)
                assert ask(copies, PAGES) == [[["ok"]], [], []]
                ledger.check(news)
            for desk in desks:
                desk.stop.set()
            for desk in desks:
                desk.join(120)
                assert desk.error is None
            assert ledger.total > 0
            assert len(deltas) > wholes, "most of the copies are to be of changed pages"
        note_figure(
            "copies under load", copies=len(deltas) + wholes, acknowledged=ledger.total, delta_bytes=max(deltas)
        )


def test_a_log_that_is_never_empty_is_said(own_practice: LivePractice) -> None:
    """A reader that stays keeps the log from being emptied once something was written."""
    said = ask(
        own_practice.folder,
        """
        from cuspide.continuity import live
        from cuspide.core import keystore
        from cuspide.core.db.errors import StoreError
        from cuspide.core.models import StoreVersion
        from cuspide.core.moving import target
        live._TRIES, live._WAIT_MS = 3, 1
        home = keystore.practice_home()
        reader = target.opened(home)
        cursor = reader.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM sqlite_master")
        cursor.fetchone()
        StoreVersion.objects.create(version="0")
        try:
            live.copy_whole(home)
            answer = "copied"
        except StoreError as error:
            answer = str(error)
        answer = [answer, [one.name for one in (home.folder / "backup" / "store").iterdir()]]
        """,
    )
    assert said[0] != "copied"
    assert said[1] == [], "nothing half made is left"
