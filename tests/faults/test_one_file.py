"""The practice as one file: in parts, on full and failing media, by hand with public tools alone, and back."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.test_backup import FILE, PHRASE, ROWS, _with_phrase, done
from tests.faults.test_keys_command import started
from tests.faults.test_store_moved import KILLED
from tests.support.server import LivePractice, ask, clean_environment, cuspide, python

pytestmark = pytest.mark.timeout(1800)


def with_sheet(home: Path, folder: Path) -> list[str]:
    """Its five lines, as the paper says them."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext")
    dialogue = started("key", "sheet", home=home, place=folder / "feuille.pdf")
    lines = dialogue.printed()
    status, said = dialogue.answer("\n".join(lines) + "\n")
    assert status == 0, said
    return lines


def records(home: Path) -> dict[str, str]:
    """All but the trace, which goes on while the service is at work."""
    return {table: digest for table, digest in ask(home, ROWS).items() if not table.startswith("audit_")}


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    (tmp_path / "medium").mkdir()
    return tmp_path / "medium"


def listed(medium: Path) -> Path:
    (found,) = medium.glob("*.json")
    return found


def test_the_practice_comes_back_from_one_file_by_phrase_and_by_sheet(
    own_practice: LivePractice, medium: Path, tmp_path: Path
) -> None:
    home = own_practice.folder
    _with_phrase(home)
    lines = with_sheet(home, tmp_path)
    digest = ask(home, FILE)
    with own_practice:  # while the service is at work
        said = done("backup", "file", medium, home=home)
    assert "relus" in said or "relu" in said
    before = records(home)
    (file,) = medium.glob("*.age")
    assert sorted(one.name for one in medium.iterdir()) == sorted([file.name, listed(medium).name])
    assert not (home / "backup" / "file").exists()
    shutil.rmtree(home)

    done("restore", file, "--passphrase-stdin", home=tmp_path / "one", given=PHRASE)
    assert records(tmp_path / "one") == before
    assert (tmp_path / "one" / "blobs" / digest[:2] / digest).exists()
    done("restore", listed(medium), "--with", "sheet", home=tmp_path / "two", given="\n".join(lines) + "\n")
    assert cuspide("audit", "verify", home=tmp_path / "two").returncode == 0
    assert not list((tmp_path / "two").glob("*export*")), "nothing of the plain export stays"
    wrong = cuspide("restore", file, "--passphrase-stdin", home=tmp_path / "three", given="une tout autre phrase\n")
    assert wrong.returncode == 1
    assert not (tmp_path / "three").exists()


@pytest.mark.skipif(not all(map(shutil.which, ["age", "zstd", "tar"])), reason="needs age, zstd and tar")
def test_public_tools_and_the_sheet_open_it(own_practice: LivePractice, medium: Path, tmp_path: Path) -> None:
    home = own_practice.folder
    lines = with_sheet(home, tmp_path)
    done("backup", "file", medium, "--split", "1MB", home=home)
    letters = "".join("".join(line.split()[1:-1]) for line in lines)
    (tmp_path / "sheet.txt").write_text(f"AGE-SECRET-KEY-1{letters}\n")
    place = tmp_path / "by hand"
    place.mkdir()
    script = f"cat {medium}/*.age.0* | age -d -i ../sheet.txt | zstd -d | tar x && " \
             "age -d -i ../sheet.txt export.sqlite3.zst.age | zstd -d > plain.sqlite3"  # fmt: skip
    subprocess.run(["sh", "-ec", script], cwd=place, check=True)
    with sqlite3.connect(place / "plain.sqlite3") as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("SELECT count(*) FROM patients_patient").fetchone() == (60,)


def test_every_part_is_needed_and_a_changed_byte_of_any_is_found(
    own_practice: LivePractice, medium: Path, tmp_path: Path, chance: random.Random
) -> None:
    home, new = own_practice.folder, tmp_path / "new"
    _with_phrase(home)
    done("backup", "file", medium, "--split", "1 Mo", home=home)
    parts = sorted(medium.glob("*.age.*"))
    assert len(parts) > 2
    assert {one.stat().st_size for one in parts[:-1]} == {1_000_000}

    def refused(word: str) -> None:
        said = cuspide("restore", parts[0], "--passphrase-stdin", home=new, given=PHRASE)
        assert said.returncode == 1
        assert "Traceback" not in said.stderr
        assert word in said.stderr, said.stderr
        assert not new.exists()
        assert not new.with_name("new.restoring").exists()

    for part in (parts[0], parts[1], parts[-1]):
        whole = part.read_bytes()
        broken = bytearray(whole)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        part.write_bytes(broken)
        refused("abîm")
        part.write_bytes(whole[: len(whole) // 2])
        refused("abîm")
        part.unlink()
        # `restore` is given a part that is there.
        given = next(one for one in parts if one.exists())
        said = cuspide("restore", given, "--passphrase-stdin", home=new, given=PHRASE)
        assert said.returncode == 1
        assert part.name in said.stderr
        part.write_bytes(whole)
    parts[0].rename(tmp_path / "kept")
    parts[1].rename(parts[0])
    (tmp_path / "kept").rename(parts[1])
    refused("abîm")
    kept = listed(medium).read_text()
    for nonsense in (
        "",
        "{}",
        "[" * 100_000,
        kept.replace("parts", "party"),
        kept.replace('"name": "', '"name": "../'),
    ):
        listed(medium).write_text(nonsense)
        refused("liste")
    other = json.loads(kept)
    other["sealed"] = "00" * 60
    listed(medium).write_text(json.dumps(other))
    refused("autre cabinet")


def test_without_a_copy_of_the_key_nothing_is_written_that_nobody_could_open(
    own_practice: LivePractice, medium: Path
) -> None:
    said = cuspide("backup", "file", medium, home=own_practice.folder)
    assert said.returncode == 1
    assert list(medium.iterdir()) == []
    for wrong in ("12", "0MB", "cdrom", "4.4", "-1GB"):
        said = cuspide("backup", "file", medium, f"--split={wrong}", home=own_practice.folder)
        assert said.returncode == 1, wrong


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_medium_is_said_and_nothing_stays_there(own_practice: LivePractice, small_disk: Path) -> None:
    _with_phrase(own_practice.folder)
    for words in ([], ["--split", "1MB"]):
        said = cuspide("backup", "file", small_disk, *words, home=own_practice.folder)
        assert said.returncode == 1
        assert "space" in said.stderr or "espace" in said.stderr
        assert list(small_disk.iterdir()) == []
    said = cuspide("backup", "file", small_disk / "none", home=own_practice.folder)
    assert said.returncode == 1
    assert "branché" in said.stderr


def test_killed_while_it_is_written_nothing_there_looks_whole(
    own_practice: LivePractice, medium: Path, chance: random.Random
) -> None:
    home = own_practice.folder
    _with_phrase(home)
    kills = 0
    for _ in range(4):
        words = ["backup", "file", str(medium), "--split", "1MB", "--home", str(home)]
        ended = python(KILLED, medium, str(chance.randint(1, 6)), *words)
        kills += ended.returncode == -signal.SIGKILL
        if ended.returncode:
            assert list(medium.glob("*.json")) == []
        for one in medium.iterdir():
            if not one.name.endswith(".half") and ended.returncode:
                said = cuspide("restore", one, "--passphrase-stdin", home=home.with_name("n"), given=PHRASE)
                assert said.returncode == 1
        for one in medium.glob("*.age*"):
            if not one.name.endswith(".half"):
                one.unlink()
    assert kills
    for one in medium.glob("*.json"):
        one.unlink()
    done("backup", "file", medium, home=home)
    assert not list(medium.glob("*.half")), "what a kill left is cleared"


MANY = """
import os
from cuspide.core import blobs
for number in range(12):
    blobs.put(os.urandom(20_000_000), "image/jpeg")
answer = 1
"""
SHARE = """
import resource, sys
from cuspide.cli import main
status = main(sys.argv[1:])
sys.stderr.write(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}\\n")
sys.exit(status)
"""


def test_memory_does_not_grow_with_the_images(
    own_practice: LivePractice, medium: Path, note_figure: Callable[..., None]
) -> None:
    home = own_practice.folder
    _with_phrase(home)
    ask(home, MANY)

    def peak() -> int:
        command = [sys.executable, "-c", SHARE, "backup", "file", str(medium), "--home", str(home)]
        ran = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return int(ran.stderr.split()[-1])

    found = peak()
    note_figure("one file of 240 MB of images", peak_mb=found)
    assert found < 220, found
