"""`cuspide audit verify`, as an operator reads it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cuspide.cli import audit as command
from cuspide.cli import line

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The command on the store of the tests, in French."""
    from django.utils import translation

    from cuspide.core import store

    monkeypatch.setattr(store, "prove", lambda _home: None)
    monkeypatch.setattr(command, "start_django", lambda: translation.activate("fr"))

    def ask(*words: str) -> tuple[int, str]:
        code = command.run(line.parser().parse_args(["audit", *(words or ["verify"])]))
        said = capsys.readouterr()
        return code, said.out + said.err

    return ask


def test_a_whole_trace_is_said_in_a_sentence(run: Any, sealed: Any) -> None:
    sealed(5)
    code, said = run()
    assert code == 0
    assert "5 entrées lues" in said
    assert "Le journal est intact" in said


def test_what_is_wrong_is_named_and_what_to_do(run: Any, sealed: Any, tamper: Any) -> None:
    sealed(8)
    tamper("UPDATE audit_entry SET action = 'x.y' WHERE sequence = 3")
    tamper("DELETE FROM audit_payload WHERE entry_id IN (SELECT id FROM audit_entry WHERE sequence = 7)")
    tamper("DELETE FROM audit_entry WHERE sequence = 7")
    code, said = run()
    assert code == 1
    assert "L’entrée 3 a été modifiée" in said
    assert "L’entrée 7 a été retirée" in said
    assert "Gardez une copie" in said


def test_a_machine_reads_one_object(run: Any, sealed: Any, tamper: Any) -> None:
    sealed(4)
    tamper("UPDATE audit_entry SET site_id = 99 WHERE sequence = 2")
    code, said = run("verify", "--json")
    found = json.loads(said)
    assert code == 1
    assert (found["whole"], found["rows"]) == (False, 4)
    assert found["faults"] == [{"kind": "altered", "sequence": 2, "last": None, "origin": None}]


def test_thousands_of_faults_are_cut_short(run: Any, sealed: Any, tamper: Any) -> None:
    sealed(1_200)
    tamper("UPDATE audit_entry SET site_id = 99")
    code, said = run()
    assert code == 1
    assert said.count("a été modifiée") == 20
    assert "1180 de plus" in said


@pytest.fixture
def apart(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A folder of anchors of this test's own."""
    from cuspide.audit import anchors

    monkeypatch.setattr(anchors, "FOLDER", str(tmp_path / "kept"))
    return tmp_path


def test_an_anchor_is_given_as_a_word_or_a_file_and_fits(run: Any, sealed: Any, apart: Any) -> None:
    sealed(5)
    code, word = run("anchor")
    assert (code, word.count(":")) == (0, 1)
    code, said = run("anchor", "--to", str(apart / "stick"))
    (file,) = (apart / "stick").iterdir()
    assert code == 0
    assert str(file) in said
    code, said = run("verify", "--anchor", word.strip(), "--anchor", str(file))
    assert code == 0, said
    assert "2 ancrages concordent" in said


def test_a_rewritten_trace_is_told_by_the_anchor_and_an_odd_anchor_by_a_sentence(
    run: Any, sealed: Any, apart: Any
) -> None:
    sealed(5)
    code, said = run("verify", "--anchor", "5:" + "0" * 64)
    assert code == 1
    assert "L’entrée 5 n’est pas celle que nomme l’ancrage" in said
    code, said = run("verify", "--anchor", str(apart / "nothing.json"))
    assert code == 2
    assert "ni un fichier lisible ni un ancrage" in said
    code, said = run("anchor", "--to", "/dev/null/x")
    assert code == 1
    assert "ne peut pas être écrit" in said
