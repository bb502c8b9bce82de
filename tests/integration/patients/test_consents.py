"""Consents and oppositions: the last word counts, the earlier ones stay; nobody writes to the dead."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import selectors
from cuspide.patients.models import ConsentStatement, Patient
from cuspide.patients.models.consents import ConsentSubject
from cuspide.patients.rules.consents import UNASKED
from cuspide.patients.services.consents import state_consent, void_consent
from tests.integration.patients.test_editing import fields

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]
NO = {"agrees": False, "manner": "oral"}
YES = {"agrees": True, "manner": "written"}


def test_every_subject_says_what_holds_unasked() -> None:
    assert set(UNASKED) == set(ConsentSubject.values)


def test_the_last_word_counts_and_the_earlier_ones_stay(client_as: Clients, make_patient: Maker) -> None:
    patient, desk = make_patient(), client_as(Role.SECRETARY)
    address = reverse("patients:state_consent", args=[patient.uuid, "sms"])
    today = f"{clock.today():%d/%m/%Y}"
    assert selectors.may_contact(patient, "reminder", "sms")
    refused = {"agrees": "no", "manner": "oral", "said_on": today, "said_by": "Anne Durand, sa fille"}
    assert desk.post(address, refused).status_code == 302
    answer = selectors.may_contact(patient, "reminder", "sms")
    assert (answer.allowed, answer.because) == (False, "sms")
    assert selectors.may_contact(patient, "reminder", "email")
    assert desk.post(address, {"agrees": "yes", "manner": "written", "said_on": today}).status_code == 302
    assert selectors.may_contact(patient, "reminder", "sms")
    page = desk.get(reverse("patients:consents", args=[patient.uuid])).content.decode()
    assert "Anne Durand, sa fille" in page
    assert "Par écrit".lower() in page.lower()
    assert {entry.action for entry in Entry.objects.filter(patient_uuid=patient.uuid)} >= {"patients.state_consent"}


def test_what_was_said_earlier_and_is_noted_later_does_not_undo_a_later_word(
    secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    state_consent(secretary, patient, "recall", NO)
    state_consent(secretary, patient, "recall", YES | {"said_on": clock.today() - dt.timedelta(days=30)})
    assert selectors.may_contact(patient, "recall", "letter").because == "recall"


def test_a_mistake_is_void_with_a_reason_and_what_was_said_before_holds(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    state_consent(secretary, patient, "teaching", YES)
    mistaken, _made = state_consent(secretary, patient, "teaching", NO)
    assert not selectors.may_use(patient, ConsentSubject.TEACHING)
    with pytest.raises(FieldErrors):
        void_consent(secretary, mistaken, " ")
    address = reverse("patients:void_consent", args=[patient.uuid, mistaken.uuid])
    assert client_as(Role.SECRETARY).post(address, {"reason": "Autre patient"}).status_code == 303
    assert selectors.may_use(patient, ConsentSubject.TEACHING)
    with pytest.raises(DomainError):
        void_consent(secretary, mistaken, "Encore")
    assert ConsentStatement.objects.count() == 2
    page = client_as(Role.SECRETARY).get(reverse("patients:consents", args=[patient.uuid])).content.decode()
    assert "Autre patient" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentStatement.objects.filter(pk=mistaken.pk).update(ended_reason="")


def test_a_death_stops_reminders_and_recalls_and_opens_nothing_else(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    patient, other = make_patient(), make_patient(birth_name="Autre")
    for subject in ("sms", "reminder", "recall"):
        state_consent(secretary, patient, subject, YES)
    before = {subject: selectors.may_use(patient, subject) for subject in ConsentSubject}
    desk = client_as(Role.SECRETARY)
    address = reverse("patients:edit_identity", args=[patient.uuid])
    died = fields(desk.get(address).content.decode()) | {"deceased_on": f"{clock.today():%d/%m/%Y}"}
    assert desk.post(address, died).status_code == 302
    patient = Patient.objects.get(pk=patient.pk)
    for purpose in ("reminder", "recall"):
        for channel in ("sms", "email", "letter", "phone"):
            assert selectors.may_contact(patient, purpose, channel).because == "dead"
            assert selectors.contactable([patient.pk, other.pk], purpose, channel) == {other.pk}
    assert {subject: selectors.may_use(patient, subject) for subject in ConsentSubject} == before
    assert "aucun rappel" in desk.get(reverse("patients:consents", args=[patient.uuid])).content.decode()
    for role in (Role.BOOKKEEPER, Role.TECHNICIAN):
        assert client_as(role).get(reverse("patients:consents", args=[patient.uuid])).status_code == 403


def test_many_are_asked_in_two_queries(secretary: Actor, make_patient: Maker, django_assert_num_queries: Any) -> None:
    patients = [make_patient(birth_name="Martin" + "x" * number) for number in range(7)]
    state_consent(secretary, patients[0], "email", NO)
    state_consent(secretary, patients[1], "recall", NO)
    Patient.objects.filter(pk=patients[2].pk).update(merged_into=patients[3])
    with django_assert_num_queries(2):
        found = selectors.contactable([one.pk for one in patients], "recall", "email")
    assert found == {one.pk for one in patients[3:]}
    assert selectors.contactable([], "recall", "email") == set()


def test_a_day_that_cannot_be_is_refused(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(birth_date="07/03/1984")
    Patient.objects.filter(pk=patient.pk).update(deceased_on=dt.date(2026, 1, 5))
    patient.refresh_from_db()
    for day in (clock.today() + dt.timedelta(days=1), dt.date(1984, 3, 6), dt.date(2026, 1, 6)):
        with pytest.raises(FieldErrors):
            state_consent(secretary, patient, "sms", NO | {"said_on": day})
    assert not ConsentStatement.objects.exists()


def test_forged_and_hostile_answers(client_as: Clients, secretary: Actor, make_patient: Maker) -> None:
    patient, desk = make_patient(), client_as(Role.SECRETARY)
    assert desk.get(f"/patients/{patient.uuid}/consents/everything/new/").status_code == 404
    address = reverse("patients:state_consent", args=[patient.uuid, "sms"])
    today = f"{clock.today():%d/%m/%Y}"
    sound = {"agrees": "no", "manner": "oral", "said_on": today}
    for forged in (
        {"agrees": "perhaps"},
        {"agrees": ""},
        {"manner": "x"},
        {"said_on": "31/02/2020"},
        {"said_by": "x" * 999},
    ):
        assert desk.post(address, sound | forged).status_code == 422, forged
    assert desk.post(address, sound | {"said_by": "<b onload=x>", "remark": "\u202e"}).status_code == 302
    page = desk.get(reverse("patients:consents", args=[patient.uuid])).content.decode()
    assert "<b onload" not in page
    statement = ConsentStatement.objects.get()
    other = make_patient(birth_name="Autre")
    elsewhere = reverse("patients:void_consent", args=[other.uuid, statement.uuid])
    assert desk.post(elsewhere, {"reason": "x"}).status_code == 404


def test_who_may_not_note_an_answer(bookkeeper: Actor, secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    with pytest.raises(Forbidden):
        state_consent(bookkeeper, patient, "sms", NO)
    statement, _made = state_consent(secretary, patient, "sms", NO)
    with pytest.raises(Forbidden):
        void_consent(bookkeeper, statement, "x")
