"""A search typed letter by letter is one row that names everybody who was shown."""

import datetime as dt
import json
import threading
import uuid
from typing import Any

import pytest
from django.db import connection

from cuspide.audit import gathering, sealer, selectors, trail
from cuspide.audit.models import Answer, Entry
from cuspide.core import clock
from cuspide.core.actor import Actor

pytestmark = pytest.mark.django_db
DESK = Actor(user_id=3, label="Léa Roy", roles=frozenset({"secretary"}), workstation="Accueil")
NOW = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)


def at(seconds: float) -> Any:
    return clock.freeze(NOW + dt.timedelta(seconds=seconds))


def kept() -> list[dict[str, Any]]:
    rows = Entry.objects.filter(action="patients.search").select_related("payload").order_by("pk")
    return [json.loads(row.payload.body) for row in rows]


def test_one_search_is_one_row_with_all_who_were_shown() -> None:
    first, second, third = (uuid.uuid4() for _number in range(3))
    for seconds, shown in ((0, [first, second]), (0.2, [second, third]), (0.4, [third])):
        with at(seconds):
            gathering.show(DESK, "patients.search", shown)
    with at(3):
        assert gathering.settle() == 0, "she may still be typing"
    with at(9):
        assert gathering.settle() == 1
    (detail,) = kept()
    assert detail["shown"] == [str(first), str(second), str(third)]
    assert detail["answers"] == 3
    assert (detail["from"][:19], detail["to"][:21]) == ("2026-11-30T09:00:00", "2026-11-30T09:00:00.4")
    entry = Entry.objects.get()
    assert (entry.actor_user_id, entry.actor_label, entry.role, entry.workstation) == (
        3,
        "Léa Roy",
        "secretary",
        "Accueil",
    )


def test_what_was_shown_is_in_the_store_before_the_answer_leaves() -> None:
    who = uuid.uuid4()
    gathering.show(DESK, "patients.search", [who])
    assert Answer.objects.get().shown == [str(who)]


def test_two_people_and_two_workstations_are_not_mixed() -> None:
    other = Actor(user_id=4, label="x", roles=DESK.roles, workstation=DESK.workstation)
    elsewhere = Actor(user_id=3, label="Léa Roy", roles=DESK.roles, workstation="Fauteuil 1")
    for who in (DESK, other, elsewhere):
        gathering.show(who, "patients.search", [uuid.uuid4()])
    assert gathering.settle(everything=True) == 3
    assert {(entry.actor_user_id, entry.workstation) for entry in Entry.objects.all()} == {
        (3, "Accueil"),
        (4, "Accueil"),
        (3, "Fauteuil 1"),
    }


def test_a_second_search_is_a_second_row() -> None:
    for seconds in (0, 20):
        with at(seconds):
            gathering.show(DESK, "patients.search", [uuid.uuid4()])
    gathering.settle(everything=True)
    assert [detail["answers"] for detail in kept()] == [1, 1]


def test_typing_without_end_is_noted_each_minute() -> None:
    for seconds in range(0, 140, 5):
        with at(seconds):
            gathering.show(DESK, "patients.search", [uuid.uuid4()])
            gathering.settle()
    assert len(kept()) == 2, "and the third is open"


def test_a_clock_set_back_loses_nothing() -> None:
    shown = [uuid.uuid4() for _number in range(3)]
    for seconds, one in zip((0, -3600, -3599), shown, strict=True):
        with at(seconds):
            gathering.show(DESK, "patients.search", [one])
    gathering.settle(everything=True)
    assert [one for detail in kept() for one in detail["shown"]] == [str(one) for one in shown]


def test_many_shown_stay_named_one_by_one() -> None:
    shown = [uuid.uuid4() for _number in range(1000)]
    for at_ in range(0, 1000, 30):
        gathering.show(DESK, "patients.search", shown[at_ : at_ + 30])
    gathering.settle(everything=True)
    assert [one for detail in kept() for one in detail["shown"]] == [str(one) for one in shown]


def test_nobody_shown_is_nothing_to_note_and_the_program_is_noted_at_once() -> None:
    gathering.show(DESK, "patients.search", [])
    assert not Answer.objects.exists()
    gathering.show(Actor.system("x"), "patients.search", [uuid.uuid4()])
    assert Entry.objects.count() == 1


def test_the_trace_is_complete_for_whoever_reads_it(client_as: Any, make_patient: Any) -> None:
    patient = make_patient()
    client_as("secretary").post("/search", {"text": patient.birth_name[:3]}, HTTP_HX_REQUEST="true")
    assert not kept()
    page = client_as("owner").get("/audit/").content.decode()
    assert kept()[0]["shown"] == [str(patient.uuid)]
    assert "A vu des patients dans une liste" in page


def test_the_sealer_closes_what_is_over_and_everything_at_the_end() -> None:
    gathering.show(DESK, "patients.search", [uuid.uuid4()])
    stop = threading.Event()
    stop.set()
    sealer.run_forever(stop)
    assert len(kept()) == 1
    assert Entry.objects.get().sequence == 1


def test_pages_shown_are_counted_by_action() -> None:
    for _number in range(3):
        trail.reading(DESK, "patients.record", patient_uuid=uuid.uuid4())
        gathering.show(DESK, "patients.search", [uuid.uuid4()])
    counted = selectors.counts(NOW - dt.timedelta(days=4000), clock.now() + dt.timedelta(seconds=1))
    assert (counted["patients.record"].rows, counted["patients.record"].shown) == (3, 3)
    assert (counted["patients.search"].rows, counted["patients.search"].shown) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_answers_that_come_at_once_are_all_counted() -> None:
    shown = [[uuid.uuid4() for _one in range(5)] for _number in range(4)]

    def type_on(part: list[uuid.UUID]) -> None:
        for one in part:
            gathering.show(DESK, "patients.search", [one])
            gathering.settle()
        connection.close()

    threads = [threading.Thread(target=type_on, args=(part,)) for part in shown]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gathering.settle(everything=True)
    found = [one for detail in kept() for one in detail["shown"]]
    assert sorted(found) == sorted(str(one) for part in shown for one in part)
    assert sum(detail["answers"] for detail in kept()) == 20
