"""A practice changes its master key: everything goes on under the new one, and the old one opens it no more."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cuspide.core import keystore, occupied
from tests.faults.test_store_moved import EXPORT
from tests.support.server import LivePractice, ask, cuspide, python
from tests.support.web import WebSession

pytestmark = pytest.mark.timeout(1800)

PHRASE = "cinq mots qui ne vont pas ensemble"
# What a change of key may change in the store; all else stays as it is, to the last letter.
TOUCHED = {
    "accounts_pin",
    "accounts_seat",
    "audit_entry",
    "audit_head",
    "audit_payload",
    "core_blob",
    "core_retiredkey",
    "django_session",
    "mfa_authenticator",
}
HANGS_ON_THE_KEY = """
from cuspide.accounts.models import Pin, User
from cuspide.core import blobs, clock
blobs.put(b"%PDF-1.7 a letter", "application/pdf")
blobs.put(b"\\xff\\xd8 a picture", "image/jpeg")
Pin.objects.get_or_create(user=User.objects.first(), defaults={"hashed": "x", "set_at": clock.now()})
answer = 1
"""
STATE = """
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from cuspide.accounts.models import Pin
from cuspide.audit.models import Entry
from cuspide.audit.verify import UNSEALED, verify
from cuspide.core import blobs, keystore
from cuspide.core.keys import retired
from cuspide.core.models import Blob
home = keystore.practice_home()
answer = {
    "mark": home.key_id,
    "key": keystore.key_id(keystore.master(home)),
    "store": retired.mark_of_store(),
    "former": [one.mark for one in retired.kept()],
    "files": [blobs.get(one).hex() for one in Blob.objects.order_by("pk")],
    "secrets": [decrypt(one.data["secret"]) for one in Authenticator.objects.filter(type="totp").order_by("pk")],
    "seeds": [decrypt(one.data["seed"]) for one in Authenticator.objects.filter(type="recovery_codes").order_by("pk")],
    "pins": Pin.objects.count(),
    # Nobody serves the practice: on a slow machine what waits for its seal has waited for more than a minute.
    "faults": [str(one) for one in verify().faults if one.kind != UNSEALED],
    "told": Entry.objects.filter(action="practice.change_key", actor_label__contains="operator").count(),
}
"""


FULL_AMONG_THE_ROWS = """
import sys
from django.db import OperationalError
from cuspide import cli
before = cli.start_django
def start():
    before()
    from cuspide.core.keys import retired
    def full(*words):
        raise OperationalError("database or disk is full: Jeanne Dupont")
    retired.retire = full
cli.start_django = start
import cuspide.cli.key
cuspide.cli.key.start_django = start
sys.exit(cli.main(sys.argv[1:]))
"""


SMALL_FILES = """
import resource, sys
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
from cuspide import cli
sys.exit(cli.main(sys.argv[1:]))
"""
CHANGE = ["--without-sheet", "--passphrase-stdin", "change"]


def change(practice: LivePractice, script: str = "", *words: str) -> subprocess.CompletedProcess[str]:
    """Change the key, with a passphrase and without a sheet."""
    words = (*words, "key", "--home", str(practice.folder), *CHANGE)
    return python(script, *words, given=PHRASE + "\n") if script else cuspide(*words, given=PHRASE + "\n")


def refused(practice: LivePractice, sentence: str, *more: str) -> str:
    before = {path.name: path.read_bytes() for path in practice.folder.iterdir() if path.is_file()}
    done = change(practice, *more)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert re.search(sentence, said), said
    assert "Traceback" not in said
    assert "Dupont" not in said
    assert {path.name: path.read_bytes() for path in practice.folder.iterdir() if path.is_file()} == before
    return said


def leftovers(practice: LivePractice) -> list[str]:
    names = [path.name for path in practice.folder.iterdir()]
    return [name for name in names if name.startswith("key-change") or name.endswith((".next", ".half", "-wal"))]


def untouched(practice: LivePractice) -> dict[str, list[Any]]:
    return {table: said for table, said in ask(practice.folder, EXPORT).items() if table not in TOUCHED}


def test_everything_goes_on_under_the_new_key(either_practice: LivePractice, tmp_path: Path) -> None:
    practice = either_practice
    ask(practice.folder, HANGS_ON_THE_KEY)
    anchored = cuspide("audit", "anchor", "--to", tmp_path, home=practice.folder)
    assert anchored.returncode == 0, anchored.stderr
    (anchor,) = tmp_path.glob("anchor-*.json")
    before, rows = ask(practice.folder, STATE), untouched(practice)
    old_key = keystore.read(practice.folder / "key")

    done = change(practice)

    assert done.returncode == 0, done.stdout + done.stderr
    after = ask(practice.folder, STATE)
    assert after["mark"] == after["key"] == after["store"] != before["mark"]
    assert after["former"] == [*before["former"], before["mark"]]
    for same in ("files", "secrets", "seeds", "faults"):
        assert after[same] == before[same], same
    assert after["secrets"]
    assert after["faults"] == []
    assert after["pins"] == 0, "a PIN that the old key opens is left"
    assert after["told"] == before["told"] + 1
    assert untouched(practice) == rows
    assert leftovers(practice) == []
    assert cuspide("check", home=practice.folder).returncode == 0
    proved = cuspide("audit", "verify", "--anchor", anchor, home=practice.folder)
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert old_key.hex() not in done.stdout
    owner = practice.accounts["owner"]
    with practice:
        WebSession(practice.port).sign_in(owner.email, owner.password, owner.totp_secret)


def test_the_old_key_opens_the_store_no_more_and_the_new_copies_bring_the_new_one_back(
    own_practice: LivePractice, tmp_path: Path
) -> None:
    from sqlcipher3 import dbapi2

    key = own_practice.folder / "key"
    assert change(own_practice).returncode == 0
    old_copies = (own_practice.folder / "keys.json").read_bytes()
    shutil.copy(key, tmp_path / "old")
    ask(own_practice.folder, "from cuspide.core import blobs\nblobs.put(b'kept', 'text/plain')\nanswer = 1")

    assert change(own_practice).returncode == 0, "a second change"

    store = dbapi2.connect(own_practice.folder / "store.sqlite3")
    store.execute(f"PRAGMA key = \"x'{keystore.derived(keystore.read(tmp_path / 'old'), 'store').hex()}'\"")
    with pytest.raises(dbapi2.DatabaseError):
        store.execute("SELECT count(*) FROM sqlite_master").fetchone()
    store.close()
    new = key.read_bytes()
    shutil.copy(tmp_path / "old", key)
    assert "cuspide key recover" in cuspide("check", home=own_practice.folder).stderr
    assert recovered(own_practice, PHRASE).returncode == 0
    assert key.read_bytes() == new
    (own_practice.folder / "key.before-recovery").unlink()
    key.unlink()
    assert "phrase de passe" in recovered(own_practice, "les mots de la phrase d'avant").stderr
    (own_practice.folder / "keys.json").write_bytes(old_copies)
    assert "autre cabinet" in recovered(own_practice, PHRASE).stderr, "copies from before the change"
    key.write_bytes(new)
    listed = cuspide("key", "former", home=own_practice.folder).stdout.split()
    assert len(listed) == 2
    given = cuspide("key", "former", "--mark", listed[1], "--to", tmp_path / "given", home=own_practice.folder)
    assert given.returncode == 0, given.stderr
    assert (tmp_path / "given").read_bytes() == (tmp_path / "old").read_bytes()


def recovered(practice: LivePractice, phrase: str) -> subprocess.CompletedProcess[str]:
    return cuspide("key", "recover", "--passphrase-stdin", "--home", practice.folder, given=phrase + "\n")


def test_what_cannot_be_ended_well_is_not_begun(own_practice: LivePractice) -> None:
    occupied.share(own_practice.folder)  # as the service does, for as long as one of its processes lives
    try:
        refused(own_practice, "[Aa]rrêtez le service")
    finally:
        os.close(occupied._held.pop())
    # No file may grow over half the store: the disk that is full while the copy is written.
    most = (own_practice.folder / "store.sqlite3").stat().st_size // 2
    refused(own_practice, "Rien n’a été modifié", SMALL_FILES, str(most))
    assert leftovers(own_practice) == []
    refused(own_practice, "Rien n’a été modifié", FULL_AMONG_THE_ROWS)
    assert leftovers(own_practice) == []
    assert cuspide("audit", "verify", home=own_practice.folder).returncode == 0


def test_a_change_of_somebody_elses_making_is_refused(own_practice: LivePractice, tmp_path: Path) -> None:
    """Whoever writes into the folder without the key may stop the practice, and never give it another."""
    forged = own_practice.folder / "key-change"
    forged.mkdir()
    for content in (None, b"{", b'{"old": 1, "new": 2, "files": {}, "by_old": "", "by_new": "", "format": ""}'):
        if content is not None:
            (forged / "change.json").write_bytes(content)
        said = cuspide("check", home=own_practice.folder)
        assert said.returncode == 1
        assert "key-change" in said.stderr
        assert "Traceback" not in said.stderr
    shutil.rmtree(forged)
    own = tmp_path / "another"
    shutil.copytree(own_practice.folder, own)
    left = killed_when_whole(LivePractice(own))
    toml = (left / "cuspide.toml").read_bytes()
    (left / "cuspide.toml").write_bytes(toml.replace(b"localhost", b"localhost.evil"))
    said = cuspide("check", home=own)
    assert said.returncode == 1
    assert "cuspide.toml" in said.stderr
    (left / "cuspide.toml").write_bytes(toml)
    (own / "key").write_bytes(b"cuspide-key-1:" + b"A" * 43 + b"=\n")
    assert "CUSPIDE_KEY_FILE" in cuspide("check", home=own).stderr, "another key proves nothing"
    shutil.copy(own_practice.folder / "key", own / "key")
    ended = cuspide("check", home=own)
    assert ended.returncode in (0, 1), ended.stderr
    assert ask(own, STATE)["former"], "with the files as they were made it goes on"


WHOLE = """
import os, signal, sys
from cuspide.core.keys.changing import settling
settling._forward = lambda home, change: os.kill(os.getpid(), signal.SIGKILL)
from cuspide.cli import main
main(sys.argv[1:])
"""


def killed_when_whole(practice: LivePractice) -> Path:
    """A change killed when it is decided and nothing has its place yet."""
    python(WHOLE, "key", "--home", practice.folder, *CHANGE, given="\n")
    left = practice.folder / "key-change"
    assert left.is_dir()
    return left
