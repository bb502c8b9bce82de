"""A day and an hour are typed at the desk as one likes; an address written long ago still leads where it led."""

import uuid
from typing import Any

import pytest

from cuspide.agenda.models import Appointment
from cuspide.core.rights import Role
from tests.integration.agenda.conftest import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client_as: Any) -> Any:
    return client_as(Role.SECRETARY)


@pytest.fixture
def wish(practice: Any, types: Any, patient: Any) -> dict[str, str]:
    return {
        "patient": str(patient.uuid),
        "type": str(types["checkup"].uuid),
        "minutes": "30",
        "chair": str(practice.chairs[0].uuid),
        "practitioner": str(practice.dentists[0].uuid),
        "submission": str(uuid.uuid4()),
    }


@pytest.mark.parametrize(
    ("day", "time"),
    [("24/11/26", "10h"), ("241126", "1000"), ("24 11 2026", "10:00"), ("2026-11-24", "10:00:00")],
)
def test_a_booking_is_typed_as_one_likes(clerk: Any, wish: dict[str, str], day: str, time: str) -> None:
    assert clerk.post("/agenda/book/", wish | {"day": day, "time": time}).status_code == 302
    assert Appointment.objects.get().starts_at == at(10)


def test_what_is_no_day_or_hour_is_said_and_kept(clerk: Any, wish: dict[str, str]) -> None:
    for language, day, hour in (
        ("fr", "Cette date n’existe pas dans le calendrier.", "Écrivez une heure, par exemple 9h30 ou 14:05."),
        ("en", "The calendar does not have this day.", "Write an hour such as 9:30 or 14h05."),
    ):
        clerk.post("/preferences", {"language": language})
        answer = clerk.post("/agenda/book/", wish | {"day": "31/02/2027", "time": '10"<b>'})
        assert answer.status_code == 422
        page = answer.content.decode()
        for words in (day, hour, 'value="31/02/2027"', 'value="10&#34;&lt;b&gt;"'):
            assert words in page
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("typed", ["2026-12-24", "24/12/2026", "24 12 26", "241226"])
def test_one_goes_to_a_day(clerk: Any, practice: Any, typed: str) -> None:
    assert clerk.get("/agenda/go/", {"day": typed})["Location"] == "/agenda/day/2026-12-24/"
    assert clerk.get("/agenda/go/", {"day": typed, "kind": "week"})["Location"] == "/agenda/week/2026-12-24/"


def test_going_to_no_day_shows_what_was_typed_and_why_not(clerk: Any, practice: Any) -> None:
    clerk.cookies["cuspide_language"] = "fr"
    for typed, why in (
        ("demain", "Écrivez une date, par exemple 22/11/2026."),
        ("01/01/1880", "Cette date est hors de l’agenda."),
        ('"><script>', "Écrivez une date, par exemple 22/11/2026."),
    ):
        answer = clerk.get("/agenda/go/", {"day": typed})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert why in page
        assert 'aria-describedby="go-day_error"' in page
        assert "<script>" not in page
    assert 'value="demain"' in clerk.get("/agenda/go/?day=demain").content.decode()


def test_an_address_proposes_a_day_in_either_writing(clerk: Any, practice: Any) -> None:
    for address in ("/agenda/book/?day=2026-11-24&time=10:00", "/agenda/book/?day=24/11/2026&time=10h"):
        page = clerk.get(address).content.decode()
        assert 'value="24/11/2026"' in page
        assert 'value="10:00"' in page
        # Links say it the one way.
        assert "day=2026-11-24" in page
