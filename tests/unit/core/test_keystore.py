"""A practice's key: never replaced, never shared, and its loss is said plainly."""

import stat
from pathlib import Path

import pytest

from cuspide.core import keystore


def test_only_its_owner_may_read_a_new_key(tmp_path: Path) -> None:
    keystore.create(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert not keystore.open_to_others(tmp_path / "key")


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    master = keystore.create(tmp_path / "key")
    with pytest.raises(FileExistsError):
        keystore.create(tmp_path / "key")
    assert keystore.read(tmp_path / "key") == master


def test_a_missing_key_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(keystore.PracticeKeyError) as refused:
        keystore.read(tmp_path / "key")
    assert str(tmp_path / "key") in str(refused.value)
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    "content", [b"", b"cuspide-key-1:", b"cuspide-key-1:AAAA", b"\xff\xfe", b"cuspide-key-1:!!!", b"other:" + b"A" * 44]
)
def test_a_damaged_key_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(keystore.PracticeKeyError):
        keystore.read(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == content


def test_each_use_has_a_key_of_its_own() -> None:
    master = bytes(32)
    uses = {keystore.derived(master, label) for label in ("store", "blobs", "audit", "django", "id")}
    assert len(uses) == 5
    assert master not in uses


def test_the_mark_of_a_key_tells_nothing_of_it() -> None:
    assert keystore.key_id(bytes(32)) != keystore.key_id(bytes(31) + b"\x01")
    assert keystore.derived(bytes(32), "store").hex()[:16] != keystore.key_id(bytes(32))
