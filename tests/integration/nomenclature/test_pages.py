"""The nomenclature in the browser: found, read, corrected, refused."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from cuspide.nomenclature.models import Act, ActTariff, Origin, PracticeFee

BROWSE = "/nomenclature/"


@pytest.fixture
def scaling(nomenclature: Any) -> Act:
    return Act.objects.get(code="HBJD001")


def test_the_list_shows_everyday_acts_first(nomenclature: Any, client_as: Any) -> None:
    page = client_as("secretary").get(BROWSE).content.decode()
    assert "CCAM version 81, en vigueur depuis le 01/01/2026" in page
    assert page.index("HBJD001") < page.index("HBMD053")
    assert "28,92\u00a0€" in page or "28,92\u202f€" in page


def test_a_search_is_posted_and_finds(nomenclature: Any, client_as: Any) -> None:
    page = client_as("assistant").post(BROWSE, {"text": "devitalisation molaire", "basket": "", "day": ""})
    text = page.content.decode()
    assert page.status_code == 200
    assert "HBFD008" in text
    assert "HBMD053" not in text


def test_a_search_that_finds_nothing_says_what_to_type(nomenclature: Any, client_as: Any) -> None:
    page = client_as("dentist").post(BROWSE, {"text": "zzzz"}).content.decode()
    assert "Aucun acte trouvé" in page


def test_prices_of_a_past_day_are_shown(nomenclature: Any, client_as: Any) -> None:
    client = client_as("dentist")
    past = client.post(BROWSE, {"text": "HBFD006", "day": "2025-06-01"}).content.decode()
    now = client.post(BROWSE, {"text": "HBFD006", "day": "2026-06-01"}).content.decode()
    assert "23,92" in past
    assert "36,00" in now


@pytest.mark.parametrize("query", ["?page=9999", "?page=x", "?day=31/02/2026", "?basket=nothing", "?day=0001-01-01"])
def test_a_wrong_address_shows_a_page_all_the_same(nomenclature: Any, client_as: Any, query: str) -> None:
    assert client_as("dentist").get(BROWSE + query).status_code == 200


def test_the_page_of_an_act_gives_values_with_their_sources(scaling: Act, client_as: Any) -> None:
    page = client_as("bookkeeper").get(reverse("nomenclature:act", args=[scaling.uuid])).content.decode()
    assert "Détartrage et polissage des dents" in page
    assert "CNAM, CCAM version" in page
    assert "Fixer les honoraires" not in page
    assert "Corriger une valeur" not in page


def test_an_unknown_act_is_not_found(nomenclature: Any, client_as: Any) -> None:
    assert client_as("dentist").get(reverse("nomenclature:act", args=[uuid.uuid4()])).status_code == 404


def test_a_dentist_sets_a_fee(scaling: Act, practice: Any, client_as: Any) -> None:
    client = client_as("dentist")
    sent = {"entity": practice.entity.pk, "amount": "1 030,50", "valid_from": "2026-01-01"}
    answer = client.post(reverse("nomenclature:set-fee", args=[scaling.uuid]), sent, follow=True)
    assert "Honoraires enregistrés." in answer.content.decode()
    assert PracticeFee.objects.get().amount == Decimal("1030.50")


def test_a_wrong_fee_keeps_what_was_typed(scaling: Act, practice: Any, client_as: Any) -> None:
    sent = {"entity": practice.entity.pk, "amount": "douze", "valid_from": "2026-01-01"}
    answer = client_as("owner").post(reverse("nomenclature:set-fee", args=[scaling.uuid]), sent)
    assert answer.status_code == 422
    assert 'value="douze"' in answer.content.decode()
    assert not PracticeFee.objects.exists()


def test_the_owner_corrects_a_value(scaling: Act, client_as: Any) -> None:
    sent = {"what": "tariff", "amount": "29,50", "valid_from": "2026-03-01", "source": "JO du 15/02/2026"}
    answer = client_as("owner").post(reverse("nomenclature:correct", args=[scaling.uuid]), sent, follow=True)
    page = answer.content.decode()
    assert "Corrigé par le cabinet" in page
    assert "JO du 15/02/2026" in page
    assert ActTariff.objects.get(origin=Origin.PRACTICE).valid_from == dt.date(2026, 3, 1)


def test_a_correction_without_source_is_refused(scaling: Act, client_as: Any) -> None:
    sent = {"what": "tariff", "amount": "29,50", "valid_from": "2026-03-01", "source": ""}
    answer = client_as("owner").post(reverse("nomenclature:correct", args=[scaling.uuid]), sent)
    assert answer.status_code == 422
    assert not ActTariff.objects.filter(origin=Origin.PRACTICE).exists()


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("secretary", "set-fee"),
        ("technician", "set-fee"),
        ("dentist", "correct"),
        ("bookkeeper", "correct"),
    ],
)
def test_who_has_no_right_is_refused_before_anything_is_looked_up(
    scaling: Act, client_as: Any, role: str, name: str
) -> None:
    client = client_as(role)
    for which in (scaling.uuid, uuid.uuid4()):
        assert client.post(reverse(f"nomenclature:{name}", args=[which]), {}).status_code == 403


def test_an_own_act_is_added_once(nomenclature: Any, practice: Any, client_as: Any) -> None:
    client = client_as("owner")
    sent = {"code": "SPORT", "label": "Protège-dents de sport", "amount": "90"}
    first = client.post(reverse("nomenclature:add"), sent, follow=True)
    again = client.post(reverse("nomenclature:add"), sent)
    assert "Protège-dents de sport" in first.content.decode()
    assert again.status_code == 422
    assert "Ce code est déjà pris." in again.content.decode()
    assert Act.objects.filter(code="SPORT").count() == 1


def test_the_list_costs_the_same_queries_whatever_it_shows(
    nomenclature: Any, client_as: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_as("dentist")
    client.get(BROWSE)
    with django_assert_max_num_queries(16):
        client.get(BROWSE)


def test_in_english_the_official_wording_is_marked_as_french(scaling: Act, client_as: Any) -> None:
    from cuspide.accounts.models import User

    client = client_as("dentist")
    User.objects.filter(pk=client.session["_auth_user_id"]).update(language="en")
    page = client.get(reverse("nomenclature:act", args=[scaling.uuid])).content.decode()
    assert '<span lang="fr">Détartrage et polissage</span>' in page
    assert "Back to the list" in page
    assert "Revenir" not in page
