"""Details leave after the time that the owner set; that something was seen stays, and nobody empties one early."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from cuspide.audit import chain, retention, sealer, tasks, trail
from cuspide.audit.models import Entry, Keeping, Payload
from cuspide.audit.verify import verify
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, Forbidden
from cuspide.core.models import Job
from cuspide.core.work import jobs

pytestmark = pytest.mark.django_db
JOB = Actor.system("retention")
DENTIST = Actor(user_id=7, label="Dr Claire Aubert", roles=frozenset({"dentist"}))


def write(count: int, months_ago: float = 0) -> None:
    """Sealed entries with a detail, made some months ago."""
    with clock.freeze(clock.now() - dt.timedelta(days=months_ago * 30.5)):
        for number in range(count):
            trail.record(DENTIST, "patients.change", detail={"number": number})
        sealer.seal_all()


def bodies() -> list[str]:
    kept = Payload.objects.filter(entry__action="patients.change").order_by("entry_id")
    return list(kept.values_list("body", flat=True))


def test_old_details_are_emptied_and_everything_else_stays() -> None:
    write(4, months_ago=14)
    write(2, months_ago=11)
    assert retention.empty_details(JOB) == 4
    sealer.seal_pending()
    assert bodies() == ["", "", "", "", '{"number":0}', '{"number":1}']
    verdict = verify()
    assert verdict.whole
    assert verdict.emptied == 4
    assert Entry.objects.filter(action="patients.change").count() == 6


def test_the_next_runs_empty_what_has_become_old_and_say_nothing_when_nothing_has() -> None:
    write(2, months_ago=14)
    write(2, months_ago=8)
    retention.empty_details(JOB)
    rows = Entry.objects.count()
    assert retention.empty_details(JOB) == 0
    assert Entry.objects.count() == rows, "a run without work leaves no row"
    with clock.freeze(clock.now() + dt.timedelta(days=170)):
        assert retention.empty_details(JOB) == 2
        sealer.seal_pending()
        assert verify().emptied == 4
        assert verify().whole


def test_the_chain_holds_between_the_announcement_and_its_seal() -> None:
    write(3, months_ago=14)
    retention.empty_details(JOB)
    assert verify().whole, "not yet sealed, and not yet reproached"


def test_a_run_that_is_stopped_goes_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    write(35, months_ago=14)
    queued = jobs.enqueue(tasks.empty_details, key="x")
    jobs.request_stop(queued.pk)
    jobs.run_one()
    sealer.seal_pending()
    assert bodies().count("") == 10
    assert verify().whole
    assert Keeping.objects.get().reached == 10
    jobs.resume(queued.pk)
    jobs.run_one()
    sealer.seal_pending()
    assert bodies().count("") == 35
    assert Job.objects.get(pk=queued.pk).done == Job.objects.get(pk=queued.pk).total == 25
    assert verify().whole


def test_a_run_that_was_killed_between_two_batches_leaves_nothing_to_reproach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    write(25, months_ago=14)

    def killed(done: int, _total: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retention.empty_details(JOB, progress=killed)
    assert verify().whole
    assert retention.empty_details(JOB) == 5
    sealer.seal_pending()
    assert verify().emptied == 25


@pytest.mark.parametrize("months_ago", [0, 5, 11, 14])
def test_a_detail_emptied_by_hand_is_found(tamper: Callable[..., int], months_ago: float) -> None:
    """As retention leaves it, to the letter; but no entry of retention covers it."""
    write(3, months_ago=months_ago)
    empty_by_hand(tamper, 2)
    assert [(one.kind, one.sequence) for one in verify().faults] == [("payload removed", 2)]


def test_what_is_younger_than_a_run_is_not_covered_by_it(tamper: Callable[..., int]) -> None:
    write(2, months_ago=14)
    write(2, months_ago=11)
    retention.empty_details(JOB)
    sealer.seal_pending()
    empty_by_hand(tamper, 4)
    assert [(one.kind, one.sequence) for one in verify().faults] == [("payload removed", 4)]


@pytest.mark.parametrize("proof", ["", "0" * 64, "é", 5])
def test_a_forged_entry_of_retention_covers_nothing(tamper: Callable[..., int], proof: Any) -> None:
    """Somebody who writes into the store, without the key, before the sealer comes by."""
    write(3, months_ago=14)
    said = {"through": 99, "before": chain.instant(clock.now() - dt.timedelta(days=400)), "proof": proof}
    trail.record(JOB, retention.ACTION, detail=said)
    sealer.seal_pending()
    empty_by_hand(tamper, 2)
    assert ("payload removed", 2) in {(one.kind, one.sequence) for one in verify().faults}


@pytest.mark.parametrize(
    "detail", [{}, {"through": "x"}, {"through": [1]}, {"through": 3, "before": "x", "proof": "y"}]
)
def test_an_odd_entry_of_retention_does_not_make_verification_stumble(detail: dict[str, Any]) -> None:
    write(2)
    trail.record(JOB, retention.ACTION, detail=detail)
    sealer.seal_pending()
    assert verify().whole


def test_an_announcement_of_what_was_too_young_then_covers_nothing(
    tamper: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with the practice's key: the law's six months are part of the proof."""
    write(3, months_ago=2)
    retention._announce(JOB, 3, clock.now())
    sealer.seal_pending()
    empty_by_hand(tamper, 2)
    assert ("payload removed", 2) in {(one.kind, one.sequence) for one in verify().faults}


def test_details_put_back_into_an_emptied_entry_are_found(tamper: Callable[..., int]) -> None:
    write(3, months_ago=14)
    retention.empty_details(JOB)
    sealer.seal_pending()
    tamper("UPDATE audit_payload SET body = '{}' WHERE entry_id = %s", Entry.objects.get(sequence=2).pk)
    assert [(one.kind, one.sequence) for one in verify().faults] == [("payload removed", 2)]


def empty_by_hand(tamper: Callable[..., int], sequence: int) -> None:
    now = clock.now() if connection.vendor == "postgresql" else "2026-01-01 00:00:00"
    pk = Entry.objects.get(sequence=sequence).pk
    tamper("UPDATE audit_payload SET body = '', salt = %s, emptied_at = %s WHERE entry_id = %s", b"", now, pk)


def test_a_clock_that_was_wrong_once_does_not_keep_old_details_for_ever() -> None:
    write(1, months_ago=-60)
    write(3, months_ago=14)
    assert retention.empty_details(JOB) == 3
    sealer.seal_pending()
    assert Keeping.objects.get().reached == 0, "the younger entry in front is looked at again"
    assert verify().whole


def test_the_owner_alone_sets_the_time_within_what_is_lawful(actors: Any) -> None:
    assert retention.months() == 12
    retention.set_months(actors.owner, 6)
    assert retention.months() == 6
    assert Entry.objects.filter(action="audit.set_keeping").count() == 1
    for wrong in (0, 5, 37, 10_000):
        with pytest.raises(DomainError):
            retention.set_months(actors.owner, wrong)
    for who in (actors.dentist, actors.secretary, actors.technician):
        with pytest.raises(Forbidden):
            retention.set_months(who, 12)
        with pytest.raises(Forbidden):
            retention.empty_details(who)
    with pytest.raises(DomainError):
        retention.empty_details(actors.owner, clock.now())


@pytest.mark.django_db(transaction=True)
def test_sealing_goes_on_while_retention_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 5)
    write(40, months_ago=14)
    stop = threading.Event()

    def desk() -> None:
        number = 0
        while not stop.is_set() or number < 20:
            trail.record(DENTIST, "patients.change_contacts", detail={"number": number})
            sealer.seal_pending(limit=3)
            number += 1
        connection.close()

    threads = [threading.Thread(target=desk) for _number in range(2)]
    for thread in threads:
        thread.start()
    assert retention.empty_details(JOB) == 40
    stop.set()
    for thread in threads:
        thread.join()
    sealer.seal_all()
    verdict = verify()
    assert verdict.whole, verdict.faults
    assert verdict.emptied == 40
    assert Entry.objects.filter(sequence__isnull=True).count() == 0


def test_a_clock_set_back_is_told_and_is_no_fault() -> None:
    write(3)
    write(3, months_ago=1)
    write(2)
    verdict = verify()
    assert verdict.whole
    assert (verdict.rows, verdict.last_sequence) == (8, 8)
    assert [one.sequence for one in verdict.clock_back] == [4]
    assert verdict.clock_back[0].seconds > 28 * 86_400


def test_a_huge_detail_is_kept_by_its_size_and_mark(tamper: Callable[..., int]) -> None:
    trail.record(DENTIST, "patients.change", detail={"text": "é" * 3_000_000, "list": list(range(10_000))})
    sealer.seal_pending()
    body = Payload.objects.get().body
    assert len(body) <= chain.BODY_LIMIT
    assert json.loads(body)["keys"] == ["list", "text"]
    assert verify().whole
    tamper("UPDATE audit_payload SET body = replace(body, 'list', 'lost')")
    assert [one.kind for one in verify().faults] == ["payload altered"]
