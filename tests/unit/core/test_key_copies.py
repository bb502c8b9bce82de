"""Wrapped copies of the key: they open with what they were made for and with nothing else."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from cuspide.core import keystore
from cuspide.core.home import Home
from cuspide.core.keys import copies, sheet
from cuspide.core.keys.errors import CopyError

PHRASE = "quatre mots sans aucun rapport"


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MEMORY_KIB", 64)
    monkeypatch.setattr(copies, "TIME_COST", 1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(folder=tmp_path)


@pytest.fixture
def key_text() -> bytes:
    return keystore.text_of(keystore.new())


def test_the_passphrase_opens_its_copy_and_another_does_not(home: Home, key_text: bytes) -> None:
    copies.write(home, (copies.for_passphrase(key_text, PHRASE),))
    made = copies.read(home)
    assert copies.open_with_passphrase(made, PHRASE) == key_text
    with pytest.raises(CopyError):
        copies.open_with_passphrase(made, PHRASE + "s")


def test_the_typed_sheet_opens_its_copy_and_another_sheet_does_not(home: Home, key_text: bytes) -> None:
    copy, identity = copies.for_sheet(key_text)
    copies.write(home, (copy,))
    made = copies.read(home)
    assert copies.open_with_sheet(made, "\n".join(sheet.lines(identity))) == key_text
    _other, another_practices = copies.for_sheet(key_text)
    with pytest.raises(CopyError):
        copies.open_with_sheet(made, another_practices)


def test_nothing_that_opens_a_copy_lies_beside_it(home: Home, key_text: bytes) -> None:
    copy, identity = copies.for_sheet(key_text)
    copies.write(home, (copy, copies.for_passphrase(key_text, PHRASE)))
    text = home.copies_file.read_text()
    assert identity not in text
    assert PHRASE not in text
    assert "AGE-SECRET-KEY" not in text
    assert key_text.decode().strip() not in text
    assert stat.S_IMODE(home.copies_file.stat().st_mode) == 0o600


def test_a_short_passphrase_is_refused(key_text: bytes) -> None:
    with pytest.raises(CopyError, match="16"):
        copies.for_passphrase(key_text, "azertyuiop")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format":"other","copies":[]}',
        b'{"format":"cuspide-keys-1"}',
        b'{"format":"cuspide-keys-1","copies":[[]]}',
        b'{"format":"cuspide-keys-1","copies":[{"kind":1}]}',
    ],
)
def test_a_file_that_holds_no_copies_is_refused_with_a_sentence(home: Home, content: bytes) -> None:
    home.copies_file.write_bytes(content)
    with pytest.raises(CopyError):
        copies.read(home)
    assert home.copies_file.read_bytes() == content


def test_a_file_cut_short_anywhere_is_refused_or_opens_nothing(home: Home, key_text: bytes) -> None:
    copy, identity = copies.for_sheet(key_text)
    whole = copies.encoded((copy, copies.for_passphrase(key_text, PHRASE)))
    for length in range(0, len(whole) - 2, 97):
        home.copies_file.write_bytes(whole[:length])
        with pytest.raises(CopyError):
            copies.open_with_sheet(copies.read(home), identity)


def test_a_copy_whose_letters_were_changed_is_called_damaged(key_text: bytes) -> None:
    copy, identity = copies.for_sheet(key_text)
    middle = len(copy.wrapped) // 2
    other = "A" if copy.wrapped[middle] != "A" else "B"
    broken = replace(copy, wrapped=copy.wrapped[:middle] + other + copy.wrapped[middle + 1 :])
    with pytest.raises(CopyError):
        copies.open_with_sheet((broken,), identity)


def test_a_cost_of_somebody_elses_making_does_not_take_the_machine(home: Home, key_text: bytes) -> None:
    said = json.loads(copies.encoded((copies.for_passphrase(key_text, PHRASE),)))
    said["copies"][0]["sealed_identity"]["argon2id"]["memory_kib"] = 2**40
    home.copies_file.write_text(json.dumps(said))
    with pytest.raises(CopyError):
        copies.open_with_passphrase(copies.read(home), PHRASE)
