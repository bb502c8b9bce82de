"""A patient is created once, as typed, and questioned where it is unlikely."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cuspide.audit.models import Entry
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors, Forbidden
from cuspide.patients import selectors
from cuspide.patients.models import AmcCoverage, AmoCoverage, Patient, Posting
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.services.identity import create_patient
from tests.integration.patients.typed import PLAIN

pytestmark = pytest.mark.django_db

LEA = PLAIN | {"nir": "2 84 03 26 362 123", "birth_name": "martin", "first_birth_given_name": "léa"}


def test_a_nir_without_key_gets_its_key(secretary: Actor) -> None:
    saved = create_patient(secretary, LEA)
    assert saved.patient.nir == "284032636212355"
    assert saved.nir_key_computed == "55"
    assert saved.patient.nir_shown.replace("\u00a0", " ") == "2 84 03 26 362 123 55"
    assert saved.patient.display_name == "MARTIN Léa"


def test_corsica(secretary: Actor) -> None:
    saved = create_patient(secretary, LEA | {"nir": "2 84 03 2A 004 123"})
    assert saved.patient.nir.startswith("284032A004123")


@pytest.mark.parametrize(
    ("nir", "said"),
    [
        ("2 84 03 26 362 123 70", "55"),
        ("2 84 03 26 362 12", "12"),
        ("2 84 13 26 362 123", "01"),
        ("2 84 03 00 362 123", "00"),
        ("2 84 03 2C 362 123", "2A"),
        ("9 84 03 26 362 123", "1"),
        ("<script>", "2A"),
    ],
)
def test_a_wrong_nir_is_refused_with_its_reason(secretary: Actor, nir: str, said: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        create_patient(secretary, LEA | {"nir": nir})
    assert list(refused.value.errors) == ["nir"]
    assert said in str(refused.value.errors["nir"])
    assert not Patient.objects.exists()


def test_a_nir_of_the_other_sex_and_another_month_is_questioned_and_can_be_confirmed(secretary: Actor) -> None:
    typed = LEA | {"sex": "M", "birth_date": "07/04/1984"}
    with pytest.raises(NeedsConfirmation) as asked:
        create_patient(secretary, typed)
    assert {doubt.key for doubt in asked.value.doubts} == {"nir_sex", "nir_month"}
    assert not Patient.objects.exists()
    with pytest.raises(NeedsConfirmation):
        create_patient(secretary, typed, confirmed=frozenset({"nir_sex"}))
    assert create_patient(secretary, typed, confirmed=frozenset({"nir_sex", "nir_month"})).patient.sex == "M"


def test_born_on_the_31st_of_february_is_kept_when_the_card_says_so(secretary: Actor) -> None:
    typed = PLAIN | {"birth_date": "31/02/1950"}
    with pytest.raises(NeedsConfirmation):
        create_patient(secretary, typed)
    patient = create_patient(secretary, typed, confirmed=frozenset({"lunar_date"})).patient
    assert patient.birth_date_shown == "31/02/1950"
    assert [found.patient for found in selectors.find_patients(Actor.system("test"), "31/02/1950")] == [patient]


@pytest.mark.parametrize("day", ["01/01/2900", "demain", "01/01/1500", ""])
def test_an_impossible_birth_date_is_refused(secretary: Actor, day: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        create_patient(secretary, PLAIN | {"birth_date": day})
    assert "birth_date" in refused.value.errors


def test_the_same_form_sent_twice_makes_one_patient(secretary: Actor) -> None:
    key = uuid.uuid4()
    first = create_patient(secretary, LEA, key=key)
    again = create_patient(secretary, LEA, key=key)
    assert (first.now, again.now) == (True, False)
    assert again.patient == first.patient
    assert Patient.objects.count() == 1
    assert Entry.objects.filter(action="patients.create").count() == 1


def test_somebody_alike_is_shown_before_saving(secretary: Actor) -> None:
    lea = create_patient(secretary, LEA).patient
    for typed in (
        PLAIN | {"birth_name": "Martin", "first_birth_given_name": "Lea"},
        PLAIN | {"birth_name": "Martni"},
        LEA | {"birth_name": "Dubois", "first_birth_given_name": "Anne"},
    ):
        with pytest.raises(NeedsConfirmation) as asked:
            create_patient(secretary, typed)
        assert asked.value.duplicates == [lea]
    homonym = create_patient(secretary, PLAIN, confirmed=frozenset({asked.value.duplicates_key})).patient
    assert homonym != lea


def test_twins_are_two_patients(secretary: Actor) -> None:
    create_patient(secretary, PLAIN | {"first_birth_given_name": "Emma"})
    create_patient(secretary, PLAIN | {"first_birth_given_name": "Hugo", "sex": "M"})
    assert Patient.objects.count() == 2


@pytest.mark.parametrize(
    "name",
    [
        "A" * 200,
        "x y " * 50,
        "🦷 Dent 😀",
        "\u202eNITRAM",
        "محمد بن علي",
        "<script>alert(1)</script>",
        "Robert'); DROP TABLE patients_patient;--",
        "ÆŒæœÿŸ",
        "O’Neill-d'Été",
        "{{ 7*7 }}{% debug %}",
    ],
)
def test_a_hostile_name_is_kept_and_found(secretary: Actor, name: str) -> None:
    patient = create_patient(secretary, PLAIN | {"birth_name": name}).patient
    assert Patient.objects.get(pk=patient.pk).birth_name == patient.birth_name
    for token in Posting.objects.filter(patient=patient).values_list("token", flat=True):
        assert [found.patient for found in selectors.find_patients(Actor.system("test"), token)] == [patient]
    assert [found.patient for found in selectors.find_patients(Actor.system("test"), name)] == [patient]


@pytest.mark.parametrize("name", ["", "   ", "😀", "1234", "\u202e", "--"])
def test_what_holds_no_letter_is_no_name(secretary: Actor, name: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        create_patient(secretary, PLAIN | {"birth_name": name})
    assert "birth_name" in refused.value.errors


def test_a_name_that_grows_in_capitals_is_refused_and_not_cut(secretary: Actor) -> None:
    with pytest.raises(FieldErrors):
        create_patient(secretary, PLAIN | {"birth_name": "ß" * 150})


def test_all_errors_are_said_at_once_and_nothing_is_written(secretary: Actor) -> None:
    with pytest.raises(FieldErrors) as refused:
        create_patient(
            secretary,
            PLAIN | {"nir": "123", "mobile": "06", "email": "nobody", "regime": "1", "guarantee": 9999,
                     "organisation": "Mutuelle"},
        )  # fmt: skip
    assert set(refused.value.errors) == {"nir", "mobile", "email", "regime", "guarantee"}
    assert not Patient.objects.exists()
    assert not Entry.objects.exists()


def test_cover_and_contacts_come_with_the_patient(secretary: Actor) -> None:
    patient = create_patient(
        secretary,
        LEA
        | {"mobile": "06 39 98 12 34", "email": "Lea@Example.fr", "line1": "3 rue Haute", "postcode": "26999",
           "city": "Valbonne", "regime": "01", "caisse": "261", "centre": "0000", "learnt_from": "card",
           "organisation": "Mutuelle des Tilleuls", "guarantee": 125, "responsible": True,
           "third_party_agreement": True, "exemptions": ["ald"]},
    ).patient  # fmt: skip
    contacts = selectors.contacts_of(patient)
    assert contacts.values["mobile"].replace("\u00a0", " ") == "06 39 98 12 34"
    assert contacts.address is not None
    assert contacts.address.lines == ["3 rue Haute", "26999 Valbonne"]
    assert AmoCoverage.objects.get(patient=patient).insured_nir == patient.nir
    assert str(AmcCoverage.objects.get(patient=patient).guarantee) == "1.25"
    assert [found.patient for found in selectors.find_patients(Actor.system("test"), "+33 6 39 98 12 34")] == [patient]
    assert [found.patient for found in selectors.find_patients(Actor.system("test"), "lea martin 0639")] == [patient]


def test_who_may_not_create_does_not(bookkeeper: Actor, technician: Actor) -> None:
    for actor in (bookkeeper, technician, Actor.nobody()):
        with pytest.raises(Forbidden):
            create_patient(actor, LEA)
    assert not Patient.objects.exists()


def test_the_store_itself_refuses_what_cannot_be(make_patient: Any) -> None:
    patient = make_patient()
    for columns in (
        {"birth_name": ""},
        {"sex": "X"},
        {"nir": "123"},
        {"birth_date": "1984"},
        {"ins_status": "validee"},
        {"ins_status": "recuperee"},
        {"merged_into": patient.pk},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Patient.objects.filter(pk=patient.pk).update(**columns)


def test_a_name_does_not_slip_out_through_str(make_patient: Any) -> None:
    patient: Patient = make_patient(birth_name="Ornano", nir="")
    assert "ornano" not in f"{patient} {patient!r}".lower()
