"""The directory of correspondents, and what each is to a patient."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.formats.rpps import with_check_digit
from cuspide.patients import selectors
from cuspide.patients.models import Correspondent, CorrespondentLink
from cuspide.patients.services.correspondents import (
    add_correspondent,
    end_link,
    link_correspondent,
    retire_correspondent,
)
from tests.integration.patients.test_editing import fields

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]
RPPS = with_check_digit("1012345678")
DOCTOR = {
    "family_name": "Lefèvre-Dupré", "given_name": "Anaïs", "speciality": "Médecin généraliste", "rpps": RPPS,
    "phone": "04 75 00 00 00", "mss": "anais.lefevre@medecin.mssante.fr", "city": "Valence", "postcode": "26000",
}  # fmt: skip


def test_the_directory_finds_by_any_word_and_says_nothing_in_an_address(client_as: Clients) -> None:
    desk = client_as(Role.SECRETARY)
    assert desk.post(reverse("patients:add_correspondent"), DOCTOR).status_code == 302
    doctor = Correspondent.objects.get()
    assert (doctor.family_name, doctor.phone) == ("LEFÈVRE-DUPRÉ", "+33475000000")
    for text in ("lefevre", "anais generaliste", "VALENCE", RPPS, "dupre val"):
        assert selectors.found_correspondents(text) == [doctor], text
    for text in ("lefevre lyon", "l%re", "lef_vre"):
        assert selectors.found_correspondents(text) == [], text
    page = desk.post(reverse("patients:correspondents"), {"text": "lefevre"}).content.decode()
    assert "LEFÈVRE-DUPRÉ Anaïs" in page
    assert "04\u00a075\u00a000\u00a000\u00a000" in page
    assert "Personne n’est trouvé" in desk.post(reverse("patients:correspondents"), {"text": "xyz"}).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"family_name": " "}, "family_name"),
        ({"speciality": ""}, "speciality"),
        ({"rpps": "10123456780" if RPPS != "10123456780" else "10123456781"}, "rpps"),
        ({"rpps": "x" * 400}, "rpps"),
        ({"phone": "12"}, "phone"),
        ({"mss": "anais@laposte.net"}, "mss"),
        ({"mss": "anais"}, "mss"),
        ({"email": "a b@c"}, "email"),
        ({"email": "anais@medecin.mssante.fr"}, "email"),
    ],
)
def test_what_a_letter_would_not_reach_is_refused(secretary: Actor, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        add_correspondent(secretary, DOCTOR | wrong)
    assert list(refused.value.errors) == [field]


def test_an_rpps_number_is_one_persons(client_as: Clients, secretary: Actor) -> None:
    add_correspondent(secretary, DOCTOR)
    answer = client_as(Role.SECRETARY).post(reverse("patients:add_correspondent"), DOCTOR | {"family_name": "Autre"})
    assert answer.status_code == 422
    assert "Ce n° RPPS est celui de LEFÈVRE-DUPRÉ Anaïs." in answer.content.decode()


def test_two_who_correct_an_entry_at_once_are_told(client_as: Clients, secretary: Actor) -> None:
    doctor, _made = add_correspondent(secretary, DOCTOR)
    address = reverse("patients:change_correspondent", args=[doctor.uuid])
    one, other = client_as(Role.SECRETARY), client_as(Role.DENTIST)
    opened, theirs = fields(one.get(address).content.decode()), fields(other.get(address).content.decode())
    assert one.post(address, opened).status_code == 302
    doctor.refresh_from_db()
    assert doctor.version == 1, "an untouched form changes nothing"
    assert other.post(address, theirs | {"city": "Crest"}).status_code == 302
    told = one.post(address, opened | {"city": "Lyon", "organisation": "Hôpital"})
    assert told.status_code == 409
    assert one.post(address, fields(told.content.decode()) | {"choose-city": "theirs"}).status_code == 302
    doctor.refresh_from_db()
    assert (doctor.city, doctor.organisation) == ("Crest", "Hôpital")
    assert selectors.found_correspondents("crest hopital") == [doctor]


def test_a_patient_has_one_general_practitioner_and_the_former_stays_in_the_history(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    patient, desk = make_patient(), client_as(Role.SECRETARY)
    first, _made = add_correspondent(secretary, DOCTOR)
    second, _made = add_correspondent(secretary, {"family_name": "Roux", "speciality": "Médecin généraliste"})
    address = reverse("patients:link_correspondent", args=[patient.uuid])
    assert "ROUX" in desk.post(address, {"text": "roux"}).content.decode()
    for doctor in (first, second):
        answer = desk.post(address, {"correspondent": str(doctor.uuid), "role": "treating"})
        assert answer.status_code == 302
    assert [link.correspondent for link in selectors.correspondents_of(patient)] == [second]
    page = desk.get(reverse("patients:people", args=[patient.uuid])).content.decode()
    assert "Un autre médecin traitant a été noté" in page
    assert "ROUX" in desk.get(reverse("patients:record", args=[patient.uuid])).content.decode()


def test_a_link_is_made_once_and_ends_once_with_a_reason(secretary: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    doctor, _made = add_correspondent(secretary, DOCTOR)
    link, _made = link_correspondent(secretary, patient, doctor, "specialist")
    with pytest.raises(DomainError):
        link_correspondent(secretary, patient, doctor, "specialist")
    with pytest.raises(FieldErrors):
        link_correspondent(secretary, patient, doctor, "admin")
    with pytest.raises(FieldErrors):
        end_link(secretary, link, " ")
    end_link(secretary, link, "Parti à la retraite")
    with pytest.raises(DomainError):
        end_link(secretary, link, "Encore")
    assert CorrespondentLink.objects.count() == 1


def test_whoever_is_retired_is_offered_no_more_and_stays_in_the_records(
    client_as: Clients, secretary: Actor, make_patient: Maker
) -> None:
    patient, desk = make_patient(), client_as(Role.SECRETARY)
    doctor, _made = add_correspondent(secretary, DOCTOR)
    link_correspondent(secretary, patient, doctor, "treating")
    assert desk.post(reverse("patients:retire_correspondent", args=[doctor.uuid]), {"retired": "1"}).status_code == 302
    assert selectors.found_correspondents("lefevre") == []
    with pytest.raises(DomainError):
        link_correspondent(secretary, make_patient(birth_name="Autre"), doctor, "treating")
    assert [link.correspondent for link in selectors.correspondents_of(patient)] == [doctor]
    assert "LEFÈVRE" in desk.get(reverse("patients:correspondents") + "?retired=1").content.decode()
    assert not retire_correspondent(secretary, doctor, retired=True)
    assert retire_correspondent(secretary, doctor, retired=False)
    assert selectors.found_correspondents("lefevre") == [doctor]


def test_who_may_not_keep_the_directory(client_as: Clients, bookkeeper: Actor, secretary: Actor) -> None:
    doctor, _made = add_correspondent(secretary, DOCTOR)
    for write in (
        lambda: add_correspondent(bookkeeper, DOCTOR),
        lambda: retire_correspondent(bookkeeper, doctor, retired=True),
    ):
        with pytest.raises(Forbidden):
            write()
    for role in (Role.BOOKKEEPER, Role.TECHNICIAN):
        assert client_as(role).get(reverse("patients:correspondents")).status_code == 403


@pytest.mark.parametrize("many", [3, 40])
def test_the_directory_asks_the_store_as_often_however_long_it_is(
    client_as: Clients, django_assert_max_num_queries: Any, many: int
) -> None:
    columns = {"speciality": "ORL", "sought": "x", "recorded_by": "x"}
    Correspondent.objects.bulk_create(Correspondent(family_name=f"D{n}", **columns) for n in range(many))
    desk = client_as(Role.SECRETARY)
    desk.get(reverse("patients:correspondents"))
    with django_assert_max_num_queries(14):
        assert "D2" in desk.get(reverse("patients:correspondents")).content.decode()


def test_a_button_that_names_nobody_ties_nobody(client_as: Clients, make_patient: Maker) -> None:
    patient, desk = make_patient(), client_as(Role.SECRETARY)
    address = reverse("patients:link_correspondent", args=[patient.uuid])
    for forged in ("", "x", "0195f0a0-c1d2-7cc3-8000-00000000dead", "' OR 1=1"):
        assert desk.post(address, {"correspondent": forged, "role": "treating"}).status_code == 200
    assert not CorrespondentLink.objects.exists()
    hostile = {"family_name": "<script>alert(1)</script>", "speciality": "\u202eORL"}
    assert desk.post(reverse("patients:add_correspondent"), hostile).status_code == 302
    page = desk.get(reverse("patients:correspondents")).content.decode()
    assert "<script>alert" not in page.casefold()
    assert desk.post(reverse("patients:add_correspondent"), hostile | {"remark": "x" * 9000}).status_code == 422
