"""What a change of key leaves in the folder: proved before it is used, ended wherever it was cut short."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cuspide.core import keystore
from cuspide.core.home import Home, load
from cuspide.core.keys.changing import making, settling, staging
from cuspide.core.keys.changing.staging import ChangeError
from cuspide.core.keys.uses import Exchange
from cuspide.core.tls import certificates

OLD, NEW = bytes(32), b"\x01" * 32


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A practice's folder with everything that a change of key touches."""
    monkeypatch.delenv("CUSPIDE_KEY_FILE", raising=False)
    made = Home(tmp_path / "practice", key_id=keystore.key_id(OLD), hosts=("cabinet.local",))
    made.folder.mkdir()
    made.write()
    keystore.put(made, OLD)
    made.store_file.write_bytes(b"the old store")
    made.copies_file.write_bytes(b"the old copies")
    certificates.authority(made)
    return made


def staged(home: Home) -> None:
    """A whole change, decided, with nothing in its place."""
    staging.begin(home, NEW)
    staging.put(home, staging.COPIES, b"the new copies")
    staging.put(home, staging.STORE, b"the new store")
    making._authority(home, Exchange(OLD, NEW))
    staging.put(home, staging.CONFIG, replace(home, key_id=keystore.key_id(NEW)).text())
    staging.seal(home, OLD, NEW)


def is_new(home: Home) -> bool:
    """Whether all is of the new key; an error when it is a mixture."""
    now = load(home.folder)
    marks = {now.key_id, keystore.key_id(keystore.read(now.key_file))}
    contents = {now.store_file.read_bytes(), now.copies_file.read_bytes()}
    certificates.authority(now)
    assert certificates._read(now, certificates.AUTHORITY) is not None, "the authority opens with another key"
    assert not settling.found(now)
    assert not staging.next_key(now).exists()
    if marks == {keystore.key_id(NEW)}:
        assert contents == {b"the new store", b"the new copies"}
        return True
    assert marks == {keystore.key_id(OLD)}
    assert contents == {b"the old store", b"the old copies"}
    return False


def test_a_change_that_was_decided_is_ended(home: Home) -> None:
    staged(home)
    assert settling.settle(home) == settling.FORWARD
    assert is_new(home)
    assert settling.settle(load(home.folder)) == ""


def test_a_change_that_was_not_decided_is_undone(home: Home) -> None:
    staging.begin(home, NEW)
    staging.put(home, staging.STORE, b"half a store")
    assert settling.settle(home) == settling.BACK
    assert not is_new(home)


def test_half_a_new_key_is_not_left_behind(home: Home) -> None:
    staging.begin(home, NEW)
    waiting = staging.next_key(home)
    waiting.rename(waiting.with_name(waiting.name + ".half"))
    assert settling.settle(home) == settling.BACK
    assert not list(home.key_file.parent.glob("*.next*"))


class Killed(BaseException):
    pass


def counted(real: Callable[..., object], left: list[int]) -> Callable[..., object]:
    """A step that kills when none is left."""

    def run(*words: object, **named: object) -> object:
        left[0] -= 1
        if not left[0]:
            raise Killed
        return real(*words, **named)

    return run


def test_cut_short_between_any_two_steps_it_is_ended_the_next_time(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    staged(home)
    shutil.copytree(home.folder, tmp_path / "as it was")
    step = 0
    while True:
        step += 1
        shutil.rmtree(home.folder)
        shutil.copytree(tmp_path / "as it was", home.folder)
        left = [step]
        with monkeypatch.context() as patched:
            for name in ("replace", "rename", "unlink"):
                patched.setattr(Path, name, counted(getattr(Path, name), left))
            try:
                settling.settle(home)
            except Killed:
                pass
            else:
                break
        assert settling.settle(load(home.folder)) == settling.FORWARD, step
        assert is_new(load(home.folder)), step
    assert step > 6, "each file has a step of its own"


@pytest.mark.parametrize("name", staging.NAMES)
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_file_that_is_not_as_it_was_made_is_refused(home: Home, name: str, damage: str) -> None:
    staged(home)
    path = staging.whole(home) / name
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(ChangeError) as refused:
        settling.settle(home)
    assert name in str(refused.value)
    assert keystore.read(home.key_file) == OLD
    assert home.store_file.read_bytes() == b"the old store", "something got its place before all was looked at"


@pytest.mark.parametrize("field", ["old", "new", "by_old", "by_new", "files", "format"])
def test_a_list_that_somebody_changed_is_refused(home: Home, field: str) -> None:
    staged(home)
    place = staging.whole(home) / staging.LIST
    said = json.loads(place.read_bytes())
    said[field] = dict.fromkeys(said["files"], "0" * 64) if field == "files" else "0" * len(said[field])
    place.write_text(json.dumps(said))
    if field == "by_new":
        # While the old key is in its place, it is the one that proves; the other proof is for later.
        assert settling.settle(home) == settling.FORWARD
        return
    with pytest.raises(ChangeError):
        settling.settle(home)
    assert home.store_file.read_bytes() == b"the old store"
    assert keystore.read(home.key_file) == OLD


def test_a_file_that_the_list_does_not_name_gets_no_place(home: Home) -> None:
    """Somebody adds a certificate authority of her own to the change of a practice that has none."""
    shutil.rmtree(home.tls_folder)
    staged(home)
    (staging.whole(home) / staging.AUTHORITY).write_bytes(b"another authority")
    assert settling.settle(home) == settling.FORWARD
    assert not home.tls_folder.exists()


def test_another_key_in_wait_is_refused(home: Home) -> None:
    staged(home)
    staging.next_key(home).write_bytes(keystore.text_of(b"\x02" * 32))
    with pytest.raises(ChangeError):
        settling.settle(home)
    assert keystore.read(home.key_file) == OLD
    staging.next_key(home).write_bytes(keystore.text_of(NEW))
    assert settling.settle(home) == settling.FORWARD
    assert is_new(home)


def test_the_new_key_waits_on_the_medium_of_the_old_one(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    home.key_file.rename(stick / "cuspide.key")
    monkeypatch.setenv("CUSPIDE_KEY_FILE", str(stick / "cuspide.key"))
    staged(home)
    assert (stick / "cuspide.key.next").exists()
    text = keystore.text_of(NEW).strip()
    assert not any(text in path.read_bytes() for path in home.folder.rglob("*") if path.is_file())
    assert settling.settle(home) == settling.FORWARD
    assert [path.name for path in stick.iterdir()] == ["cuspide.key"]
    assert keystore.read(stick / "cuspide.key") == NEW


def test_in_a_keystore_the_new_key_comes_and_the_old_one_goes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {home.key_id: OLD}
    monkeypatch.setattr("cuspide.core.keys.platform.put", held.__setitem__)
    monkeypatch.setattr("cuspide.core.keys.platform.get", held.get)
    monkeypatch.setattr("cuspide.core.keys.platform.remove", lambda mark: held.pop(mark, None))
    home.key_file.unlink()
    kept = replace(home, key_in="keystore")
    kept.write()
    staging.begin(kept, NEW)
    assert settling.settle(kept) == settling.BACK
    assert held == {home.key_id: OLD}
    staged(kept)
    assert settling.settle(kept) == settling.FORWARD
    assert held == {keystore.key_id(NEW): NEW}
    assert load(home.folder).key_id == keystore.key_id(NEW)
