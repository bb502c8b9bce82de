"""How sure an identity is: what was seen, by whom, when; what forbids a status; what may leave as an INS."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors
from cuspide.core.rights import Role
from cuspide.patients.forms.identity import identity_values
from cuspide.patients.models import Patient
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.services.identity import create_patient, update_identity
from cuspide.portability import export
from tests.integration.patients.typed import PLAIN

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]
DOUBT = {"doubtful": True, "doubtful_reason": "La photo n’est pas la sienne"}


def change(actor: Actor, patient: Patient, **typed: Any) -> Patient:
    return update_identity(actor, patient, identity_values(patient) | typed, patient.version).patient


def validated(actor: Actor, make_patient: Maker) -> Patient:
    return change(actor, make_patient(), seen_now="cni")


def page_of(client: Client, patient: Patient) -> str:
    return client.get(reverse("patients:record", args=[patient.uuid])).content.decode()


def test_a_doubt_takes_a_validation_away_and_says_so_on_every_page(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    patient = validated(secretary, make_patient)
    assert patient.ins_status == "validee"
    patient = change(secretary, patient, **DOUBT)
    assert (patient.ins_status, patient.identity_document, patient.identity_seen_by) == ("provisoire", "", "")
    page = page_of(client_as(Role.SECRETARY), patient)
    assert "Identité douteuse" in page
    assert "La photo n’est pas la sienne" in page
    told = Entry.objects.filter(action="patients.change").latest("pk").payload.body
    assert json.loads(told)["ins_status"] == "provisoire"


def test_a_doubtful_identity_is_not_validated(secretary: Actor, make_patient: Maker) -> None:
    patient = change(secretary, make_patient(), **DOUBT)
    with pytest.raises(FieldErrors) as refused:
        change(secretary, patient, seen_now="passport")
    assert list(refused.value.errors) == ["seen_now"]
    with pytest.raises(FieldErrors):
        create_patient(secretary, PLAIN | DOUBT | {"seen_now": "cni"})
    cleared = change(secretary, patient, doubtful=False, seen_now="passport")
    assert (cleared.ins_status, cleared.doubtful_reason) == ("validee", "")


def test_a_doubt_has_a_reason_and_the_table_itself_refuses_any_other_status(
    secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    with pytest.raises(FieldErrors) as refused:
        change(secretary, patient, doubtful=True, doubtful_reason="  ")
    assert list(refused.value.errors) == ["doubtful_reason"]
    doubtful = change(secretary, patient, **DOUBT)
    seen = {"identity_document": "cni", "identity_seen_at": clock.now()}
    for wrong in ({"ins_status": "validee", **seen}, {"doubtful_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Patient.objects.filter(pk=doubtful.pk).update(**wrong)


def test_a_namesake_keeps_its_status_and_is_said(client_as: Clients, secretary: Actor, make_patient: Maker) -> None:
    patient = change(secretary, validated(secretary, make_patient), homonym=True)
    assert patient.ins_status == "validee"
    page = page_of(client_as(Role.SECRETARY), patient)
    assert "Homonyme" in page
    assert "vue le" in page, "which document, when"
    assert patient.identity_seen_by in page


def test_a_place_that_the_nir_does_not_have_is_asked_about(secretary: Actor) -> None:
    typed = PLAIN | {"nir": "2 84 03 26 362 123", "birth_date": "07/03/1984", "sex": "F"}
    with pytest.raises(NeedsConfirmation) as asked:
        create_patient(secretary, typed | {"birth_place_code": "75056"})
    assert "nir_place" in {doubt.key for doubt in asked.value.doubts}
    assert create_patient(secretary, typed | {"birth_place_code": "26362"}).now


def test_somebody_born_in_corsica_before_1976_has_the_department_of_then(secretary: Actor) -> None:
    typed = PLAIN | {"nir": "2 60 03 20 004 123", "birth_date": "07/03/1960", "sex": "F", "birth_place_code": "2A004"}
    assert create_patient(secretary, typed).now


def test_given_names_in_another_order_are_asked_about(secretary: Actor) -> None:
    typed = PLAIN | {"first_birth_given_name": "Marie-Anne", "birth_given_names": "Zoé Marie-Anne"}
    with pytest.raises(NeedsConfirmation) as asked:
        create_patient(secretary, typed)
    assert {doubt.key for doubt in asked.value.doubts} == {"given_names_order"}
    assert create_patient(secretary, typed | {"birth_given_names": "MARIE ANNE, Zoé"}).now


@pytest.mark.parametrize("status", ["provisoire", "recuperee", "validee", "qualifiee"])
def test_what_leaves_as_an_ins(actors: Any, make_patient: Maker, status: str) -> None:
    patient = make_patient(nir="2 84 03 26 362 123", birth_date="07/03/1984", sex="F")
    seen = {"identity_document": "cni", "identity_seen_at": clock.now()} if status in ("validee", "qualifiee") else {}
    Patient.objects.filter(pk=patient.pk).update(ins_status=status, **seen)
    told = "".join(export.patients_fhir(actors.owner))
    assert ("1.2.250.1.213.1.4.8" in told) == (status == "qualifiee")
    numbers = json.loads(told)["entry"][0]["resource"]["identifier"]
    assert patient.nir in [one["value"] for one in numbers], "the number itself is not lost"


def test_a_hostile_reason_is_only_text(client_as: Clients, secretary: Actor, make_patient: Maker) -> None:
    patient = change(secretary, make_patient(), doubtful=True, doubtful_reason="<img src=x>" + "é" * 500)
    assert len(patient.doubtful_reason) == 200
    assert "<img src=x" not in page_of(client_as(Role.SECRETARY), patient)
