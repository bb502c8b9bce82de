"""`cuspide audit verify`, as an operator reads it."""

import argparse
import json
from collections.abc import Callable
from typing import Any

import pytest

from cuspide.cli import audit as command

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The command on the store of the tests, in French."""
    from django.utils import translation

    from cuspide.core import store

    monkeypatch.setattr(store, "prove", lambda _home: None)
    monkeypatch.setattr(command, "start_django", lambda: translation.activate("fr"))

    def verify(*, as_json: bool = False) -> tuple[int, str]:
        code = command.run(argparse.Namespace(deed="verify", json=as_json))
        return code, capsys.readouterr().out

    return verify


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
    code, said = run(as_json=True)
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
