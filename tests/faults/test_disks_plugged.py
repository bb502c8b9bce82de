"""Removable disks under the real service: plugged in, written, read back, unplugged. A disk is a file system with its
label in a file, mounted where a desktop mounts it; what the kernel does with a real plug is not tried."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.test_backup import PHRASE, ROWS, _with_phrase, done
from tests.support.server import LivePractice, ask, cuspide

pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("restic") is None, reason="needs restic"),
    pytest.mark.skipif(shutil.which("mkfs.ext4") is None, reason="needs mkfs.ext4"),
]


class Plug:
    """A removable disk of so many megabytes."""

    def __init__(self, image: Path, label: str, size_mb: int) -> None:
        self.image, self.label, self.place = image, label, Path("/media") / image.stem / label
        with image.open("wb") as stream:
            stream.truncate(size_mb * 1024 * 1024)
        subprocess.run(["mkfs.ext4", "-q", "-L", label, image], check=True)

    def push(self) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        if subprocess.run(["mount", "-o", "loop", self.image, self.place], check=False).returncode:
            pytest.skip("this machine lets nobody mount a disk")

    def pull(self) -> None:
        subprocess.run(["umount", "-l", self.place], check=False)


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Callable[..., Plug]]:
    made: list[Plug] = []

    def make(label: str, size_mb: int = 60) -> Plug:
        made.append(Plug(tmp_path / f"{tmp_path.parent.name}-{len(made)}.img", label, size_mb))
        made[-1].push()
        return made[-1]

    yield make
    for one in made:
        one.pull()
        shutil.rmtree(one.place.parent, ignore_errors=True)


SAID = """
from cuspide.continuity.services import disks
answer = {one.disk.name: str(one.said["text"]) for one in disks.turns()}
"""


def wait_for(home: Path, name: str, words: str) -> str:
    said = ""
    for _ in range(120):
        said = ask(home, SAID)[name]
        if words in said:
            return said
        time.sleep(1)
    raise AssertionError(said)


def test_two_disks_in_turn_each_is_written_read_back_and_brings_the_practice_back(
    own_practice: LivePractice, plug: Callable[..., Plug], tmp_path: Path
) -> None:
    home = own_practice.folder
    _with_phrase(home)
    a = plug("CUSPIDE-TA")
    done("backup", "disk", "Disque A", a.label, "--every", "1", home=home)
    with own_practice:
        wait_for(home, "Disque A", "Vous pouvez débrancher")
        assert (a.place / "cuspide" / "practice" / "config").exists()
        a.pull()
        wait_for(home, "Disque A", "hors de portée")
        assert list(a.place.iterdir()) == [], "the folder where a disk was is no disk"
        b = plug("CUSPIDE-TB")
        done("backup", "disk", "Disque B", b.label, home=home)
        wait_for(home, "Disque B", "Vous pouvez débrancher")
        b.pull()
    assert list(a.place.iterdir()) == []
    before = ask(home, ROWS)
    b.push()
    done("restore", b.place / "cuspide", "--passphrase-stdin", home=tmp_path / "new", given=PHRASE)
    after = ask(tmp_path / "new", ROWS)
    changed = {table for table in before if after[table] != before[table]}
    assert changed <= {"audit_entry", "audit_payload", "audit_head"}


def test_a_disk_that_is_full_or_pulled_out_too_early_is_said(
    own_practice: LivePractice, plug: Callable[..., Plug]
) -> None:
    home = own_practice.folder
    small = plug("CUSPIDE-TS", size_mb=3)
    done("backup", "disk", "Disque S", small.label, home=home)
    with own_practice:
        said = wait_for(home, "Disque S", "n’a pas pu être écrit")
        assert "place" in said, said
        small.pull()
        wait_for(home, "Disque S", "attendu")
    said = cuspide("backup", "run", "Disque S", home=home)
    assert said.returncode == 1
    assert "n’est pas branché" in said.stdout
