"""Who signs for a minor and for an adult under protection (Code civil, art. 372-2, 373-2-1, 459; CSP art. L1111-4)."""

import datetime as dt
from dataclasses import dataclass

import pytest

from cuspide.core.errors import FieldErrors
from cuspide.patients.rules.people import Signing, check_person, deciding

TODAY = dt.date(2026, 12, 1)
BORN = dt.date(2016, 5, 4)


@dataclass(frozen=True)
class One:
    name: str
    kind: str = "parental"
    decides: str = "jointly"
    measure: str = ""
    separated: bool = False
    until: dt.date | None = None


def test_one_parent_signs_a_usual_act_and_both_sign_any_other() -> None:
    both = deciding([One("Claire", separated=True), One("Paul")], 10, TODAY)
    assert both.separated
    assert both.signing(usual=True) == Signing(("Claire", "Paul"), all_of_them=False, patient_too=False)
    assert both.signing(usual=False) == Signing(("Claire", "Paul"), all_of_them=True, patient_too=False)


def test_a_parent_who_has_it_alone_signs_alone_and_one_who_is_informed_never() -> None:
    alone = deciding([One("Claire", decides="alone"), One("Paul", decides="informed")], 10, TODAY)
    assert [one.name for one in alone.parents] == ["Claire"]
    for usual in (True, False):
        assert alone.signing(usual=usual) == Signing(("Claire",), patient_too=False)


def test_of_a_minor_of_whom_nothing_is_noted_it_is_not_known_who_signs() -> None:
    nobody = deciding([One("Neighbour", kind="emergency", decides="")], 10, TODAY)
    assert nobody.signing(usual=True) == Signing(patient_too=False, known=False)


def test_parents_decide_nothing_once_the_patient_is_of_age() -> None:
    parents = [One("Claire", separated=True), One("Paul")]
    assert deciding(parents, 17, TODAY).parents
    of_age = deciding(parents, 18, TODAY)
    assert (of_age.minor, of_age.parents, of_age.separated) == (False, (), False)
    assert of_age.signing(usual=False) == Signing()


@pytest.mark.parametrize(
    ("decides", "signing"),
    [
        ("represents", Signing(("UDAF",), patient_too=False)),
        ("assists", Signing(("UDAF",))),
        ("patient", Signing()),
    ],
)
def test_a_guardian_decides_as_the_decision_says(decides: str, signing: Signing) -> None:
    guardian = One("UDAF", "protection", decides, "tutelle", until=TODAY)
    assert deciding([guardian], 80, TODAY).signing(usual=True) == signing


def test_a_measure_that_ran_out_decides_nothing_and_is_told() -> None:
    over = deciding([One("UDAF", "protection", "represents", "tutelle", until=TODAY - dt.timedelta(days=1))], 80, TODAY)
    assert over.guardians == ()
    assert [one.name for one in over.lapsed] == ["UDAF"]
    assert over.signing(usual=True) == Signing()


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("parental", {"name": "", "decides": "jointly"}, "name"),
        ("parental", {"name": "12 — 34", "decides": "jointly"}, "name"),
        ("emergency", {"name": "Anne"}, "phone"),
        ("emergency", {"name": "Anne", "phone": "06 39"}, "phone"),
        ("trusted", {"name": "Anne", "since": dt.date(2016, 5, 3)}, "since"),
        ("trusted", {"name": "Anne", "since": dt.date(2026, 12, 2)}, "since"),
        ("trusted", {"name": "Anne", "seen_on": dt.date(2027, 1, 1)}, "seen_on"),
        (
            "protection",
            {"name": "A", "measure": "tutelle", "decides": "patient", "since": TODAY, "until": dt.date(2020, 1, 1)},
            "until",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(kind: str, typed: dict[str, object], field: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        check_person(kind, typed, BORN, TODAY)
    assert list(refused.value.errors) == [field]


def test_what_is_not_asked_of_a_kind_is_not_taken_from_a_forged_form() -> None:
    forged = {"name": "Anne", "measure": "tutelle", "decides": "represents", "separated": True, "until": TODAY}
    columns = check_person("trusted", forged, BORN, TODAY)
    assert [columns[name] for name in ("measure", "decides", "separated", "until")] == ["", "", False, None]


def test_an_emancipated_minor_signs_alone() -> None:
    found = deciding([One("Claire"), One("Paul")], 16, TODAY, emancipated=True)
    assert not found.minor
    assert not found.parents
    assert found.signing(usual=False) == Signing()
