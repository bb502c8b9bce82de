"""A minor who is emancipated, one who keeps care from the parents; what the banner says that nobody may overlook."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.rights import Role
from cuspide.patients import selectors
from cuspide.patients.forms.identity import identity_values
from cuspide.patients.models import ConsentStatement, Patient
from cuspide.patients.services.consents import state_consent, void_consent
from cuspide.patients.services.identity import update_identity
from cuspide.patients.services.readers import Asked, hand_over

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]
NO = {"agrees": False, "manner": "oral"}


def born(years: int) -> str:
    day = clock.today() - dt.timedelta(days=years * 366)
    return f"{day:%d/%m/%Y}"


def emancipate(actor: Actor, patient: Patient, day: dt.date) -> Patient:
    return update_identity(actor, patient, identity_values(patient) | {"emancipated_on": day}, patient.version).patient


def banner(client: Client, patient: Patient) -> str:
    page = client.get(reverse("patients:record", args=[patient.uuid])).content.decode()
    return page[page.index('class="banner-who"') : page.index("banner-actions")]


def test_an_emancipated_minor_decides_alone(client_as: Clients, secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(birth_date=born(17))
    desk = client_as(Role.SECRETARY)
    assert "Autorité parentale" in banner(desk, patient)
    assert not selectors.who_decides(patient).signing(usual=False).known
    patient = emancipate(secretary, patient, clock.today())
    assert "Mineur émancipé" in banner(desk, patient)
    assert "Autorité parentale" not in banner(desk, patient)
    signing = selectors.who_decides(patient).signing(usual=False)
    assert (signing.patient_too, signing.known) == (True, True)
    parents = reverse("patients:add_person", args=[patient.uuid, "parental"])
    assert parents not in desk.get(reverse("patients:people", args=[patient.uuid])).content.decode()


def test_nobody_is_emancipated_before_sixteen_or_tomorrow(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(birth_date=born(17))
    for day in (clock.today() + dt.timedelta(days=1), patient.born_on.replace(year=patient.born_on.year + 15)):
        with pytest.raises(FieldErrors) as refused:
            emancipate(secretary, patient, day)
        assert list(refused.value.errors) == ["emancipated_on"]


def test_what_a_minor_keeps_secret_is_handed_to_no_parent(
    client_as: Clients, actors: Any, secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient(birth_date=born(15))
    assert selectors.parents_may_know(patient)
    statement, _made = state_consent(secretary, patient, "parents", NO | {"remark": "Soin de la 36"})
    assert not selectors.parents_may_know(patient)
    assert "Soins tenus secrets" in banner(client_as(Role.ASSISTANT), patient)
    asked = {"first": clock.today(), "last": clock.today(), "identity": "document", "names": False}
    with pytest.raises(DomainError):
        hand_over(actors.owner, patient, Asked(recipient="representative", **asked))
    page = reverse("patients:readers", args=[patient.uuid])
    day = f"{clock.today():%d/%m/%Y}"
    typed = {"first": day, "last": day, "recipient": "representative", "identity": "document"}
    answer = client_as(Role.OWNER).post(page, typed)
    assert answer.status_code == 422
    assert "remettez la liste au mineur seul" in answer.content.decode()
    assert hand_over(actors.owner, patient, Asked(recipient="patient", **asked)).startswith(b"%PDF")
    void_consent(secretary, statement, "Autre patiente")
    assert selectors.parents_may_know(patient)
    assert "Soins tenus secrets" not in banner(client_as(Role.ASSISTANT), patient)


def test_only_the_minor_asks_for_it_and_takes_it_back(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient(birth_date=born(15))
    for answer in (True, False):
        with pytest.raises(FieldErrors):
            state_consent(secretary, patient, "parents", {"agrees": answer, "manner": "oral", "said_by": "Sa mère"})
    adult = make_patient(birth_name="ADULTE", birth_date=born(30))
    with pytest.raises(DomainError):
        state_consent(secretary, adult, "parents", NO)
    desk = client_as(Role.SECRETARY)
    page = desk.get(reverse("patients:consents", args=[adult.uuid])).content.decode()
    assert "Parents informés" not in page
    address = reverse("patients:state_consent", args=[adult.uuid, "parents"])
    typed = {"agrees": "no", "manner": "oral", "said_on": f"{clock.today():%d/%m/%Y}", "submission": str(uuid.uuid4())}
    assert desk.post(address, typed).status_code == 422
    assert not ConsentStatement.objects.exists()


def test_a_secret_ends_with_majority(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(birth_date=born(17))
    state_consent(secretary, patient, "parents", NO)
    assert selectors.oppositions(patient) == ["parents"]
    patient = emancipate(secretary, patient, clock.today())
    assert selectors.oppositions(patient) == []
    assert selectors.parents_may_know(patient), "parents are then handed nothing, and nothing is left to ask"


def test_who_opposes_letters_is_said_and_who_opposes_messages_is_not(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    for subject in ("correspondents", "mes", "sms"):
        state_consent(secretary, patient, subject, NO)
    shown = banner(client_as(Role.SECRETARY), patient)
    assert "S’oppose aux courriers aux correspondants" in shown
    assert "S’oppose à Mon espace santé" in shown
    assert "SMS" not in shown
    assert "S’oppose" not in banner(client_as(Role.BOOKKEEPER), patient), "the bookkeeper sees who pays"
    state_consent(secretary, patient, "mes", {"agrees": True, "manner": "written"})
    assert "Mon espace santé" not in banner(client_as(Role.SECRETARY), patient)
