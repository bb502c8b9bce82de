"""A change of key while others use the practice; keys of several times in one place; what comes back afterwards."""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from cuspide.core import keystore
from tests.faults.test_key_changed import CHANGE, PHRASE, STATE, change, leftovers
from tests.faults.test_store_upgraded import OLDER, copies_of, data_of
from tests.support.postgresql import Cluster
from tests.support.secretary import signed_in
from tests.support.server import Account, LivePractice, ask, clean_environment, cuspide, python
from tests.support.web import WebSession

pytestmark = pytest.mark.timeout(1800)

PIN = "739155"


def test_the_key_of_a_practice_that_is_served_is_not_changed(live_practice: LivePractice) -> None:
    session = signed_in(live_practice)
    key = (live_practice.folder / "key").read_bytes()

    done = change(live_practice)

    assert (done.returncode, "Arrêtez le service" in done.stderr) == (1, True), done.stdout + done.stderr
    assert (live_practice.folder / "key").read_bytes() == key
    assert not [path for path in live_practice.folder.iterdir() if path.name.startswith(("key-change", "key.next"))]
    assert session.get("/patients/new/").status == 200, "whoever was at work is thrown out"


def test_a_store_that_another_machine_has_open_keeps_its_key(postgresql_practice: tuple[LivePractice, Cluster]) -> None:
    practice, cluster = postgresql_practice
    before = ask(practice.folder, STATE)
    with psycopg.connect(cluster.url("practice")) as other:
        done = change(practice)
        assert other.execute("SELECT 1").fetchone() == (1,), "and it goes on"
    assert (done.returncode, "Arrêtez-les" in done.stderr) == (1, True), done.stdout + done.stderr
    assert ask(practice.folder, STATE) == before
    assert leftovers(practice) == []


# Another machine, with the key of before, comes while the change is made, and is seen waiting before it is decided.
MEANWHILE = """
import subprocess, sys, time
import psycopg
from cuspide.core.keys.changing import staging
folder = sys.argv.pop(1)
seal, others = staging.seal, []
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
def sealed(home, old, new):
    check = [sys.executable, "-m", "cuspide", "check", "--home", folder]
    others.append(subprocess.Popen(check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    with psycopg.connect(home.url, autocommit=True) as link:
        limit = time.monotonic() + 120
        while link.execute(WAITS).fetchone() != (1,):
            assert time.monotonic() < limit and others[0].poll() is None, "it does not wait"
            time.sleep(0.05)
    seal(home, old, new)
staging.seal = sealed
from cuspide.cli import main
status = main(sys.argv[1:])
said, _ = others[0].communicate(timeout=300)
print("THE OTHER:", others[0].returncode, said)
sys.exit(status)
"""


def test_a_machine_that_comes_while_the_key_changes_is_told_that_it_has_the_old_one(
    postgresql_practice: tuple[LivePractice, Cluster], tmp_path: Path
) -> None:
    practice, _cluster = postgresql_practice
    shutil.copytree(practice.folder, tmp_path / "other")
    words = ["key", "--home", str(practice.folder), *CHANGE]

    done = python(MEANWHILE, tmp_path / "other", *words, given=PHRASE + "\n")

    assert done.returncode == 0, done.stdout + done.stderr
    _own, other = done.stdout.split("THE OTHER: ")
    assert other.startswith("1 "), other
    assert "d’avant un changement de clé" in other, other
    assert "Traceback" not in other
    after = ask(practice.folder, STATE)
    assert (after["mark"], after["faults"]) == (after["store"], [])


def names_her_workstation_and_chooses_a_pin(session: WebSession, name: str) -> None:
    site = re.search(r'name="site"[^>]*value="([0-9a-f-]{36})"|<option value="([0-9a-f-]{36})"', _station(session))
    assert site is not None
    fields = {"name": name, "kind": "desk", "site": site[1] or site[2], "lock_after": "10", "shows": "nothing"}
    named = session.post("/account/workstation/name/", fields)
    assert named.status == 302, named.text[-2000:]
    chosen = session.post("/account/pin/", {"pin": PIN, "again": PIN})
    assert chosen.status == 302, chosen.text[-2000:]


def _station(session: WebSession) -> str:
    return session.get("/account/workstation/").text


def opens_by_pin(session: WebSession) -> bool:
    session.post("/account/lock/", {"how": "key"})
    assert session.get("/").location == "/account/lock/"
    seat = re.search(r'name="seat" value="([0-9a-f-]{36})"', session.get("/account/lock/").text)
    assert seat is not None
    session.post("/account/lock/open/", {"seat": seat[1], "pin": PIN})
    return session.get("/").status == 200


def arrives(practice: LivePractice, owner: Account) -> WebSession:
    session = WebSession(practice.port)
    session.sign_in(owner.email, owner.password, owner.totp_secret, ahead_s=30)
    return session


def test_people_come_back_with_password_and_code_and_choose_a_pin_again(own_practice: LivePractice) -> None:
    """At the service that was started again: the code generator of before works, the PIN of before does not."""
    owner = own_practice.accounts["owner"]
    with own_practice:
        session = WebSession(own_practice.port)
        session.sign_in(owner.email, owner.password, owner.totp_secret)
        names_her_workstation_and_chooses_a_pin(session, "Accueil")
        assert opens_by_pin(session)
    done = change(own_practice)
    assert done.returncode == 0, done.stderr
    assert "nouveau code PIN" in done.stdout, done.stdout
    with own_practice:
        assert session.get("/").location == "/account/sign-in/", "a session of the old key is good"
        again = arrives(own_practice, owner)
        assert again.get("/").status == 200
        names_her_workstation_and_chooses_a_pin(again, "Accueil 2")
        assert opens_by_pin(again)


def with_key(file: Path, *words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A command with the key file that CUSPIDE_KEY_FILE names."""
    return subprocess.run(
        [sys.executable, "-m", "cuspide", *words, "--home", home],
        env=clean_environment() | {"CUSPIDE_KEY_FILE": str(file)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_key_of_before_is_handed_out_and_opens_a_backup_of_its_time(
    own_practice: LivePractice, tmp_path: Path
) -> None:
    home, backup, given = own_practice.folder, tmp_path / "backup", tmp_path / "given"
    assert "n’a jamais été changée" in cuspide("key", "former", home=home).stdout
    shutil.copytree(home, backup)
    (backup / "key").unlink()
    assert change(own_practice).returncode == 0
    (mark,) = cuspide("key", "former", home=home).stdout.split()

    unknown = cuspide("key", "former", "--mark", "0123456789abcdef", "--to", given, home=home)
    assert (unknown.returncode, given.exists()) == (1, False), unknown.stderr
    done = cuspide("key", "former", "--mark", mark, "--to", given, home=home)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(given.stat().st_mode) == 0o600
    assert keystore.key_id(keystore.read(given)) == mark
    again = cuspide("key", "former", "--mark", mark, "--to", given, home=home)
    assert (again.returncode, str(given) in again.stderr) == (1, True), "a file that is there is written over"

    assert cuspide("check", home=backup).returncode == 1
    opened = with_key(given, "check", home=backup)
    assert opened.returncode == 0, opened.stdout + opened.stderr
    present = with_key(given, "check", home=home)
    assert (present.returncode, mark in present.stderr) == (1, True), "the old key opens the practice of today"
    handed = (
        "from cuspide.audit.models import Entry\nanswer = Entry.objects.filter(action='practice.hand_out_key').count()"
    )
    assert ask(home, handed) == 1


def test_of_two_keys_that_lie_about_the_right_one_counts(own_practice: LivePractice, tmp_path: Path) -> None:
    """The one that CUSPIDE_KEY_FILE names, else the one in its place; nothing else that looks like a key is tried."""
    home, key = own_practice.folder, own_practice.folder / "key"
    right, strange = key.read_bytes(), keystore.text_of(keystore.new())
    for name in ("key.next", "key.before-recovery"):
        (home / name).write_bytes(strange)
    stranger = tmp_path / "key"
    stranger.write_bytes(strange)
    stranger.chmod(0o600)
    assert ask(home, STATE)["faults"] == []
    refused = with_key(stranger, "check", home=home)
    assert (refused.returncode, "celle d’un autre cabinet" in refused.stderr) == (1, True), refused.stderr
    key.write_bytes(strange)
    refused = cuspide("check", home=home)
    assert (refused.returncode, "celle d’un autre cabinet" in refused.stderr) == (1, True), refused.stderr
    stranger.write_bytes(right)
    opened = with_key(stranger, "key", "show", home=home)
    assert opened.returncode == 0, opened.stderr
    for name in ("key", "key.next", "key.before-recovery"):
        assert (home / name).read_bytes() == strange, "a key that is not the right one was touched"


def test_the_way_back_from_an_upgrade_is_open_after_a_change_of_the_key(
    own_practice: LivePractice, tmp_path: Path
) -> None:
    """As the operator's guide has it typed, upgrade.md: the key of that time comes first, from the store of today."""
    home = own_practice.folder
    before = data_of(own_practice)
    ask(home, OLDER)
    assert cuspide("upgrade", home=home).returncode == 0
    (copy,) = copies_of(own_practice)
    done = change(own_practice)
    assert done.returncode == 0, done.stderr
    assert copy.name in done.stdout
    assert "cuspide key former" in done.stdout

    (mark,) = cuspide("key", "former", home=home).stdout.split()
    assert cuspide("key", "former", "--mark", mark, "--to", home / "key.of-that-time", home=home).returncode == 0
    (home / "store.sqlite3").rename(home / "store.sqlite3.of-the-later-version")
    shutil.copy(copy, home / "store.sqlite3")
    unlike = cuspide("upgrade", home=home)
    assert unlike.returncode == 1
    assert "cuspide key former" in unlike.stderr, unlike.stderr
    (home / "key").rename(home / "key.of-the-later-version")
    (home / "key.of-that-time").rename(home / "key")
    toml = (home / "cuspide.toml").read_text()
    (home / "cuspide.toml").write_text(re.sub(r'(?m)^key_id = ".*"$', f'key_id = "{mark}"', toml))

    assert cuspide("upgrade", home=home).returncode == 0
    assert data_of(own_practice) == before
