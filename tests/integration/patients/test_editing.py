"""Two people edit one patient: the second is told, sees both values and chooses; nothing typed is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.core.actor import Actor
from cuspide.core.errors import EditConflict, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import selectors
from cuspide.patients.models import ContactPoint, Patient, Posting
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.services.contacts import update_contacts
from cuspide.patients.services.identity import update_identity
from tests.integration.patients.typed import PLAIN

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]


def fields(page: str) -> dict[str, str]:
    """A page's form as the browser would send it back untouched."""
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)(?:="([^"]*)")?', tag[6:]))
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if not name or name == "csrfmiddlewaretoken" or (kind in {"radio", "checkbox"} and "checked" not in attributes):
            continue
        sent[name] = attributes.get("value", "on" if kind == "checkbox" else "").replace("&#39;", "'")
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, flags=re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', page, flags=re.DOTALL):
        sent[name] = body.strip()
    return sent


def test_an_untouched_form_changes_nothing(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(nir="2 84 03 26 362 123", mobile="06 39 98 00 01", city="Valbonne", regime="01",
                           organisation="Mutuelle", guarantee=150, responsible=True)  # fmt: skip
    client = client_as(Role.SECRETARY)
    for page in ("edit_identity", "edit_contacts", "edit_coverage"):
        address = reverse(f"patients:{page}", args=[patient.uuid])
        answer = client.post(address, fields(client.get(address).content.decode()))
        assert answer.status_code == 302
    patient.refresh_from_db()
    assert patient.version == 1
    assert not Entry.objects.filter(action__startswith="patients.change").exists()


def test_the_second_editor_sees_both_values_and_chooses(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Martin", used_name="Petit")
    address = reverse("patients:edit_identity", args=[patient.uuid])
    secretary, dentist = client_as(Role.SECRETARY), client_as(Role.DENTIST)
    opened = fields(secretary.get(address).content.decode())
    theirs = fields(dentist.get(address).content.decode())
    assert dentist.post(address, theirs | {"used_name": "Durand", "birth_place": "Lyon"}).status_code == 302

    told = secretary.post(address, opened | {"used_name": "Marchand", "note": "Prefers mornings"})
    page = told.content.decode()
    assert told.status_code == 409
    assert "Marchand" in page
    assert "DURAND" in page
    assert "Lyon" in page
    assert Patient.objects.get().used_name == "DURAND"

    again = fields(page)
    assert again["note"] == "Prefers mornings"
    assert again["choose-birth_place"] == "theirs"  # she had not touched it
    assert "choose-used_name" not in again  # this she must decide
    saved = secretary.post(address, again | {"choose-used_name": "mine"})
    assert saved.status_code == 302
    patient.refresh_from_db()
    assert (patient.used_name, patient.birth_place, patient.note) == ("MARCHAND", "Lyon", "Prefers mornings")


def test_theirs_may_be_chosen_too(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Martin")
    address = reverse("patients:edit_identity", args=[patient.uuid])
    client = client_as(Role.SECRETARY)
    opened = fields(client.get(address).content.decode())
    client.post(address, opened | {"used_name": "Durand", "interpreter": "on"})
    told = fields(client.post(address, opened | {"used_name": "Marchand"}).content.decode())
    client.post(address, told | {"choose-used_name": "theirs"})
    patient.refresh_from_db()
    assert (patient.used_name, patient.interpreter) == ("DURAND", True)


def test_a_third_editor_between_is_noticed_again(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    address = reverse("patients:edit_identity", args=[patient.uuid])
    client = client_as(Role.SECRETARY)
    opened = fields(client.get(address).content.decode())
    client.post(address, opened | {"used_name": "Durand"})
    told = fields(client.post(address, opened | {"used_name": "Marchand"}).content.decode())
    now = fields(client.get(address).content.decode())
    client.post(address, now | {"used_name": "Leroy"})
    third = client.post(address, told | {"choose-used_name": "mine"})
    assert third.status_code == 409
    assert "LEROY" in third.content.decode()


def test_who_edits_another_part_of_the_record_is_not_disturbed(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    client = client_as(Role.SECRETARY)
    identity, contacts = (reverse(f"patients:{p}", args=[patient.uuid]) for p in ("edit_identity", "edit_contacts"))
    opened = fields(client.get(identity).content.decode())
    reached = fields(client.get(contacts).content.decode())
    assert client.post(contacts, reached | {"mobile": "06 39 98 00 02"}).status_code == 302
    assert client.post(identity, opened | {"used_name": "Durand"}).status_code == 302
    patient.refresh_from_db()
    assert patient.used_name == "DURAND"
    assert ContactPoint.objects.get(patient=patient, ended_at__isnull=True).normalised == "+33639980002"


def test_a_service_refuses_a_version_that_is_gone(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    update_identity(secretary, Patient.objects.get(), PLAIN | {"used_name": "Durand"}, 1)
    with pytest.raises(EditConflict) as conflict:
        update_identity(secretary, Patient.objects.get(), PLAIN | {"used_name": "Marchand"}, 1)
    assert conflict.value.current.used_name == "DURAND"
    assert Entry.objects.filter(action="patients.change", patient_uuid=patient.uuid).count() == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1.0", "٣"])
def test_a_version_that_is_none_is_not_obeyed(client_as: Clients, make_patient: Maker, version: str) -> None:
    patient = make_patient(birth_name="Martin")
    address = reverse("patients:edit_identity", args=[patient.uuid])
    client = client_as(Role.SECRETARY)
    opened = fields(client.get(address).content.decode())
    assert client.post(address, opened | {"used_name": "Durand", "version": version}).status_code == 404
    patient.refresh_from_db()
    assert patient.used_name == ""


def test_a_changed_name_is_found_by_the_new_and_no_longer_by_the_old(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Martin", first_birth_given_name="Zoé")
    typed = PLAIN | {"birth_name": "Ornano", "first_birth_given_name": "Zoé", "birth_date": patient.birth_date_shown}
    update_identity(secretary, patient, typed, 1)
    assert [found.patient for found in selectors.find_patients(Actor.system("test"), "ornano zoe")] == [patient]
    assert selectors.find_patients(Actor.system("test"), "martin") == []
    assert Posting.objects.filter(patient=patient, token="ornano").count() == 1


def test_a_validated_identity_is_provisional_again_when_a_trait_changes(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Martin", seen_now="passport")
    assert patient.ins_status == "validee"
    typed = PLAIN | {"first_birth_given_name": patient.first_birth_given_name, "birth_date": patient.birth_date_shown}
    kept = update_identity(secretary, patient, typed | {"note": "x"}, 1).patient
    assert (kept.ins_status, kept.identity_document) == ("validee", "passport")
    changed = update_identity(secretary, kept, typed | {"birth_name": "Martine"}, 2).patient
    assert (changed.ins_status, changed.identity_document, changed.identity_seen_at) == ("provisoire", "", None)
    seen = update_identity(secretary, changed, typed | {"birth_name": "Martine", "seen_now": "cni"}, 3).patient
    assert (seen.ins_status, seen.identity_seen_by) == ("validee", "secretary")


def test_becoming_somebody_who_is_already_there_is_questioned(secretary: Actor, make_patient: Maker) -> None:
    known = make_patient(birth_name="Martin", first_birth_given_name="Léa", birth_date="07/03/1984")
    other = make_patient(birth_name="Durand", first_birth_given_name="Léa", birth_date="07/03/1984")
    with pytest.raises(NeedsConfirmation) as asked:
        update_identity(secretary, other, PLAIN, 1)
    assert asked.value.duplicates == [known]


def test_an_ended_number_stays_in_the_history(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient(mobile="06 39 98 00 01", city="Valbonne")
    assert update_contacts(secretary, patient, {"mobile": "06 39 98 00 02", "city": "Valbonne"}, 1)
    points = ContactPoint.objects.filter(patient=patient).order_by("pk")
    assert [(point.normalised, point.ended_at is None) for point in points] == [
        ("+33639980001", False),
        ("+33639980002", True),
    ]
    assert selectors.find_patients(Actor.system("test"), "06 39 98 00 01") == []
    assert [found.patient for found in selectors.find_patients(Actor.system("test"), "06 39 98 00 02")] == [patient]
    assert patient.addresses.count() == 1


def test_a_wrong_number_is_refused_and_kept_on_the_page(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    address = reverse("patients:edit_contacts", args=[patient.uuid])
    client = client_as(Role.SECRETARY)
    answer = client.post(address, fields(client.get(address).content.decode()) | {"mobile": "06 39", "city": "Là-bas"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="06 39"' in page
    assert "Là-bas" in page
    assert not ContactPoint.objects.exists()


def test_two_numbers_cannot_take_one_place(make_patient: Maker) -> None:
    patient = make_patient(mobile="06 39 98 00 01")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.create(
            patient=patient, kind="phone", use="mobile", value="+33639980002", normalised="+33639980002"
        )


def test_who_may_not_change_does_not(bookkeeper: Actor, technician: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    for actor in (bookkeeper, technician):
        with pytest.raises(Forbidden):
            update_identity(actor, patient, PLAIN, 1)
        with pytest.raises(Forbidden):
            update_contacts(actor, patient, {"mobile": "06 39 98 00 01"}, 1)


def test_an_impossible_change_writes_nothing(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    with pytest.raises(FieldErrors):
        update_identity(secretary, patient, PLAIN | {"nir": "1"}, 1)
    patient.refresh_from_db()
    assert patient.version == 1
