"""A change of the key killed at any instant leaves the practice whole, under the old key or under the new one."""

import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.faults.test_key_changed import HANGS_ON_THE_KEY, STATE, leftovers, untouched
from tests.faults.test_store_moved import KILLED
from tests.support.server import LivePractice, ask, clean_environment, cuspide, python

pytestmark = pytest.mark.timeout(3600)

WORDS = ["--without-sheet", "--passphrase-stdin", "change"]


def killed_at(practice: LivePractice, place: int) -> subprocess.CompletedProcess[str]:
    """Kill it at the n-th time that it makes, renames or removes a file of the practice."""
    return python(KILLED, practice.folder, str(place), "key", "--home", practice.folder, *WORDS, given="\n")


def killed_after(practice: LivePractice, line: int, pause: float) -> None:
    """Kill it a moment after it said its n-th line, in the midst of what the store does by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cuspide", "key", "--home", str(practice.folder), *WORDS],
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.close()
    for _ in range(line):
        process.stdout.readline()
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()


# The two instants around the one that decides: the change is whole and PostgreSQL has not committed; all is decided and
# nothing has its place.
DECIDING = {
    "whole": """
from cuspide.core.keys.changing import staging
real = staging.seal
def seal(*words):
    real(*words)
    os.kill(os.getpid(), signal.SIGKILL)
staging.seal = seal
""",
    "decided": """
from cuspide.core.keys.changing import settling
settling._forward = lambda home, change: os.kill(os.getpid(), signal.SIGKILL)
""",
}


def killed_when(practice: LivePractice, moment: str) -> None:
    script = f"import os, signal, sys\n{DECIDING[moment]}\nfrom cuspide.cli import main\nmain(sys.argv[1:])"
    done = python(script, "key", "--home", practice.folder, *WORDS, given="\n")
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_killed_anywhere_the_practice_is_of_one_key_and_whole(
    either_practice: LivePractice, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    practice = either_practice
    on_postgresql = "postgresql" in (practice.folder / "cuspide.toml").read_text(encoding="utf-8").split("[tls]")[0]
    ask(practice.folder, HANGS_ON_THE_KEY)
    rows = untouched(practice)
    # On PostgreSQL the commit decides, on SQLite the name; what is left to do then is the same.
    moments: list[str | int] = ["whole", "decided"] if long_run or on_postgresql else ["whole"]
    if long_run or not on_postgresql:
        whole = killed_at(practice, 0)
        assert whole.returncode == 0, whole.stderr
        found = re.search(r"places: (\d+)", whole.stdout)
        assert found is not None
        places = [*range(1, int(found[1]) + 1)]
        moments += [*(places if long_run else [chance.choice(places)]), *[0] * (12 if long_run else 1)]
    ended = {"forward": 0, "back": 0, "untouched": 0}
    before = ask(practice.folder, STATE)
    for moment in moments:
        if isinstance(moment, str):
            killed_when(practice, moment)
        elif moment:
            killed_at(practice, moment)
        else:
            killed_after(practice, chance.randint(2, 5), chance.uniform(0, 1.5))
        opened = cuspide("audit", "verify", home=practice.folder)
        assert opened.returncode == 0, f"killed at {moment}: {opened.stdout}{opened.stderr}"
        after = ask(practice.folder, STATE)
        moved = after["mark"] != before["mark"]
        assert after["mark"] == after["key"], f"killed at {moment}"
        assert after["store"] == (after["mark"] if moved else before["store"]), f"killed at {moment}"
        assert after["former"] == [*before["former"], *([before["mark"]] if moved else [])]
        for same in ("files", "secrets", "seeds"):
            assert after[same] == before[same], f"killed at {moment}: {same}"
        assert after["faults"] == []
        assert leftovers(practice) == [], f"killed at {moment}"
        if isinstance(moment, str):
            assert moved == (moment == "decided" or not on_postgresql), "what decides is the commit, or the name"
        ended["forward" if moved else "back" if "annulé" in opened.stderr else "untouched"] += 1
        before = after
    assert untouched(practice) == rows
    assert cuspide("check", home=practice.folder).returncode == 0
    note_figure("changes of key killed", lost=0, **ended)
