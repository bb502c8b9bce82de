"""The page Practitioners: added, corrected by two at once, retired, brought back; and who may."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.core.rights import Role
from cuspide.practice.models import LegalEntity, Practitioner, Site
from tests.integration import sites
from tests.support.forms import forms_of

pytestmark = pytest.mark.django_db

Clients = Callable[..., Client]
LIST = "/practice/practitioners/"
ADD = f"{LIST}add/"
NEW = {"title": "Dr", "given_name": "Anne", "family_name": "MARTIN", "specialty": "36", "tint": "4"}


def typed(practice: Any, **fields: str) -> dict[str, str]:
    return {**NEW, "entity": str(practice.entity.uuid), **fields}


def page_of(one: Practitioner) -> str:
    return reverse("practice:practitioner", args=[one.uuid])


def opened(client: Client, address: str) -> dict[str, list[str]]:
    """The form of a page as the browser would send it back untouched."""
    return form_in(client.get(address).content.decode())


def form_in(page: str) -> dict[str, list[str]]:
    return next(one.fields for one in forms_of(page, LIST) if "family_name" in one.fields)


def test_the_owner_adds_a_practitioner_once_however_often_the_form_is_sent(client_as: Clients, practice: Any) -> None:
    owner = client_as(Role.OWNER)
    form = opened(owner, ADD)
    assert form["tint"] == ["3"], "the first colour that nobody has is proposed"
    sent = typed(practice, rpps="1000 0000 033", am_number="26 400 0035", submission=form["submission"][0])
    assert owner.post(ADD, sent)["Location"] == LIST
    assert owner.post(ADD, sent)["Location"] == LIST
    made = Practitioner.objects.get(family_name="MARTIN")
    assert (made.rpps, made.am_number, made.specialty, made.tint) == ("10000000033", "264000035", "36", 4)
    page = owner.get(LIST).content.decode()
    assert "Dr Anne MARTIN" in page
    assert "10000000033" in page
    assert Entry.objects.filter(action="practice.add_practitioner", subject_uuid=made.uuid).count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rpps": "10000000034"}, "onze chiffres"),
        ({"rpps": "1000 0000 017"}, "Dr Claire AUBERT a déjà ce numéro"),
        ({"rpps": "1" * 5000}, "40"),
        ({"am_number": "12345678"}, "neuf chiffres"),
        ({"am_number": "٢٦٤٠٠٠٠١٩"}, "neuf chiffres"),
        ({"family_name": "  "}, "obligatoire"),
        ({"given_name": "A\u202eB"}, "un nom et un prénom"),
        ({"title": "\x1b"}, "1 à 20 caractères"),
        ({"specialty": "99"}, "99"),
        ({"tint": "9"}, "9"),
        ({"tint": "x"}, "x"),
        ({"entity": str(uuid.uuid4())}, "choix"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    client_as: Clients, practice: Any, wrong: dict[str, str], said: str
) -> None:
    answer = client_as(Role.OWNER).post(ADD, typed(practice, **wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Practitioner.objects.count() == 2


def test_a_name_and_a_number_are_corrected_and_the_trace_says_from_what(client_as: Clients, practice: Any) -> None:
    owner, one = client_as(Role.OWNER), practice.dentists[1]
    form = opened(owner, page_of(one))
    assert (
        owner.post(page_of(one), form | {"family_name": ["LEFEBVRE"], "am_number": ["264 000 027"]})["Location"] == LIST
    )
    one.refresh_from_db()
    assert (one.family_name, one.am_number, one.rpps) == ("LEFEBVRE", "264000027", "10000000025")
    entry = Entry.objects.get(action="practice.change_practitioner")
    told = owner.get(reverse("audit:entry", args=[entry.uuid])).content.decode()
    assert "LEFÈVRE" in told
    assert "Numéro AM" in told


def test_an_untouched_form_changes_nothing(client_as: Clients, practice: Any) -> None:
    owner, one = client_as(Role.OWNER), practice.dentists[0]
    assert owner.post(page_of(one), opened(owner, page_of(one)))["Location"] == LIST
    assert Practitioner.objects.get(pk=one.pk).version == 1
    assert not Entry.objects.filter(action="practice.change_practitioner").exists()


def test_two_browsers_correct_one_practitioner_and_the_second_chooses(client_as: Clients, practice: Any) -> None:
    one = practice.dentists[0]
    first, second = client_as(Role.OWNER), client_as(Role.OWNER)
    mine, theirs = opened(first, page_of(one)), opened(second, page_of(one))
    second.post(page_of(one), theirs | {"family_name": ["AUBERT-PETIT"], "am_number": ["264000019"]})

    told = first.post(page_of(one), mine | {"family_name": ["AUBER"], "title": ["Pr"]})
    assert told.status_code == 409
    page = told.content.decode()
    assert "AUBERT-PETIT" in page
    assert "AUBER<" in page
    assert Practitioner.objects.get(pk=one.pk).title == "Dr", "nothing is half written"
    again = form_in(page)
    assert (
        first.post(page_of(one), again | {"choose-family_name": ["mine"], "choose-am_number": ["theirs"]})["Location"]
        == LIST
    )
    one.refresh_from_db()
    assert (one.family_name, one.am_number, one.title) == ("AUBER", "264000019", "Pr")


def test_who_corrects_another_field_is_not_disturbed(client_as: Clients, practice: Any) -> None:
    one, owner = practice.dentists[0], client_as(Role.OWNER)
    form = opened(owner, page_of(one))
    owner.post(page_of(one), form | {"am_number": ["264000019"]})
    # The second browser shows another title and the number as it was: only the number would be undone.
    answer = owner.post(page_of(one), form | {"title": ["Pr"], "am_number": ["264000019"]})
    assert answer["Location"] == LIST
    one.refresh_from_db()
    assert (one.title, one.am_number) == ("Pr", "264000019")


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "٣"])
def test_a_version_that_is_none_is_not_obeyed(client_as: Clients, practice: Any, version: str) -> None:
    one, owner = practice.dentists[0], client_as(Role.OWNER)
    form = opened(owner, page_of(one)) | {"title": ["Pr"], "version": [version]}
    assert owner.post(page_of(one), form).status_code == 404
    assert Practitioner.objects.get(pk=one.pk).title == "Dr"


def test_one_who_left_stays_in_the_list_and_may_come_back(client_as: Clients, practice: Any) -> None:
    owner, one = client_as(Role.OWNER), practice.dentists[1]
    for _twice in range(2):
        assert owner.post(f"{page_of(one)}retire/")["Location"] == LIST
    one.refresh_from_db()
    assert not one.is_active
    assert "A quitté le cabinet" in owner.get(LIST).content.decode()
    again = owner.post(ADD, typed(practice, rpps=one.rpps)).content.decode()
    assert "faites revenir ce praticien" in again
    owner.post(f"{page_of(one)}bring-back/")
    one.refresh_from_db()
    assert one.is_active
    actions = Entry.objects.filter(subject_uuid=one.uuid).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["practice.retire_practitioner", "practice.bring_back_practitioner"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_else_reaches_the_page(client_as: Clients, practice: Any, role: Role) -> None:
    client, one = client_as(role), practice.dentists[0]
    for address in (LIST, ADD, page_of(one)):
        assert client.get(address).status_code == 403
    for address in (ADD, page_of(one), f"{page_of(one)}retire/", f"{page_of(one)}bring-back/"):
        assert client.post(address, typed(practice)).status_code == 403
    assert Practitioner.objects.filter(is_active=True).count() == 2


def test_the_owner_of_one_site_decides_of_nobody_who_works_at_two(practice: Any) -> None:
    two = sites.second_site(practice.entity)
    client = sites.browser(sites.person(Role.OWNER, two.there))
    assert "Dr Claire AUBERT" in client.get(LIST).content.decode()
    assert client.get(page_of(two.dentist_there)).status_code == 404
    assert client.post(f"{page_of(two.dentist_there)}retire/").status_code == 404
    own = LegalEntity.objects.create(name="SELARL du Port")
    Site.objects.filter(pk=two.there.pk).update(entity=own)
    Practitioner.objects.filter(pk=two.dentist_there.pk).update(entity=own)
    assert client.post(f"{page_of(two.dentist_there)}retire/")["Location"] == LIST
    assert client.post(ADD, typed(practice)).status_code == 422, "not through the entity of the other site"


def test_the_list_asks_as_much_of_the_store_for_twenty(
    client_as: Clients, practice: Any, django_assert_max_num_queries: Any
) -> None:
    owner = client_as(Role.OWNER)
    owner.get(LIST)
    Practitioner.objects.bulk_create(
        Practitioner(family_name=f"N{number}", given_name="A", entity=practice.entity) for number in range(20)
    )
    with django_assert_max_num_queries(14):
        assert owner.get(LIST).content.decode().count("tint-dot") == 22
