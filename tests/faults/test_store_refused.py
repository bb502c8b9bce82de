"""A store that is not as it was left is refused with a sentence, stays as it is, and gets no empty one in its place."""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cuspide.core import keystore
from tests.support.server import LivePractice, clean_environment, cuspide, python

pytestmark = pytest.mark.timeout(900)


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file that holds the practice; SQLite's own -wal and -shm come and go."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def assert_refused(practice: LivePractice, sentence: str) -> None:
    """`serve` and `check` end with the sentence, no traceback, a status that says so, and nothing changed."""
    before = fingerprint(practice.folder)
    for words in (["serve", "--port", str(practice.port)], ["check"]):
        done = cuspide(*words, home=practice.folder)
        said = done.stdout + done.stderr
        assert done.returncode != 0, f"cuspide {words[0]} went on:\n{said}"
        assert "Traceback" not in said, said
        assert re.search(sentence, said), f"cuspide {words[0]} did not say why:\n{said}"
        assert fingerprint(practice.folder) == before, f"cuspide {words[0]} changed the folder"


def test_a_sound_practice_is_served(own_practice: LivePractice) -> None:
    """The tests below would prove nothing if nothing were ever accepted."""
    own_practice.start()
    assert own_practice.stop() == 0
    assert cuspide("check", home=own_practice.folder).returncode == 0


def test_a_missing_key_is_said(own_practice: LivePractice) -> None:
    (own_practice.folder / "key").unlink()
    assert_refused(own_practice, "clé .*(introuvable|manque)")
    assert not (own_practice.folder / "key").exists(), "a new key was made where one was expected"


def test_another_practices_key_is_told_apart(own_practice: LivePractice) -> None:
    (own_practice.folder / "key").unlink()
    keystore.create(own_practice.folder / "key")
    assert_refused(own_practice, "autre cabinet")


def test_a_key_that_claims_to_be_right_is_found_out(own_practice: LivePractice) -> None:
    (own_practice.folder / "key").unlink()
    other = keystore.key_id(keystore.create(own_practice.folder / "key"))
    config = own_practice.folder / "cuspide.toml"
    config.write_text(re.sub(r'key_id = "\w+"', f'key_id = "{other}"', config.read_text(encoding="utf-8")))
    assert_refused(own_practice, "autre clé|endommag")


def test_a_damaged_key_file_is_said(own_practice: LivePractice) -> None:
    key = own_practice.folder / "key"
    key.write_bytes(key.read_bytes()[:-9])
    assert_refused(own_practice, "abîmé")


@pytest.mark.parametrize("left", [None, b"", b"SQLite format 3\x00" + b"\x00" * 4080], ids=["gone", "empty", "zeroes"])
def test_a_store_that_is_gone_is_not_replaced(own_practice: LivePractice, left: bytes | None) -> None:
    store = own_practice.folder / "store.sqlite3"
    store.unlink()
    if left is not None:
        store.write_bytes(left)
    assert_refused(own_practice, "introuvable|est vide|endommag")
    assert store.exists() == (left is not None)


def test_a_plain_sqlite_file_in_its_place_is_refused(own_practice: LivePractice) -> None:
    store = own_practice.folder / "store.sqlite3"
    store.unlink()
    plain = sqlite3.connect(store)
    plain.execute("CREATE TABLE patients_patient (id INTEGER)")
    plain.commit()
    plain.close()
    assert_refused(own_practice, "autre clé|endommag")


def test_a_truncated_store_is_refused(own_practice: LivePractice, chance: random.Random, long_run: bool) -> None:
    store = own_practice.folder / "store.sqlite3"
    whole = store.read_bytes()
    lengths = [len(whole) // 2, len(whole) - 4096, 4096, 100]
    lengths += [chance.randrange(1, len(whole)) for _ in range(20 if long_run else 2)]
    for length in lengths if long_run else chance.sample(lengths, 3):
        store.write_bytes(whole[:length])
        assert_refused(own_practice, "endommag|autre clé")


# `cuspide serve` again and again: Python and Django are loaded once, and each call is a program forked from there.
SERVE = """
import os, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "cuspide.config.settings"
django.setup()
from cuspide.cli import main
answer = []
for line in sys.stdin:
    place, bit = map(int, line.split())
    with open(sys.argv[1], "r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)[0]
        stream.seek(place)
        stream.write(bytes([byte ^ 1 << bit]))
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        status = 1
        try:
            status = main(sys.argv[2:])
        except SystemExit as ended:
            status = ended.code or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        said = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with open(sys.argv[1], "r+b") as stream:
        stream.seek(place)
        left = stream.read(1)[0]
        stream.seek(place)
        stream.write(bytes([byte]))
    answer.append([status, said, left == byte ^ 1 << bit])
print("\\n" + json.dumps(answer))
"""


def serve_with_flipped_bits(practice: LivePractice, bits: list[tuple[int, int]]) -> list[tuple[int, str, bool]]:
    """For each bit: the status of `cuspide serve`, what it said, and whether it left the damaged byte as it was."""
    words = ["serve", "--home", str(practice.folder), "--port", str(practice.port)]
    given = "".join(f"{place} {bit}\n" for place, bit in bits)
    store = practice.folder / "store.sqlite3"
    done = python("import json\n" + SERVE, store, *words, home=practice.folder, given=given)
    assert done.returncode == 0, done.stderr
    rounds: list[tuple[int, str, bool]] = json.loads(done.stdout.splitlines()[-1])
    return rounds


def test_a_flipped_bit_anywhere_is_found_before_the_practice_opens(
    own_practice: LivePractice, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    store = own_practice.folder / "store.sqlite3"
    whole = store.read_bytes()
    places = [0, 15, 16, 100, len(whole) - 1]
    places += [chance.randrange(len(whole)) for _ in range(200 if long_run else 8)]
    bits = [(place, chance.randrange(8)) for place in places]
    for (place, _bit), (status, said, untouched) in zip(bits, serve_with_flipped_bits(own_practice, bits), strict=True):
        assert status == 1, f"byte {place}: {said}"
        assert re.search("endommag|autre clé", said), f"byte {place}: {said}"
        assert "Traceback" not in said
        assert untouched, f"byte {place}: the store was written to"
    assert store.read_bytes() == whole
    assert cuspide("check", home=own_practice.folder).returncode == 0, "without a flipped bit it is accepted"
    note_figure("flipped bits", tried=len(places), found=len(places), store_bytes=len(whole))


def test_half_a_first_creation_is_never_used(tmp_path: Path, chance: random.Random, long_run: bool) -> None:
    """kill -9 while the demo practice is made: the next call makes a whole one, or there was none."""
    home = tmp_path / "practice"
    words = ["demo", "--no-serve", "--patients", "40", "--years", "1", "--home", str(home)]
    for _kill in range(8 if long_run else 2):
        process = subprocess.Popen(
            [sys.executable, "-m", "cuspide", *words],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.8, 6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if home.exists():
            assert cuspide("check", home=home).returncode == 0
            shutil.rmtree(home)
    done = cuspide(*words, timeout=300)
    assert done.returncode == 0, done.stderr
    assert cuspide("check", home=home).returncode == 0
