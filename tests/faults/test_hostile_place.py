"""A place of backups in somebody else's hands: what he can put there is refused, or said, with a sentence."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.test_backup import PHRASE, ROWS, _with_phrase, append_only, done, password_of, restic
from tests.faults.test_one_file import with_sheet
from tests.support.server import LivePractice, ask, cuspide, kept_demo

__all__ = ["append_only"]
pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("restic") is None, reason="needs restic"),
]
MORE = "from cuspide.patients.models import Patient\nanswer = Patient.objects.update(language='en')"


def test_an_empty_machine_the_sheet_and_a_place_that_only_takes(
    own_practice: LivePractice, append_only: str, tmp_path: Path
) -> None:
    home, new = own_practice.folder, tmp_path / "new"
    lines = with_sheet(home, tmp_path)
    done("backup", "add", "Réserve", append_only, home=home)
    done("backup", "run", home=home)
    before, mark = (
        ask(home, ROWS),
        ask(home, "from cuspide.core import keystore\nanswer = keystore.practice_home().key_id"),
    )
    anchor = done("audit", "anchor", home=home).strip()
    done("backup", "run", home=home)
    shutil.rmtree(home)
    shown = done("restore", append_only, "--list", "--with", "sheet", home=new, given="\n".join(lines) + "\n")
    assert len(shown.splitlines()) == 2
    said = done("restore", append_only, "--with", "sheet", "--anchor", anchor, home=new, given="\n".join(lines) + "\n")
    assert mark in said
    assert "ATTENTION" not in said
    after = ask(new, ROWS)
    assert {table for table in before if after[table] != before[table]} <= {
        "audit_entry",
        "audit_payload",
        "audit_head",
    }
    wrong = [*lines[:2], lines[2][::-1], *lines[3:]]
    refused = cuspide("restore", append_only, "--with", "sheet", home=tmp_path / "x", given="\n".join(wrong) + "\n")
    assert refused.returncode == 1
    assert "igne 3" in refused.stderr


Tamper = Callable[[Path], None]


@pytest.fixture
def place(own_practice: LivePractice, tmp_path: Path) -> Callable[..., str]:
    """A practice with two copies at a place whose keeper has its password too; `place(tamper)` puts there, as the
    newest copy, the first one changed by `tamper`. Gives what `restore` then says."""
    home, disk = own_practice.folder, tmp_path / "disk"
    _with_phrase(home)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    password = password_of(home)
    first = json.loads(restic(disk / "practice", password, "snapshots", "--json").stdout)[0]["id"]
    ask(home, MORE)

    def tampered(tamper: Tamper, *words: str) -> str:
        done("backup", "run", home=home)
        tree = tmp_path / "tree"
        restic(disk / "practice", password, "restore", first, "--target", str(tree))
        tamper(tree)
        environment = os.environ | {"RESTIC_PASSWORD": password, "RESTIC_REPOSITORY": str(disk / "practice")}
        command = ["restic", "--no-cache", "backup", "--host", "cuspide", *sorted(one.name for one in tree.iterdir())]
        subprocess.run(command, cwd=tree, env=environment, check=True, capture_output=True)
        said = cuspide("restore", disk, "--passphrase-stdin", *words, home=tmp_path / "new", given=PHRASE)
        assert "Traceback" not in said.stderr
        assert (said.returncode == 0) is (tmp_path / "new").exists()
        assert not (tmp_path / "new.restoring").exists()
        return said.stdout + said.stderr

    return tampered


def test_an_older_head_replayed_as_the_newest_is_said_by_an_anchor(
    own_practice: LivePractice, place: Callable[..., str]
) -> None:
    anchor = done("audit", "anchor", home=own_practice.folder).strip()
    said = place(lambda _tree: None, "--anchor", anchor)
    assert "ATTENTION" in said
    assert anchor[:20] in said


def test_an_older_store_under_todays_anchors_is_said_without_being_asked(
    own_practice: LivePractice, place: Callable[..., str]
) -> None:
    done("audit", "anchor", "--to", own_practice.folder / "anchors", home=own_practice.folder)

    def mixed(tree: Path) -> None:
        shutil.copytree(own_practice.folder / "anchors", tree / "anchors", dirs_exist_ok=True)

    assert "ATTENTION" in place(mixed)


def test_another_practices_copy_in_the_place_of_ours_is_refused(place: Callable[..., str], tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(kept_demo(20), other)
    done("backup", "add", "B", tmp_path / "B", home=other)
    done("backup", "run", home=other)

    def foreign(tree: Path) -> None:
        for name in ("cuspide.toml", "backup"):
            found = tree / name
            shutil.rmtree(found) if found.is_dir() else found.unlink()
        shutil.copy(other / "cuspide.toml", tree)
        shutil.copytree(other / "backup" / "store", tree / "backup" / "store")

    assert "autre cabinet" in place(foreign)


def test_another_practices_store_under_our_name_is_refused(place: Callable[..., str], tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(kept_demo(20), other)
    done("backup", "add", "B", tmp_path / "B", home=other)
    done("backup", "run", home=other)

    def foreign(tree: Path) -> None:
        shutil.rmtree(tree / "backup")
        shutil.copytree(other / "backup" / "store", tree / "backup" / "store")

    assert "cuspide: " in place(foreign)


def test_two_pages_exchanged_under_a_manifest_made_anew_are_found(place: Callable[..., str]) -> None:
    def exchanged(tree: Path) -> None:
        (base,) = tree.glob("backup/store/*/base")
        content = bytearray(base.read_bytes())
        content[4096 * 5 : 4096 * 6], content[4096 * 9 : 4096 * 10] = (
            content[4096 * 9 : 4096 * 10],
            content[4096 * 5 : 4096 * 6],
        )
        base.write_bytes(content)
        manifest = base.with_name("manifest.json")
        said = json.loads(manifest.read_text())
        said["base"]["sha256"] = hashlib.sha256(content).hexdigest()
        manifest.write_text(json.dumps(said))

    assert "La base de données" in place(exchanged)


def test_a_copy_without_the_store_is_refused(place: Callable[..., str]) -> None:
    assert "base de données" in place(lambda tree: shutil.rmtree(tree / "backup"))


def test_links_out_of_the_practice_are_refused(place: Callable[..., str], tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()

    def linked(tree: Path) -> None:
        shutil.rmtree(tree / "blobs", ignore_errors=True)
        (tree / "blobs").symlink_to(outside)

    assert "liens" in place(linked)
    assert list(outside.iterdir()) == []


def test_a_byte_that_no_trial_meets_is_found_by_the_weekly_reading(own_practice: LivePractice, tmp_path: Path) -> None:
    home, disk = own_practice.folder, tmp_path / "disk"
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    assert done("backup", "read", home=home).startswith("✓")
    pack = max((disk / "practice" / "data").rglob("?" * 64), key=lambda path: path.stat().st_size)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)
    said = cuspide("backup", "read", home=home)
    assert said.returncode == 1
    assert said.stdout.startswith("✗")


def test_the_sheet_is_tried_on_a_place_and_another_ones_sheet_is_refused(
    own_practice: LivePractice, tmp_path: Path
) -> None:
    home = own_practice.folder
    old = with_sheet(home, tmp_path)
    (tmp_path / "feuille.pdf").unlink()
    lines = with_sheet(home, tmp_path)
    done("backup", "add", "Disque A", tmp_path / "disk", home=home)
    done("backup", "run", home=home)
    assert done("backup", "sheet", "Disque A", home=home, given="\n".join(lines) + "\n").startswith("✓")
    said = cuspide("backup", "sheet", "Disque A", home=home, given="\n".join(old) + "\n")
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
