"""People around a patient: recorded, corrected by two at once, ended, never lost; who decides is in the banner."""

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
from cuspide.core.errors import DomainError, EditConflict, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import selectors
from cuspide.patients.models import RelatedPerson
from cuspide.patients.services.people import MOST, add_person, change_person, end_person
from tests.integration.patients.test_editing import fields

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]
MOTHER = {"name": "Claire Martin", "relation": "Mère", "decides": "jointly"}
GUARDIAN = {"name": "UDAF de la Drôme", "measure": "tutelle", "decides": "represents"}
CALL = {"name": "Anne Durand", "relation": "Voisine", "phone": "06 39 98 12 34"}


def child(make_patient: Maker, **more: Any) -> Any:
    born = clock.today() - dt.timedelta(days=10 * 365)
    return make_patient(birth_date=f"{born:%d/%m/%Y}", **more)


def facts(client: Client, patient: Any) -> str:
    page = client.get(reverse("patients:record", args=[patient.uuid])).content.decode()
    return page[page.index('class="banner-facts"') : page.index('class="banner-warnings"')]


def test_who_decides_for_a_child_stands_in_the_banner_in_words(client_as: Clients, make_patient: Maker) -> None:
    desk, patient = client_as(Role.SECRETARY), child(make_patient)
    assert "Autorité parentale\u00a0: non renseignée" in facts(desk, patient)
    address = reverse("patients:add_person", args=[patient.uuid, "parental"])
    assert desk.post(address, MOTHER | {"separated": "on"}).status_code == 302
    assert desk.post(address, MOTHER | {"name": "Paul Martin", "relation": "Père"}).status_code == 302
    shown = facts(desk, patient)
    assert "Parents séparés" in shown
    assert "Autorité parentale" not in shown
    page = desk.get(reverse("patients:people", args=[patient.uuid])).content.decode()
    assert "Tout autre acte\u00a0: tous, Claire Martin, Paul Martin." in page
    father = RelatedPerson.objects.get(name="Paul Martin")
    desk.post(reverse("patients:end_person", args=[patient.uuid, father.uuid]), {"reason": "Retrait, jugement vu"})
    mother = RelatedPerson.objects.get(name="Claire Martin")
    form = reverse("patients:change_person", args=[patient.uuid, mother.uuid])
    sent = fields(desk.get(form).content.decode()) | {"decides": "alone"}
    sent.pop("separated")
    assert desk.post(form, sent).status_code == 302
    assert "Autorité parentale\u00a0: Claire Martin, sans l’autre parent" in facts(desk, patient)
    page = desk.get(reverse("patients:people", args=[patient.uuid])).content.decode()
    assert "Retrait, jugement vu" in page, "who is ended stays in the history"


def test_a_guardian_stands_in_the_banner_until_the_measure_runs_out(
    client_as: Clients, secretary: Actor, make_patient: Maker, moved_clock: Any
) -> None:
    patient = make_patient(birth_date="07/03/1940")
    until = clock.today() + dt.timedelta(days=30)
    add_person(secretary, patient, "protection", GUARDIAN | {"until": until})
    desk = client_as(Role.SECRETARY)
    assert "Tutelle\u00a0: UDAF de la Drôme signe pour le patient" in facts(desk, patient)
    assert selectors.who_decides(patient).signing(usual=True).names == ("UDAF de la Drôme",)
    RelatedPerson.objects.update(until=clock.today() - dt.timedelta(days=1))
    assert "Tutelle échue le" in facts(desk, patient)
    assert selectors.who_decides(patient).signing(usual=True).names == ()


def test_nobody_has_parental_authority_over_an_adult(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(birth_date="07/03/1984")
    with pytest.raises(DomainError):
        add_person(secretary, patient, "parental", MOTHER)
    assert not RelatedPerson.objects.exists()


def test_a_patient_of_the_practice_is_linked_by_her_number(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    mother = make_patient(birth_name="Lefort", first_birth_given_name="Claire", mobile="06 39 98 77 66")
    patient = child(make_patient)
    made, _now = add_person(secretary, patient, "parental", {"number": str(mother.number), "decides": "jointly"})
    assert (made.person, made.name) == (mother, "LEFORT Claire")
    page = client_as(Role.SECRETARY).get(reverse("patients:people", args=[patient.uuid])).content.decode()
    assert reverse("patients:record", args=[mother.uuid]) in page
    assert "06\u00a039\u00a098\u00a077\u00a066" in page, "her record's telephone"
    for number in ("999999", "1" * 40, "١٢٣", str(patient.number)):
        with pytest.raises(FieldErrors) as refused:
            add_person(secretary, patient, "trusted", {"number": number})
        assert list(refused.value.errors) == ["number"]


def test_two_who_correct_at_once_are_told(client_as: Clients, secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    person, _made = add_person(secretary, patient, "emergency", CALL)
    address = reverse("patients:change_person", args=[patient.uuid, person.uuid])
    one, other = client_as(Role.SECRETARY), client_as(Role.DENTIST)
    opened, theirs = fields(one.get(address).content.decode()), fields(other.get(address).content.decode())
    assert other.post(address, theirs | {"phone": "06 39 98 00 99"}).status_code == 302
    told = one.post(address, opened | {"phone": "06 39 98 00 11", "remark": "Après 18 h"})
    assert told.status_code == 409
    page = told.content.decode()
    assert "06\u00a039\u00a098\u00a000\u00a099" in page
    assert "06 39 98 00 11" in page
    assert one.post(address, fields(page) | {"choose-phone": "theirs"}).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.remark, person.version) == ("+33639980099", "Après 18 h", 3)
    with pytest.raises(EditConflict):
        change_person(secretary, person, CALL, 1)


def test_an_untouched_form_changes_nothing(client_as: Clients, secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    person, _made = add_person(secretary, patient, "protection", GUARDIAN | {"since": dt.date(2020, 1, 2)})
    address = reverse("patients:change_person", args=[patient.uuid, person.uuid])
    desk = client_as(Role.SECRETARY)
    assert desk.post(address, fields(desk.get(address).content.decode())).status_code == 302
    person.refresh_from_db()
    assert person.version == 1
    assert not Entry.objects.filter(action="patients.change_person").exists()


def test_the_same_person_stands_once_in_one_role_and_ends_once_with_a_reason(
    secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    person, _made = add_person(secretary, patient, "emergency", CALL)
    with pytest.raises(FieldErrors):
        add_person(secretary, patient, "emergency", CALL | {"name": "ANNE  DURAND"})
    add_person(secretary, patient, "trusted", CALL)
    with pytest.raises(FieldErrors):
        end_person(secretary, person, " \u200b ")
    end_person(secretary, person, "A déménagé")
    with pytest.raises(DomainError):
        end_person(secretary, person, "Encore")
    with pytest.raises(DomainError):
        change_person(secretary, person, CALL | {"relation": "Amie"}, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        RelatedPerson.objects.filter(pk=person.pk).update(ended_reason="")
    add_person(secretary, patient, "emergency", CALL)
    assert RelatedPerson.objects.filter(patient=patient, kind="emergency").count() == 2
    assert {entry.action for entry in Entry.objects.filter(patient_uuid=patient.uuid)} >= {
        "patients.add_person",
        "patients.end_person",
    }


def test_there_is_an_end_to_how_many_stand(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    for number in range(MOST):
        add_person(secretary, patient, "emergency", CALL | {"name": "Anne " + "b" * (number + 1)})
    with pytest.raises(FieldErrors):
        add_person(secretary, patient, "emergency", CALL)


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "<img src=x onerror=alert(1)>", "phone": "0639981234", "remark": "{{ 7|add:7 }}"},
        {"name": "\u202eennA 🦷", "phone": "0639981234"},
    ],
)
def test_a_hostile_name_is_only_text(client_as: Clients, make_patient: Maker, typed: dict[str, str]) -> None:
    patient, desk = make_patient(), client_as(Role.SECRETARY)
    address = reverse("patients:add_person", args=[patient.uuid, "emergency"])
    assert desk.post(address, typed).status_code == 302
    page = desk.get(reverse("patients:people", args=[patient.uuid])).content.decode()
    assert "<img" not in page
    assert "\u202e" not in page
    assert desk.post(address, typed | {"name": "x" * 5000}).status_code == 422
    assert desk.post(address, typed | {"name": "Y" * 200, "remark": "x" * 5000}).status_code == 422


def test_an_unknown_role_and_another_patients_person_are_not_found(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    desk, patient = client_as(Role.SECRETARY), make_patient()
    assert desk.get(f"/patients/{patient.uuid}/people/new/admin/").status_code == 404
    person, _made = add_person(secretary, make_patient(birth_name="Autre"), "emergency", CALL)
    for page in ("change_person", "end_person"):
        address = reverse(f"patients:{page}", args=[patient.uuid, person.uuid])
        assert desk.post(address, {"reason": "x", "version": "1"}).status_code == 404
    person.refresh_from_db()
    assert person.ended_at is None


def test_who_may_not_see_or_change_people(
    client_as: Clients, secretary: Actor, bookkeeper: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    person, _made = add_person(secretary, patient, "emergency", CALL)
    with pytest.raises(Forbidden):
        add_person(bookkeeper, patient, "emergency", CALL)
    with pytest.raises(Forbidden):
        end_person(bookkeeper, person, "x")
    books = client_as(Role.BOOKKEEPER)
    assert books.get(reverse("patients:people", args=[patient.uuid])).status_code == 403
    assert "Anne Durand" not in books.get(reverse("patients:record", args=[patient.uuid])).content.decode()


@pytest.mark.parametrize("many", [1, 6])
def test_the_page_asks_the_store_as_often_whoever_stands_there(
    client_as: Clients, secretary: Actor, make_patient: Maker, django_assert_max_num_queries: Any, many: int
) -> None:
    patient = child(make_patient)
    for number in range(many):
        other = make_patient(birth_name="Proche" + "x" * (number + 1), mobile="06 39 98 12 34")
        add_person(secretary, patient, "parental", {"number": str(other.number), "decides": "jointly"})
    desk = client_as(Role.SECRETARY)
    address = reverse("patients:people", args=[patient.uuid])
    desk.get(address)
    with django_assert_max_num_queries(30):
        assert desk.get(address).status_code == 200
