"""What somebody tries who has read the source: forged keys, references across patients, numbers without end."""

import uuid
from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def test_nobody_is_forgiven_failures_because_somebody_fills_the_memory_of_failures() -> None:
    from django.core.cache import cache

    cache.set("0", "a failed sign-in", 300)
    for number in range(400):
        cache.set(f"noise-{number}", "x", 300)
    assert cache.get("0") == "a failed sign-in"


def test_a_page_number_without_end_is_the_first_page(client_as: Any, make_patient: Any) -> None:
    address = f"/care/{make_patient().uuid}/acts/?page="
    assert client_as("dentist").get(address + "9" * 5_000).status_code == 200


ALERT = {"kind": "allergy", "label": "Pénicilline", "severity": "danger", "source": "patient"}


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def alerts_of(patient: Any) -> list[str]:
    return list(patient.alerts.order_by("pk").values_list("label", flat=True))


def test_a_form_sent_twice_makes_one_alert(client_as: Any, make_patient: Any, key: str) -> None:
    patient, dentist = make_patient(), client_as("dentist")
    for _time in range(2):
        answer = dentist.post(f"/patients/{patient.uuid}/alerts/new/", ALERT | {"submission": key})
        assert answer.status_code == 302
    assert alerts_of(patient) == ["Pénicilline"]


def test_an_alert_typed_over_a_page_gone_back_to_is_not_told_as_recorded(
    client_as: Any, make_patient: Any, key: str
) -> None:
    patient, dentist = make_patient(), client_as("dentist")
    address = f"/patients/{patient.uuid}/alerts/new/"
    dentist.post(address, ALERT | {"submission": key})
    answer = dentist.post(address, ALERT | {"submission": key, "label": "Latex"})
    assert answer.status_code == 422
    assert "déjà été enregistré" in answer.content.decode()
    assert alerts_of(patient) == ["Pénicilline"], "what was refused is not there"


def test_the_key_of_one_patients_form_records_nothing_of_another(client_as: Any, make_patient: Any, key: str) -> None:
    one, other, dentist = make_patient(), make_patient(), client_as("dentist")
    dentist.post(f"/patients/{one.uuid}/alerts/new/", ALERT | {"submission": key})
    answer = dentist.post(f"/patients/{other.uuid}/alerts/new/", ALERT | {"submission": key})
    assert answer.status_code == 422
    assert alerts_of(other) == []


def test_the_key_of_somebody_elses_form_or_of_another_kind_hands_nothing_back(
    client_as: Any, make_patient: Any, key: str
) -> None:
    patient = make_patient()
    address = f"/patients/{patient.uuid}/alerts/new/"
    client_as("dentist").post(address, ALERT | {"submission": key})
    assert client_as("owner").post(address, ALERT | {"submission": key}).status_code == 422
    new = {"birth_name": "DURIEUX", "first_birth_given_name": "Ana", "sex": "F", "birth_date": "01/02/1990"}
    answer = client_as("dentist").post("/patients/new/", new | {"submission": key})
    assert answer.status_code == 422
    finding = {"at": "16", "kind": "caries", "submission": key}
    assert client_as("dentist").post(f"/care/{patient.uuid}/chart/findings/", finding).status_code == 422
    none_known = client_as("owner").post(f"/patients/{make_patient().uuid}/alerts/none-known/", {"submission": key})
    assert none_known.status_code == 302


def test_a_record_of_another_patient_is_unknown_under_my_patients_address(
    client_as: Any, make_patient: Any, actors: Any
) -> None:
    from cuspide.care.services import record_finding
    from cuspide.patients.services.alerts import add_alert

    mine, other, owner = make_patient(), make_patient(), client_as("owner")
    finding = record_finding(actors.dentist, other, "16", "caries", surfaces="O")
    alert, _new = add_alert(actors.dentist, other, ALERT)
    for address in (
        f"/care/{mine.uuid}/findings/{finding.uuid}/correct/",
        f"/care/{mine.uuid}/findings/{finding.uuid}/void/",
        f"/patients/{mine.uuid}/alerts/{alert.uuid}/end/",
    ):
        answer = owner.post(address, {"reason": "attaque", "kind": "crown", "tooth": "11"})
        assert answer.status_code == 404, address
    finding.refresh_from_db()
    assert (finding.kind, finding.voided_at, finding.superseded_by_id) == ("caries", None, None)
    assert alerts_of(other) == ["Pénicilline"]
    assert not other.alerts.exclude(ended_at=None).exists()


def test_what_a_stranger_to_the_household_owes_is_not_paid_from_my_patients_page(
    client_as: Any, make_patient: Any, practice: Any, nomenclature: Any
) -> None:
    from cuspide.billing.services import issue_invoice
    from cuspide.care.services import NewAct, add_act
    from cuspide.core import clock
    from cuspide.core.actor import Actor

    system, mine, other = Actor.system("test"), make_patient(), make_patient()
    new = NewAct(code="HBMD053", practitioner=practice.dentists[0], site=practice.site, teeth=["16"], surfaces="O",
                 done_on=clock.today())  # fmt: skip
    act = add_act(system, other, new)
    owner = client_as("owner")
    issue = {"acts": str(act.uuid), "third_party": "none"}
    assert owner.post(f"/billing/patients/{mine.uuid}/issue/", issue).status_code == 422
    invoice = issue_invoice(system, other, [act.uuid])
    pay = {"invoices": str(invoice.uuid), "received_on": f"{clock.today()}", "row1-means": "card", "row1-amount": "5"}
    assert owner.post(f"/billing/patients/{mine.uuid}/pay/", pay).status_code == 422
    invoice.refresh_from_db()
    assert invoice.paid == 0
