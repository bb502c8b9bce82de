"""Workstations: named, changed, retired; the PIN set on one's own page."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cuspide.accounts.models import Pin, Seat, Workstation
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db


def form(practice: Any, **fields: Any) -> dict[str, Any]:
    return {
        "name": "Fauteuil 1",
        "kind": "chairside",
        "site": str(practice.site.uuid),
        "lock_after": "5",
        "shows": "picture",
    } | fields


def test_the_technician_names_this_browser_and_the_trace_says_where(client_as: Any, practice: Any) -> None:
    browser = client_as(Role.TECHNICIAN)
    assert "n’a pas encore de nom" in browser.get("/account/workstation/").content.decode()
    answer = browser.post("/account/workstation/name/", form(practice))
    cookie = answer.cookies["cuspide_workstation"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    station = Workstation.objects.get()
    assert station.digest not in cookie.value
    assert Seat.objects.get().workstation == station, "the session open here belongs to it from now on"
    browser.get("/account/team/")
    assert Entry.objects.latest("pk").workstation == "Fauteuil 1 · 127.0.0.1"
    page = browser.get("/account/workstation/").content.decode()
    assert "Fauteuil 1 · 127.0.0.1" in page


def test_a_form_sent_twice_names_one_workstation_and_the_browser_keeps_it(client_as: Any, practice: Any) -> None:
    browser, key = client_as(Role.OWNER), str(uuid.uuid4())
    first = browser.post("/account/workstation/name/", form(practice, submission=key))
    # The answer was lost: the browser has no cookie, and its reader sends again.
    del browser.cookies["cuspide_workstation"]
    Seat.objects.update(workstation=None)
    second = browser.post("/account/workstation/name/", form(practice, submission=key))
    assert Workstation.objects.count() == 1
    assert first.cookies["cuspide_workstation"].value != second.cookies["cuspide_workstation"].value
    assert "Fauteuil 1" in browser.get("/account/workstation/").content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "  "}, "obligatoire"),
        ({"name": "x" * 37}, "36"),
        ({"name": "a\u202eb"}, "illisibles"),
        ({"lock_after": "0"}, "Entre 1 et 120"),
        ({"lock_after": "121"}, "Entre 1 et 120"),
        ({"lock_after": "9" * 400}, "Entre 1 et 120"),
        ({"lock_after": "x"}, "Entre 1 et 120"),
        ({"kind": "desk"}, "qu’au fauteuil"),
        ({"kind": "x"}, "x"),
        ({"site": str(uuid.uuid4())}, "site"),
        ({"shows": "everything"}, "everything"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    client_as: Any, practice: Any, fields: dict[str, str], said: str
) -> None:
    answer = client_as(Role.OWNER).post("/account/workstation/name/", form(practice, **fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Workstation.objects.exists()
    assert "cuspide_workstation" not in answer.cookies


def test_two_workstations_of_a_site_have_two_names(client_as: Any, practice: Any) -> None:
    client_as(Role.OWNER).post("/account/workstation/name/", form(practice))
    answer = client_as(Role.OWNER).post("/account/workstation/name/", form(practice, name="FAUTEUIL 1"))
    assert "porte ce nom" in answer.content.decode()
    assert Workstation.objects.count() == 1


def test_the_second_of_two_editors_is_told(client_as: Any, practice: Any) -> None:
    owner = client_as(Role.OWNER)
    owner.post("/account/workstation/name/", form(practice))
    station = Workstation.objects.get()
    address = f"/account/workstations/{station.uuid}/"
    assert owner.post(address, form(practice, name="Fauteuil 2", version="1")).status_code == 302
    late = owner.post(address, form(practice, name="Fauteuil 3", version="1"))
    assert (late.status_code, "entre-temps" in late.content.decode()) == (422, True)
    station.refresh_from_db()
    assert station.name == "Fauteuil 2"


def test_the_owner_sees_who_was_last_where(client_as: Any, practice: Any, users: Any) -> None:
    chair = client_as(Role.TECHNICIAN)
    with clock.freeze(dt.datetime(2036, 11, 24, 9, 0, tzinfo=dt.UTC)):
        made = chair.post("/account/workstation/name/", form(practice))
        assert made.status_code == 302, made.content.decode()
    with clock.freeze(dt.datetime(2036, 11, 24, 9, 2, tzinfo=dt.UTC)):
        answer = chair.get("/account/workstation/")
        assert "cuspide_workstation" in answer.cookies, "the cookie is renewed while the workstation is in use"
    page = client_as(Role.OWNER).get("/account/workstations/").content.decode()
    assert "Fauteuil 1" in page
    assert "24/11/2036" in page
    assert users.technician.display_name in page


@pytest.mark.parametrize("role", [Role.DENTIST, Role.ASSISTANT, Role.SECRETARY, Role.BOOKKEEPER])
def test_others_name_and_retire_nothing(client_as: Any, practice: Any, role: Role) -> None:
    client_as(Role.OWNER).post("/account/workstation/name/", form(practice))
    station, other = Workstation.objects.get(), client_as(role)
    assert other.post("/account/workstation/name/", form(practice, name="Mien")).status_code == 403
    assert other.post(f"/account/workstations/{station.uuid}/retire/").status_code == 403
    assert other.get("/account/workstations/").status_code == 403
    assert other.get("/account/workstation/").status_code == 200
    assert Workstation.objects.get().retired_at is None


def test_a_name_is_free_again_once_its_workstation_is_retired(client_as: Any, practice: Any) -> None:
    owner = client_as(Role.OWNER)
    owner.post("/account/workstation/name/", form(practice))
    station = Workstation.objects.get()
    another = client_as(Role.OWNER)
    another.post(f"/account/workstations/{station.uuid}/retire/")
    assert owner.get("/account/").status_code == 302, "whoever sat there is signed out"
    assert another.post("/account/workstation/name/", form(practice)).status_code == 302
    assert another.get(f"/account/workstations/{station.uuid}/").status_code == 404


def test_a_pin_is_set_after_the_password_was_asked_again(
    client: Client, make_account: Callable[..., Any], sign_in: Callable[..., Any]
) -> None:
    account = make_account(Role.DENTIST)
    signed_in_at = clock.now()
    sign_in(client, account)
    with clock.freeze(signed_in_at + dt.timedelta(minutes=11)):
        assert client.get("/account/pin/")["Location"].startswith("/account/confirm/")
        assert client.post("/account/pin/", {"pin": "4071", "again": "4071"})["Location"].startswith("/account/confirm")
    assert not Pin.objects.exists()
    with clock.freeze(signed_in_at + dt.timedelta(minutes=5)):
        answer = client.post("/account/pin/", {"pin": "4071", "again": "4071"})
    assert answer["Location"] == "/account/"
    assert Entry.objects.latest("pk").action == "accounts.set_pin"
    assert not Entry.objects.latest("pk").digest, "the trace keeps nothing of it"


@pytest.mark.parametrize(
    ("pin", "again", "said"),
    [
        ("1234", "1234", "premiers que chacun essaie"),
        ("0703", "0703", "comme une date"),
        ("4071", "4072", "pas identiques"),
        ("40a1", "40a1", "que des chiffres"),
        ("407", "407", "de quatre à huit"),
        ("", "", "obligatoire"),
        ("4" * 100_000, "4", "20"),
    ],
)
def test_a_bad_pin_is_refused_with_a_reason(
    client: Client, make_account: Callable[..., Any], sign_in: Callable[..., Any], pin: str, again: str, said: str
) -> None:
    sign_in(client, make_account(Role.DENTIST))
    answer = client.post("/account/pin/", {"pin": pin, "again": again})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Pin.objects.exists()
