"""What the agenda tells other workstations, and how their pages are drawn again."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from cuspide.agenda import services
from cuspide.agenda.rules import Action
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.live import news
from cuspide.core.live.source import source
from tests.integration.agenda.conftest import TUESDAY, at

WEDNESDAY = TUESDAY + dt.timedelta(days=1)
Heard = Callable[[], list[str]]


@pytest.fixture
def heard(transactional_db: Any) -> Iterator[Heard]:
    """What a listener on a connection of its own was told since the last call."""
    with ThreadPoolExecutor(1) as thread:
        ear = thread.submit(source).result()
        thread.submit(ear.look).result()

        def listen() -> list[str]:
            # PostgreSQL delivers in its own time.
            found: list[Any] = []
            for _ in range(1 if connection.vendor == "sqlite" else 20):
                found += thread.submit(ear.look).result()
                threading.Event().wait(0.005)
            return [one.topic for one in found]

        yield listen
        thread.submit(connections.close_all).result()


@pytest.fixture
def book(heard: Heard, practice: Any, types: Any, secretary: Any, patient: Any) -> Callable[..., Any]:
    def make(hour: int = 9) -> Any:
        return services.book(
            secretary,
            chair=practice.chairs[0],
            practitioner=practice.dentists[0],
            patient=patient,
            type=types["checkup"],
            starts_at=at(hour),
            minutes=30,
        )

    return make


def topic(site: Any, day: dt.date = TUESDAY) -> str:
    return f"agenda:{site.uuid}:{day.isoformat()}"


def test_a_booking_is_told_once_and_names_only_its_day(heard: Heard, book: Any, practice: Any) -> None:
    book()
    assert heard() == [topic(practice.site)]
    assert heard() == []


def test_what_was_rolled_back_is_not_told(heard: Heard, book: Any) -> None:
    with transaction.atomic():
        book()
        transaction.set_rollback(True)
    assert heard() == []


def test_a_move_is_told_of_the_day_it_left_too(heard: Heard, book: Any, secretary: Any, practice: Any) -> None:
    booked = book()
    heard()
    services.move(secretary, booked, expected_version=booked.version, starts_at=at(10, day=WEDNESDAY))
    assert sorted(heard()) == [topic(practice.site), topic(practice.site, WEDNESDAY)]


def test_every_step_of_a_visit_is_told(heard: Heard, book: Any, secretary: Any, practice: Any) -> None:
    booked = book()
    with clock.freeze(at(9)):
        for action in (Action.ARRIVE, Action.SEAT, Action.UNDO, Action.SEAT, Action.FINISH):
            heard()
            booked = services.set_state(secretary, booked, action, expected_version=booked.version)
            assert heard() == [topic(practice.site)], action
    other = book(11)
    heard()
    services.cancel(secretary, other, expected_version=other.version, by="patient")
    assert heard() == [topic(practice.site)]


def test_a_note_of_a_patient_is_not_in_what_is_told(heard: Heard, book: Any, secretary: Any) -> None:
    booked = book()
    heard()
    services.amend(secretary, booked, expected_version=booked.version, type=booked.type, note="appeler Mme MARTIN")
    assert not any("martin" in told.lower() for told in heard())


def test_no_name_fits_into_a_topic(practice: Any) -> None:
    for word in ("MARTIN", "léa martin", "a" * 41, "lea@martin.example", "x\n"):
        with pytest.raises(ValueError):
            news.announce(news.kinds["agenda"], word)


@pytest.mark.django_db
def test_the_page_is_drawn_again_as_it_stands(client_as: Any, practice: Any) -> None:
    client = client_as("secretary")
    for address, parts in {
        f"/agenda/day/{TUESDAY}/": ["agenda-board", "agenda-reception", "agenda-waiting"],
        f"/agenda/week/{TUESDAY}/?by=practitioner": ["agenda-board"],
        "/agenda/reception/": ["agenda-reception"],
        "/": ["agenda-board", "agenda-reception"],
    }.items():
        before = Entry.objects.count()
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}
        answer = client.get("/agenda/now/", headers=headers)
        for part in parts:
            assert f'id="{part}"' in answer.content.decode(), (address, part)
        # The browser complains of a part that its page has no place for.
        assert answer.content.decode().count("hx-swap-oob") == len(parts), address
        assert Entry.objects.count() == before + 1, "what is shown again is traced again"


@pytest.mark.django_db
def test_a_page_that_shows_nothing_of_the_agenda_gets_nothing(client_as: Any, practice: Any) -> None:
    client = client_as("secretary")
    answer = client.get("/agenda/now/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/patients/"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get("/agenda/now/").status_code == 302


@pytest.mark.django_db
def test_pages_name_the_days_that_they_show(client_as: Any, practice: Any) -> None:
    client = client_as("secretary")
    day = client.get(f"/agenda/day/{TUESDAY}/").content.decode()
    assert f'data-topics="{topic(practice.site)}"' in day
    week = client.get(f"/agenda/week/{TUESDAY}/").content.decode()
    assert topic(practice.site) in week
    assert topic(practice.site, WEDNESDAY) in week
