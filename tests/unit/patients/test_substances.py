"""What is recognised in the words of an alert, and what an allergy warns of."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.core.errors import FieldErrors
from cuspide.patients.rules.alerts import check_alert, same_alert, to_check
from cuspide.patients.rules.substances import (
    CLASSES,
    SUBSTANCES,
    Known,
    class_named,
    members,
    names_offered,
    recognise,
    warns,
)

BORN = dt.date(1984, 3, 7)
TYPED = {"kind": "allergy", "label": "Clamoxyl", "severity": "danger", "source": "patient"}


@dataclass
class Noted:
    kind: str = "allergy"
    label: str = ""
    substance: str = ""
    drug_class: str = ""


def noted(label: str, kind: str = "allergy") -> Noted:
    known = recognise(label)
    return Noted(kind, label, known.substance, known.drug_class)


@pytest.mark.parametrize(
    ("words", "substance", "drug_class"),
    [
        ("Pénicilline", "", "penicillins"),
        ("PENICILLINES", "", "penicillins"),
        ("amoxicilline 1 g", "amoxicillin", "penicillins"),
        ("clamoxyl", "amoxicillin", "penicillins"),
        ("œdème après Augmentin en 2019", "amoxicillin", "penicillins"),
        ("pénicilline V", "penicillin_v", "penicillins"),
        ("Aspirine", "aspirin", "nsaids"),
        ("Aspirine et AINS", "", "nsaids"),
        ("AVK", "", "vka"),
        ("Previscan", "fluindione", "vka"),
        ("Éliquis", "apixaban", "doac"),
        ("anticoagulant oral direct", "", "doac"),
        ("Birodogyl", "spiramycin_metronidazole", "macrolides"),
        ("latex", "latex", ""),
        ("Diabète de type 2", "", ""),
        ("", "", ""),
        ("chatouilles", "", ""),
    ],
)
def test_words_are_recognised(words: str, substance: str, drug_class: str) -> None:
    assert recognise(words) == Known(substance, drug_class)


def test_every_name_that_is_offered_is_recognised_in_both_languages() -> None:
    assert [name for name in names_offered() if not recognise(name)] == []
    for one in SUBSTANCES.values():
        assert all(name in CLASSES for name in one.classes)
        assert recognise(str(one.label)).substance == one.code
    for drug_class in CLASSES.values():
        assert recognise(str(drug_class.label)) == Known("", drug_class.code)
        assert members(drug_class.code), "a class of which nobody is a member warns of nothing"
        assert all(drug_class.code in CLASSES[other].crosses for other in drug_class.crosses)


@given(st.text(max_size=1000))
def test_any_text_is_answered(text: str) -> None:
    known = recognise(text)
    assert known.substance in {"", *SUBSTANCES}
    assert known.drug_class in {"", *CLASSES}


def test_an_allergy_to_a_class_warns_of_each_of_its_substances() -> None:
    allergy = noted("Pénicilline")
    assert {one.code: warns(allergy, recognise(str(one.label))) for one in members("penicillins")} == {
        one.code: "class" for one in members("penicillins")
    }


@pytest.mark.parametrize(
    ("allergy", "asked", "why"),
    [
        ("Clamoxyl", "amoxicilline", "same"),
        ("Clamoxyl", "Oracilline", "class"),
        ("Clamoxyl", "pénicillines", "class"),
        ("Pénicilline", "Zinnat", "crossing"),
        ("Flagyl", "Birodogyl", "class"),
        ("Rovamycine", "Rodogyl", "class"),
        ("Kardégic", "ibuprofène", "class"),
        ("Pénicilline", "azithromycine", ""),
        ("Latex", "Latex", "same"),
        ("Latex", "Iode", ""),
        ("abricots", "abricots", ""),
    ],
)
def test_what_an_allergy_warns_of(allergy: str, asked: str, why: str) -> None:
    assert warns(noted(allergy), recognise(asked)) == why
    assert warns(noted(allergy, "intolerance"), recognise(asked)) == why


def test_a_medicine_that_is_taken_warns_of_nothing() -> None:
    assert warns(noted("Kardégic", "medication"), recognise("aspirine")) == ""


def test_the_class_is_said_where_the_words_do_not() -> None:
    assert class_named("penicillins", "Pénicilline") == ""
    assert class_named("penicillins", "Clamoxyl") == CLASSES["penicillins"].short
    assert class_named("gone", "Clamoxyl") == ""


def test_an_alert_is_checked_and_recognised() -> None:
    columns = check_alert(TYPED, BORN)
    assert (columns["substance"], columns["drug_class"]) == ("amoxicillin", "penicillins")
    chosen = check_alert(TYPED | {"label": "Machinmycine", "drug_class": "macrolides"}, BORN)
    assert (chosen["substance"], chosen["drug_class"]) == ("", "macrolides")
    forged = check_alert(TYPED | {"label": "Machinmycine", "drug_class": "<b>"}, BORN)
    assert forged["drug_class"] == ""
    assert check_alert(TYPED | {"kind": "condition", "label": "Sevrage de morphine"}, BORN)["substance"] == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"label": " \u200b "}, "label"),
        ({"since": dt.date(1984, 3, 6)}, "since"),
        ({"since": dt.date(2026, 5, 2), "until": dt.date(2026, 5, 1)}, "until"),
    ],
)
def test_an_alert_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        check_alert(TYPED | wrong, BORN)
    assert list(refused.value.errors) == [field]


def test_the_same_alert_in_other_words() -> None:
    standing = noted("Clamoxyl")
    assert same_alert(standing, check_alert(TYPED | {"label": "amoxicilline"}, BORN))
    assert not same_alert(standing, check_alert(TYPED | {"label": "Pénicillines"}, BORN)), "the class says more"
    assert not same_alert(noted("Abricots"), check_alert(TYPED | {"label": "Fraises"}, BORN))


def test_an_alert_is_to_be_checked_after_its_day_and_not_on_it() -> None:
    day = dt.date(2026, 5, 1)
    assert not to_check(day, day)
    assert to_check(day, day + dt.timedelta(days=1))
    assert not to_check(None, day)
