"""Writing, sealing and emptying the trace."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from cuspide.audit import checks, sealer, trail
from cuspide.audit.models import Entry, Head, Immutable, Payload
from cuspide.audit.verify import verify
from cuspide.core import clock
from cuspide.core.actor import Actor

DENTIST = Actor(user_id=3, label="Dr Claire Aubert", roles=frozenset({"owner", "dentist"}), workstation="10.0.0.4")


@pytest.mark.django_db
def test_an_entry_tells_who_what_when_and_where() -> None:
    entry = Entry.objects.get(pk=trail.record(DENTIST, "patients.change", site_id=4, detail={"phone": "changed"}).pk)
    assert (entry.actor_user_id, entry.actor_label, entry.role) == (3, "Dr Claire Aubert", "dentist,owner")
    assert (entry.workstation, entry.action, entry.site_id) == ("10.0.0.4", "patients.change", 4)
    assert entry.payload.body == '{"phone":"changed"}'
    assert entry.sequence is None


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["", "patients", "Patients.change", "patients.", "patients.chánge", "a." + "b" * 90])
def test_an_action_is_named_room_dot_verb(action: str) -> None:
    with pytest.raises(ValueError):
        trail.record(DENTIST, action)


@pytest.mark.django_db
def test_labels_that_a_store_cannot_hold_do_not_stop_the_work() -> None:
    odd = Actor(user_id=1, label="\x00\ud800" + "é" * 500, workstation="\x00" * 300, roles=frozenset({"owner"}))
    entry = Entry.objects.get(pk=trail.record(odd, "patients.change", detail={"\x00": "\ud800\x00"}).pk)
    assert len(entry.actor_label) == 150
    sealer.seal_pending()
    assert verify().whole


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: entry.save(force_update=True),
        lambda entry: entry.save(update_fields=["action"]),
        lambda entry: Entry.objects.update(action="x.y"),
        lambda entry: Entry.objects.filter(pk=entry.pk).delete(),
        lambda entry: Entry._base_manager.update(action="x.y"),
        lambda entry: Entry.objects.bulk_update([entry], ["action"]),
        lambda entry: Entry.objects.update_or_create(pk=entry.pk, defaults={"action": "x.y"}),
        lambda entry: Entry.objects.bulk_create(
            [entry], update_conflicts=True, update_fields=["action"], unique_fields=["uuid"]
        ),
        lambda entry: Payload.objects.update(body="{}"),
        lambda entry: Payload.objects.all().delete(),
        lambda entry: entry.payload.delete(),
        lambda entry: entry.payload.save(),
    ],
)
def test_the_orm_changes_nothing_of_the_trace(change: Callable[[Entry], object]) -> None:
    entry = trail.record(DENTIST, "patients.change", detail={"a": 1})
    entry.action = "x.y"
    with pytest.raises(Immutable):
        change(entry)
    assert Entry.objects.get(pk=entry.pk).action == "patients.change"
    assert Payload.objects.get(pk=entry.pk).body == '{"a":1}'


@pytest.mark.django_db
def test_an_entry_rolled_back_with_its_write_never_happened() -> None:
    with transaction.atomic():
        trail.record(DENTIST, "patients.change", detail={"a": 1})
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_reading_is_committed_before_the_page_leaves() -> None:
    """Another connection, as after a crash of this one, finds the row at once."""
    trail.reading(DENTIST, "patients.record", detail={"tab": "chart"})
    seen: list[int] = []

    def look() -> None:
        seen.append(Entry.objects.count())
        connection.close()

    other = threading.Thread(target=look)
    other.start()
    other.join()
    assert seen == [1]


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_two_sealers_make_one_chain_without_gap() -> None:
    stop = threading.Event()
    sealers = [threading.Thread(target=_seal_until, args=(stop,)) for _number in range(2)]
    writers = [threading.Thread(target=_write, args=(number,)) for number in range(4)]
    for thread in [*sealers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    verdict = verify()
    assert verdict.whole, verdict.faults
    assert (verdict.rows, verdict.last_sequence, verdict.unsealed) == (80, 80, 0)


def _write(number: int) -> None:
    for step in range(25):
        with transaction.atomic():
            trail.record(DENTIST, "patients.change", detail={"writer": number, "step": step})
            if step % 5 == 4:
                transaction.set_rollback(True)
    connection.close()


def _seal_until(stop: threading.Event) -> None:
    while not stop.is_set():
        sealer.seal_pending(limit=7)
        stop.wait(0.01)
    sealer.seal_all()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_sealer_seals_what_waits_and_stops_when_told() -> None:
    for _number in range(5):
        trail.record(DENTIST, "patients.change")
    stop = threading.Event()

    def run() -> None:
        sealer.run_forever(stop)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    for _attempt in range(100):
        if not Entry.objects.filter(sequence__isnull=True).exists():
            break
        stop.wait(0.05)
    trail.record(DENTIST, "patients.change")
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert verify().last_sequence == 6, "what came just before the stop is sealed too"


@pytest.mark.django_db
def test_the_check_says_when_the_sealer_does_not_run_and_when_the_end_was_changed() -> None:
    assert [one.level for one in checks.trace()] == ["ok"]
    with clock.freeze(clock.now() - dt.timedelta(minutes=5)):
        trail.record(DENTIST, "patients.change")
    assert [one.level for one in checks.trace()] == ["watch"]
    sealer.seal_pending()
    assert [one.level for one in checks.trace()] == ["ok"]
    Head.objects.update(mac=b"0" * 32)
    assert [one.level for one in checks.trace()] == ["danger"]
