"""The pages, as a browser without scripts sees them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cuspide.audit import gathering
from cuspide.audit.models import Entry
from cuspide.core.rights import Role
from cuspide.patients.models import Alert, Patient
from tests.integration.patients.typed import PLAIN

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]

NEW = PLAIN | {
    "submission": "01938c8e-0000-7000-8000-000000000001",
    "nir": "2 84 03 26 362 123",
    "mobile": "06 39 98 12 34",
    "guarantee": "100",
}


def hidden(page: str) -> dict[str, str]:
    """The hidden inputs of a page, as the browser sends them back."""
    found = {}
    for tag in re.findall(r"<input\b[^>]*type=\"hidden\"[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        found[attributes["name"]] = attributes.get("value", "").replace("&nbsp;", "\u00a0")
    return found


def test_a_patient_is_created_on_one_page_and_her_record_opens(client_as: Clients) -> None:
    client = client_as(Role.SECRETARY)
    assert client.get(reverse("patients:create")).status_code == 200
    answer = client.post(reverse("patients:create"), NEW, follow=True)
    page = answer.content.decode()
    patient = Patient.objects.get()
    assert answer.redirect_chain == [(reverse("patients:record", args=[patient.uuid]), 302)]
    assert "MARTIN Léa" in page
    assert "06\u00a039\u00a098\u00a012\u00a034" in page
    assert "55" in page  # the key that was computed
    assert Entry.objects.filter(action="patients.record", patient_uuid=patient.uuid).exists()


def test_a_form_sent_twice_makes_one_patient(client_as: Clients) -> None:
    client = client_as(Role.SECRETARY)
    first = client.post(reverse("patients:create"), NEW)
    second = client.post(reverse("patients:create"), NEW)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Patient.objects.count() == 1


@pytest.mark.django_db
def test_a_form_sent_again_with_other_words_says_why_it_is_refused(client_as: Clients) -> None:
    secretary = client_as("secretary")
    secretary.post("/patients/new/", NEW)
    again = secretary.post("/patients/new/", NEW | {"birth_name": "DURAND"})
    assert again.status_code == 422
    assert "déjà" in again.content.decode()
    assert "DURAND" in again.content.decode()
    assert Patient.objects.count() == 1


def test_a_form_with_an_error_keeps_what_was_typed(client_as: Clients) -> None:
    typed = NEW | {"nir": "2 84 03 26 362 123 99", "city": "Valbonne-sur-Cuspide", "used_name": "D'Été"}
    answer = client_as(Role.SECRETARY).post(reverse("patients:create"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 84 03 26 362 123 99" in page
    assert "Valbonne-sur-Cuspide" in page
    assert "D&#39;Été" in page
    assert NEW["submission"] in page
    assert "55" in page  # the right key is said
    assert not Patient.objects.exists()


def test_a_possible_duplicate_is_shown_and_confirmed(client_as: Clients, make_patient: Maker) -> None:
    known = make_patient(birth_name="Martin", first_birth_given_name="Léa")
    client = client_as(Role.SECRETARY)
    asked = client.post(reverse("patients:create"), NEW)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert reverse("patients:record", args=[known.uuid]) in page
    (confirm,) = re.findall(r'name="confirmed" value="([^"]+)"', page)
    created = client.post(reverse("patients:create"), NEW | {"confirmed": confirm})
    assert created.status_code == 302
    assert Patient.objects.count() == 2


def test_a_relative_shares_household_and_address(client_as: Clients, make_patient: Maker) -> None:
    mother = make_patient(
        birth_name="Durand", line1="3 rue Haute", postcode="26999", city="Valbonne", mobile="06 39 98 00 01",
        regime="01", nir="2 84 03 26 362 123",
    )  # fmt: skip
    client = client_as(Role.SECRETARY)
    address = reverse("patients:create_relative", args=[mother.uuid])
    page = client.get(address).content.decode()
    assert "3 rue Haute" in page
    assert "DURAND" in page
    child = PLAIN | {"birth_name": "Durand", "first_birth_given_name": "Tom", "sex": "M", "birth_date": "01/02/2018",
                     "regime": "01", "beneficiary": "06", "insured_nir": mother.nir, "pays": "on"}  # fmt: skip
    assert client.post(address, child).status_code == 302
    tom = Patient.objects.get(first_birth_given_name="Tom")
    mother.refresh_from_db()
    assert tom.household == mother.household
    assert tom.guarantor == mother
    assert "Tom" in client.get(reverse("patients:record", args=[mother.uuid])).content.decode()


@pytest.mark.parametrize("text", ["lea martin", "MARTIN", "mart", "07/03/1984", "+33 6 39 98", "2 84 03 26 362 123 55"])
def test_a_patient_is_found_by_post(client_as: Clients, make_patient: Maker, text: str) -> None:
    patient = make_patient(birth_name="Martin", first_birth_given_name="Léa", nir=NEW["nir"], mobile=NEW["mobile"])
    answer = client_as(Role.SECRETARY).post(reverse("patients:list"), {"text": text})
    assert reverse("patients:record", args=[patient.uuid]) in answer.content.decode()
    gathering.settle(everything=True)
    shown = Entry.objects.filter(action="patients.search").latest("pk")
    assert str(patient.uuid) in shown.payload.body


def test_the_search_box_of_every_page_finds_patients(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Ornano", first_birth_given_name="Zoé")
    answer = client_as(Role.SECRETARY).post(reverse("core:search"), {"text": "zoe orn"})
    assert reverse("patients:record", args=[patient.uuid]) in answer.content.decode()


def test_where_nobody_is_found_a_new_patient_is_offered_to_who_may_create_one(
    client_as: Clients, make_patient: Maker
) -> None:
    make_patient(birth_name="Ornano")

    def offered(role: Role, text: str) -> bool:
        found = client_as(role).post(reverse("core:search"), {"text": text}, headers={"HX-Request": "true"})
        return f'href="{reverse("patients:create")}"' in found.content.decode()

    assert offered(Role.SECRETARY, "Durandeau")
    assert not offered(Role.SECRETARY, "Ornano")
    assert not offered(Role.BOOKKEEPER, "Durandeau")


def test_an_empty_practice_says_what_to_do_first(client_as: Clients) -> None:
    page = client_as(Role.SECRETARY).get(reverse("patients:list")).content.decode()
    assert reverse("patients:create") in page
    assert 'class="empty"' in page


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "'; DROP TABLE patients_patient; --", "A" * 200, "😀 Dent"]
)
def test_a_hostile_name_is_only_ever_text(client_as: Clients, make_patient: Maker, name: str) -> None:
    patient = make_patient(birth_name=name)
    client = client_as(Role.DENTIST)
    for url in ("record", "edit_identity", "edit_contacts", "coverage", "edit_coverage", "alerts", "add_alert"):
        page = client.get(reverse(f"patients:{url}", args=[patient.uuid]))
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode().lower()


def test_no_name_stands_in_an_address_or_a_title(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Ornano", first_birth_given_name="Zoé", nir=NEW["nir"])
    client = client_as(Role.DENTIST)
    page = client.post(reverse("patients:list"), {"text": "ornano"}).content.decode()
    page += client.get(reverse("patients:record", args=[patient.uuid])).content.decode()
    for address in re.findall(r'(?:href|action|hx-post|src)="([^"]*)"', page):
        assert "ornano" not in address.lower()
        assert patient.nir[:7] not in address
    for title in re.findall(r"<title>(.*?)</title>", page, flags=re.DOTALL):
        assert "ornano" not in title.lower()


def test_an_unknown_uuid_is_a_plain_404(client_as: Clients) -> None:
    answer = client_as(Role.SECRETARY).get(reverse("patients:record", args=["01938c8e-0000-7000-8000-00000000dead"]))
    assert answer.status_code == 404


def pages(patient: Patient) -> list[str]:
    return [
        reverse("patients:list"),
        reverse("patients:create"),
        *(
            reverse(f"patients:{name}", args=[patient.uuid])
            for name in ("record", "create_relative", "edit_identity", "edit_contacts", "coverage", "edit_coverage",
                         "add_exemption", "alerts", "add_alert")
        ),
    ]  # fmt: skip


def test_who_may_open_which_page(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    allowed = {
        role: {address.split("/")[-2] for address in pages(patient) if client_as(role).get(address).status_code == 200}
        for role in Role
    }
    record = str(patient.uuid)
    desk = {"patients", "new", record, "relative", "identity", "contacts", "coverage", "edit"}
    care = desk | {"alerts"}
    assert allowed[Role.OWNER] == allowed[Role.DENTIST] == allowed[Role.ASSISTANT] == care
    assert allowed[Role.SECRETARY] == desk
    assert allowed[Role.BOOKKEEPER] == {"patients", record}
    assert allowed[Role.TECHNICIAN] == set()


def test_who_is_refused_learns_nothing(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Ornano")
    for address in (str(patient.uuid), "01938c8e-0000-7000-8000-00000000dead"):
        answer = client_as(Role.TECHNICIAN).get(reverse("patients:record", args=[address]))
        assert answer.status_code == 403
        assert "ornano" not in answer.content.decode().lower()


def test_the_bookkeeper_sees_who_but_nothing_medical_and_no_number(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(birth_name="Ornano", nir=NEW["nir"], mobile=NEW["mobile"])
    Alert.objects.create(patient=patient, kind="allergy", label="Penicillin", recorded_by="test")
    page = client_as(Role.BOOKKEEPER).get(reverse("patients:record", args=[patient.uuid])).content.decode()
    assert "ORNANO" in page
    assert "Penicillin" not in page
    assert "2\u00a084" not in page
    assert "06\u00a039" not in page
    found = client_as(Role.BOOKKEEPER).post(reverse("patients:list"), {"text": NEW["nir"]}).content.decode()
    assert "ORNANO" not in found


def test_the_secretary_reads_the_words_of_an_alert_and_no_more(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    Alert.objects.create(
        patient=patient, kind="allergy", label="Penicillin", recorded_by="Dr Who", remark="anaphylaxis"
    )
    page = client_as(Role.SECRETARY).get(reverse("patients:record", args=[patient.uuid])).content.decode()
    assert "Penicillin" in page
    assert "anaphylaxis" not in page


def test_the_record_costs_the_same_however_long_it_is(
    client_as: Clients, make_patient: Maker, django_assert_max_num_queries: Any
) -> None:
    patient = make_patient(mobile=NEW["mobile"], regime="01")
    client = client_as(Role.DENTIST)
    address = reverse("patients:record", args=[patient.uuid])
    client.get(address)
    for number in range(20):
        Alert.objects.create(patient=patient, kind="other", label=f"Alert {number}", recorded_by="test")
    # One of them is for the correspondents: whom to call about a treatment is asked with the patient in the chair.
    # One asks whether another record may be of her: whoever looks at half of what is known must be told.
    # Two are for what another program knew: acts on the chart, and recalls that are due.
    # One is what the patient opposed: nobody may hand over what she asked to keep from her parents.
    with django_assert_max_num_queries(24):
        client.get(address)


def test_no_name_and_no_number_reach_a_log(
    client_as: Clients, make_patient: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_as(Role.SECRETARY)
    patient = make_patient(birth_name="Ornano", nir=NEW["nir"])
    with caplog.at_level("DEBUG"):
        client.post(reverse("patients:list"), {"text": "ornano zoe"})
        client.post(reverse("patients:create"), NEW | {"birth_name": "Ornano", "nir": "2 84 03 26 362 123 99"})
        client.post(reverse("patients:edit_identity", args=[patient.uuid]), {"birth_name": "Ornano", "version": "x"})
        client.get(reverse("patients:record", args=["01938c8e-0000-7000-8000-00000000dead"]))
        client_as(Role.TECHNICIAN).get(reverse("patients:record", args=[patient.uuid]))
    said = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends").casefold()
    assert "ornano" not in said
    assert "28403" not in said.replace(" ", "")


def test_all_that_is_wrong_is_said_at_once(client_as: Clients) -> None:
    wrong = NEW | {"sex": "", "birth_date": "hier", "nir": "123", "mobile": "12"}
    answer = client_as(Role.SECRETARY).post(reverse("patients:create"), wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    for name in ("sex", "birth_date", "nir", "mobile"):
        assert re.search(rf'href="#id_{name}(_0)?"', page), name
    assert not Patient.objects.exists()


def test_english_writes_the_birth_date_the_english_way(client_as: Clients, make_patient: Maker) -> None:
    whole, partial = make_patient(birth_date="07/03/1984"), make_patient(birth_date="1950")
    client = client_as(Role.SECRETARY)
    client.cookies["cuspide_language"] = "en"
    client.post("/preferences", {"language": "en", "theme": "system", "density": "comfortable"})
    shown = client.get(reverse("patients:record", args=[whole.uuid])).content.decode().replace("\u00a0", " ")
    assert "7 Mar 1984" in shown
    assert "07/03/1984" not in shown
    lunar = make_patient(birth_date="31/02/1961")  # a day of no calendar, which the INS knows
    for patient, said in ((partial, "born in 1950"), (lunar, "31/02/1961")):
        assert said in client.get(reverse("patients:record", args=[patient.uuid])).content.decode()
