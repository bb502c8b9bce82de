"""To whoever takes the disk, the store is noise: plain SQLite does not open it, and no name stands in any file."""

import shutil
import sqlite3
import subprocess

import pytest

from tests.support.server import LivePractice, ask

NAMES = """
from cuspide.patients.models import Patient
people = Patient.objects.order_by("pk")[:40]
answer = [word for p in people for word in (p.birth_name, p.nir) if len(word) > 5]
"""


def test_plain_sqlite_cannot_open_it(own_practice: LivePractice) -> None:
    store = own_practice.folder / "store.sqlite3"
    plain = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        plain.execute("SELECT count(*) FROM sqlite_master").fetchone()
    plain.close()
    assert store.read_bytes()[:15] != b"SQLite format 3"


def test_the_sqlite_shell_cannot_open_it(own_practice: LivePractice) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("no sqlite3 program on this machine")
    done = subprocess.run([shell, own_practice.folder / "store.sqlite3", ".tables"], capture_output=True, text=True)
    assert "not a database" in done.stderr


def test_no_name_stands_in_clear_in_any_file_while_it_is_served(own_practice: LivePractice) -> None:
    from tests.support.secretary import NewPatient, record_of, signed_in

    own_practice.start()
    session = signed_in(own_practice)
    session.get("/patients/new/")
    written = NewPatient("ZYGOMATIQUE-PALATIN")
    assert record_of(written.send(session)), "the patient was not created"
    names = [*ask(own_practice.folder, NAMES), written.name]
    assert len(names) > 20
    looked_at = 0
    for path in [*own_practice.folder.rglob("*"), own_practice.log]:
        if path.is_file() and path.name != "demo-accounts.json":
            content = path.read_bytes()
            looked_at += 1
            for name in names:
                assert name.encode() not in content, f"a name of a patient stands in {path.name}"
            assert b"%PDF" not in content[:200], f"{path.name} is a PDF in clear"
    assert looked_at >= 4


def test_the_store_has_no_pattern_that_shows_through(own_practice: LivePractice) -> None:
    """Encrypted pages look like chance: every byte value appears, none much more often than another."""
    content = (own_practice.folder / "store.sqlite3").read_bytes()
    counts = [content.count(bytes([value])) for value in range(256)]
    mean = len(content) / 256
    assert max(counts) < mean * 1.1
    assert min(counts) > mean * 0.9
