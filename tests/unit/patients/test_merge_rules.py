"""What is proposed of two records, and what makes one doubt."""

from types import SimpleNamespace
from typing import Any

from cuspide.patients.rules.merging import BLOCKS, doubts, proposed, values


def record(key: int, **said: Any) -> SimpleNamespace:
    columns = {name: "" for block in BLOCKS.values() for name in block}
    plain = {
        "pk": key, "birth_name": "MARTIN", "first_birth_given_name": "LEA", "birth_date": "1984-03-07", "sex": "F",
        "ins_status": "provisoire", "household_id": None, "guarantor_id": None,
    }  # fmt: skip
    return SimpleNamespace(**{**columns, **plain, **said})


def test_the_surer_identity_is_proposed_and_taken_whole() -> None:
    kept = record(1, birth_name="MARTAIN")
    lost = record(2, ins_status="qualifiee", nir="284036748212345", identity_document="passport")
    choices = proposed(kept, lost)
    assert choices["identity"] == "lost"
    changed = values(kept, lost, choices)["identity"]
    assert changed == {
        "birth_name": "MARTIN", "nir": "284036748212345", "ins_status": "qualifiee", "identity_document": "passport"
    }  # fmt: skip


def test_what_one_side_says_is_not_lost() -> None:
    kept, lost = record(1, note="Sourde"), record(2, note="Rappeler le matin", used_name="PETIT")
    changed = values(kept, lost, proposed(kept, lost))
    assert changed == {"note": {"note": "Sourde\nRappeler le matin"}, "used_name": {"used_name": "PETIT"}}


def test_nobody_pays_for_herself() -> None:
    kept, lost = record(1, guarantor_id=2), record(2)
    assert values(kept, lost, proposed(kept, lost)) == {"household": {"guarantor_id": None}}


def test_two_checked_numbers_are_a_grave_doubt() -> None:
    kept = record(1, nir="284036748212345", ins_status="qualifiee")
    lost = record(2, nir="284036748212346", ins_status="validee")
    assert [(doubt.key, doubt.grave) for doubt in doubts(kept, lost)] == [("nir", True)]
    lost.ins_status = "recuperee"
    assert [(doubt.key, doubt.grave) for doubt in doubts(kept, lost)] == [("nir", False)]


def test_a_twin_a_stranger_and_the_same_person() -> None:
    one = record(1)
    assert doubts(one, record(2)) == []
    assert doubts(one, record(2, birth_name="MARTAIN")) == [], "a letter is no doubt"
    assert [doubt.key for doubt in doubts(one, record(2, first_birth_given_name="LOU", sex="M"))] == [
        "given_name",
        "sex",
    ]
    stranger = record(2, birth_name="ROBERT", birth_date="2010-11-09")
    assert [doubt.key for doubt in doubts(one, stranger)] == ["family_name", "birth_date"]
