"""The practice copied to another place by the real restic, and brought back to an empty machine by passphrase."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.server import LivePractice, ask, clean_environment, cuspide

pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("restic") is None, reason="needs restic"),
]
PHRASE = "quatre mots sans aucun rapport\n"
# Every row of the store, but what the copies themselves write down.
ROWS = """
import hashlib
from django.apps import apps
from django.core import serializers
from django.db import connection
answer = {}
for model in apps.get_models(include_auto_created=True):
    table = model._meta.db_table
    if not table.startswith(("continuity_", "core_", "django_tasks")):
        text = serializers.serialize("jsonl", model._base_manager.order_by("pk"))
        answer[table] = hashlib.sha256(text.encode()).hexdigest()
"""
FILE = """
from cuspide.core import blobs
blob = blobs.put(b"une radiographie" * 1000, "image/jpeg")
answer = blob.digest
"""


def test_an_empty_machine_and_the_passphrase_bring_the_practice_back(
    own_practice: LivePractice, tmp_path: Path, note_figure: Callable[..., None]
) -> None:
    home, disk, new = own_practice.folder, tmp_path / "disk", tmp_path / "new"
    _with_phrase(home)
    digest = ask(home, FILE)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    with own_practice:  # what happened since is carried as pages, while the service is at work
        ask(home, "from cuspide.patients.models import Patient\nanswer = Patient.objects.update(language='en')")
        second = done("backup", "run", home=home)
        assert "Disque A" in second
    assert (newest_generation(home) / "00001.delta").exists()
    before = ask(home, ROWS)
    assert done("backup", "try", home=home).startswith("✓")
    shutil.rmtree(home)

    listed = done("restore", disk, "--list", "--passphrase-stdin", home=new, given=PHRASE).splitlines()
    assert len(listed) >= 2
    assert not new.exists()
    said = done("restore", disk, "--passphrase-stdin", home=new, given=PHRASE)
    assert "60 patients" in said
    assert ask(new, ROWS) == before
    assert (new / "blobs" / digest[:2] / digest).exists()
    assert cuspide("audit", "verify", home=new).returncode == 0
    assert sorted(one.name for one in new.parent.iterdir()) == ["disk", "new"]
    # An earlier copy is had as well.
    older = tmp_path / "older"
    done("restore", disk, "--at", listed[0].split()[0], "--passphrase-stdin", home=older, given=PHRASE)
    assert ask(older, ROWS) != before


UNSEALED = """
import datetime as dt
from django.db import connection
from cuspide.core import clock
with connection.cursor() as cursor:
    before = clock.now() - dt.timedelta(hours=1)
    cursor.execute("UPDATE audit_entry SET at = %s WHERE sequence IS NULL", [before.replace(tzinfo=None)])
    answer = cursor.rowcount
"""


def test_what_was_not_sealed_yet_when_it_was_copied_keeps_nobody_out(
    own_practice: LivePractice, tmp_path: Path
) -> None:
    """The last entries of the trace are sealed a second after they were written: a copy has some that never were."""
    home, disk = own_practice.folder, tmp_path / "disk"
    _with_phrase(home)
    done("backup", "add", "Disque A", disk, home=home)
    assert ask(home, UNSEALED) >= 1
    done("backup", "run", home=home)
    done("backup", "try", home=home)
    done("restore", disk, "--passphrase-stdin", home=tmp_path / "new", given=PHRASE)


def test_the_key_itself_is_never_carried(own_practice: LivePractice, tmp_path: Path) -> None:
    home, disk = own_practice.folder, tmp_path / "disk"
    _with_phrase(home)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    whole = tmp_path / "whole"
    for repository in ("practice", "envelope"):
        password = "cuspide" if repository == "envelope" else password_of(home)
        restic(disk / repository, password, "restore", "latest", "--target", str(whole / repository))
    names = {path.name for path in whole.rglob("*") if path.is_file()}
    assert {"cuspide.toml", "keys.json", "base", "manifest.json", "repository.age"} <= names
    assert "key" not in names
    key = (home / "key").read_text().strip().split(":")[1]
    assert all(key.encode() not in path.read_bytes() for path in whole.rglob("*") if path.is_file())


@pytest.mark.parametrize("harm", ["store", "blob"])
def test_a_byte_that_was_changed_at_the_place_is_found_by_the_trial(
    own_practice: LivePractice, tmp_path: Path, harm: str
) -> None:
    home, disk = own_practice.folder, tmp_path / "disk"
    ask(home, FILE)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    packs = sorted(
        (disk / "practice" / "data").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0
    )
    packs = [path for path in packs if path.is_file()]
    pack = packs[-1] if harm == "store" else packs[0]
    content = bytearray(pack.read_bytes())
    content[len(content) // 3] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)
    shutil.rmtree(home / "backup" / "cache")
    said = cuspide("backup", "try", home=home)
    assert said.returncode == 1
    assert said.stdout.startswith("✗")
    assert not (home / "backup" / "trial").exists()
    assert cuspide("check", home=home).returncode == 1


def test_a_place_that_is_gone_is_said_and_the_others_get_their_copy(own_practice: LivePractice, tmp_path: Path) -> None:
    home = own_practice.folder
    for name in ("A", "B"):
        done("backup", "add", f"Disque {name}", tmp_path / name, home=home)
    (tmp_path / "A").rename(tmp_path / "away")
    said = cuspide("backup", "run", home=home)
    assert said.returncode == 1
    assert [line[0] for line in said.stdout.splitlines()] == ["✗", "✓"]
    (tmp_path / "away").rename(tmp_path / "A")
    done("backup", "run", home=home)


def test_another_practices_place_is_refused(own_practice: LivePractice, tmp_path: Path) -> None:
    home, disk, other = own_practice.folder, tmp_path / "disk", tmp_path / "other"
    _with_phrase(home)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    # The same place once more, under another name: what lies there is not to be mixed.
    said = cuspide("backup", "add", "Disque B", disk, home=home)
    assert (said.returncode, said.stdout) == (1, "")
    assert "vide" in said.stderr
    # The envelope of one practice before the copies of another.
    shutil.copytree(disk, other)
    shutil.rmtree(other / "practice")
    restic(other / "practice", "another", "init")
    said = cuspide("restore", other, "--passphrase-stdin", home=tmp_path / "new", given=PHRASE)
    assert said.returncode == 1
    assert "mot de passe" in said.stderr
    # A wrong passphrase.
    said = cuspide("restore", disk, "--passphrase-stdin", home=tmp_path / "new", given="une autre phrase de passe\n")
    assert said.returncode == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("place", ["relative/folder", "", "{home}/backups", "{parent}"])
def test_a_place_that_is_none_is_refused(own_practice: LivePractice, place: str) -> None:
    home = own_practice.folder
    said = cuspide("backup", "add", "Disque A", place.format(home=home, parent=home.parent), home=home)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("cuspide: ")
    assert not (home / "backups").exists()


def test_nothing_is_restored_over_a_practice(own_practice: LivePractice, tmp_path: Path) -> None:
    home, disk = own_practice.folder, tmp_path / "disk"
    _with_phrase(home)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    before = ask(home, ROWS)
    said = cuspide("restore", disk, "--passphrase-stdin", home=home, given=PHRASE)
    assert said.returncode == 1
    assert "n’est pas vide" in said.stderr
    assert ask(home, ROWS) == before


@pytest.fixture
def append_only(tmp_path: Path) -> Iterator[str]:
    """A second machine that takes and never deletes."""
    if shutil.which("rclone") is None:
        pytest.skip("needs rclone")
    from tests.support.server import free_port

    port = free_port()
    command = ["rclone", "serve", "restic", "--append-only", "--addr", f"127.0.0.1:{port}", str(tmp_path / "far")]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as one:
        try:
            _wait_for(port)
            yield f"rest:http://127.0.0.1:{port}/"
        finally:
            one.kill()


def test_a_place_that_only_takes_outlives_whoever_has_all_rights_here(
    own_practice: LivePractice, append_only: str, tmp_path: Path
) -> None:
    """With the program's own credentials nothing can be deleted there; the practice comes back from it."""
    home = own_practice.folder
    _with_phrase(home)
    done("backup", "add", "Réserve", append_only, home=home)
    done("backup", "run", home=home)
    before = ask(home, ROWS)
    password, repository = password_of(home), f"{append_only}practice/"
    (newest,) = json.loads(restic(repository, password, "snapshots", "--json").stdout)
    forgotten = restic(repository, password, "forget", "--prune", newest["id"], fails=True)
    assert "403" in forgotten.stderr
    shutil.rmtree(home)
    done("restore", append_only, "--passphrase-stdin", home=tmp_path / "new", given=PHRASE)
    assert ask(tmp_path / "new", ROWS) == before


def done(*words: str | Path, home: Path, given: str = "") -> str:
    ran = cuspide(*words, home=home, given=given)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def newest_generation(home: Path) -> Path:
    return max((home / "backup" / "store").iterdir())


def password_of(home: Path) -> str:
    code = """
from cuspide.continuity import secrets
from cuspide.continuity.models import Destination
answer = secrets.access_to(Destination.objects.get()).password
"""
    return str(ask(home, code))


def restic(place: Path | str, password: str, *words: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RESTIC_PASSWORD": password, "RESTIC_REPOSITORY": str(place)}
    ran = subprocess.run(["restic", "--no-cache", *words], env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode != 0) is fails, ran.stderr
    return ran


def _with_phrase(home: Path) -> None:
    done("key", "passphrase", "--passphrase-stdin", home=home, given=PHRASE)


def _wait_for(port: int) -> None:
    code = f"""
import socket, time
for _ in range(600):
    try:
        socket.create_connection(("127.0.0.1", {port}), 1).close()
        break
    except OSError:
        time.sleep(0.05)
else:
    raise SystemExit("it does not answer")
"""
    subprocess.run([sys.executable, "-c", code], env=clean_environment(), check=True)
