"""The machine's clock is set back or forward: the trace stays whole, work is done once, nobody comes in by it."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from cuspide.accounts import throttle, totp
from cuspide.accounts.listening import people
from cuspide.accounts.models import EmergencyAccess, Seat
from cuspide.accounts.services import locking, sessions
from cuspide.accounts.services.emergency import is_open, open_emergency
from cuspide.audit import sealer, tasks, trail, verify
from cuspide.audit.models import Entry, Payload
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.models import Job, OutboxMessage
from cuspide.core.service import checks, pulse, report
from cuspide.core.work import jobs, outbox, set_back
from tests.support.points import also, only

pytestmark = pytest.mark.django_db

SECOND, HOUR, DAY, YEAR = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=365)
Moved = Callable[[dt.datetime], None]


@pytest.mark.parametrize("jump", [-HOUR, -YEAR, HOUR, YEAR], ids=["hour back", "year back", "hour on", "year on"])
def test_the_trace_keeps_its_order_and_its_chain(moved_clock: Moved, jump: dt.timedelta) -> None:
    start = clock.now()
    for moment in (start, start + jump, start):
        moved_clock(moment)
        trail.record(Actor.system("test"), "core.test", detail={"at": str(moment)})
        sealer.seal_pending()
    rows = list(Entry.objects.order_by("sequence").values_list("sequence", "at"))
    assert [moment for _, moment in rows[-3:]] == [start, start + jump, start], "each row says what the clock said"
    assert [number for number, _ in rows] == list(range(rows[0][0], rows[0][0] + len(rows)))
    assert not verify.verify().faults


def test_a_message_goes_out_once_when_the_clock_is_set_back(moved_clock: Moved) -> None:
    sent: list[str] = []
    channel = outbox.Channel("clock-test", lambda key, _payload: sent.append(key))
    start = clock.now()
    outbox.put("clock-test", "one", {})
    with also(outbox.channels, channel):
        for moment in (start - YEAR, start, start - YEAR, start + YEAR):
            moved_clock(moment)
            while outbox.send_next():
                pass
            outbox.doubt_interrupted()
    assert sent == ["one"]
    assert OutboxMessage.objects.get(key="one").state == "sent"


def test_a_session_ends_by_a_clock_set_forward_and_a_clock_set_back_gives_it_no_more_than_its_row(
    client_as: Any, practice: Any, moved_clock: Moved
) -> None:
    client = client_as("secretary")
    key = str(client.session.session_key)
    start = clock.now()
    moved_clock(start - YEAR)
    assert key in people({key})
    moved_clock(start + YEAR)
    assert key not in people({key})
    client.logout()
    moved_clock(start - YEAR)
    assert key not in people({key}), "a session that ended stays ended, whatever the clock says"


def mend() -> None:
    """What the service does when it finds the clock set back."""
    for one in set_back.mends:
        one.run()


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The keys of the messages that went out."""
    gone: list[str] = []
    channel = outbox.Channel("clock-test", lambda key, _payload: gone.append(key))
    with also(outbox.channels, channel):
        yield gone


def test_what_was_to_go_out_at_once_does_not_wait_for_the_day_of_a_clock_that_ran_ahead(
    moved_clock: Moved, sent: list[str]
) -> None:
    start = clock.now()
    moved_clock(start + 2 * DAY)
    outbox.put("clock-test", "at once", {})
    outbox.put("clock-test", "on its day", {}, due_at=start + 30 * DAY)
    outbox.put("clock-test", "cut off", {})
    OutboxMessage.objects.filter(key="cut off").update(state="sending", due_at=clock.now())
    moved_clock(start)
    assert not outbox.send_next()
    mend()
    while outbox.send_next():
        pass
    assert sent == ["at once"]
    assert OutboxMessage.objects.get(key="on its day").due_at == start + 30 * DAY
    moved_clock(start + HOUR)
    assert outbox.doubt_interrupted() == 1
    assert OutboxMessage.objects.get(key="cut off").state == "uncertain"


def test_a_message_that_failed_while_the_clock_was_ahead_is_tried_again_today(
    moved_clock: Moved, sent: list[str]
) -> None:
    def away(_key: str, _payload: object) -> None:
        raise outbox.NotSent("away")

    start = clock.now()
    outbox.put("clock-test", "one", {})
    with also(outbox.channels, outbox.Channel("clock-test", away)):
        moved_clock(start + 2 * DAY)
        assert outbox.send_next()
    moved_clock(start + SECOND)
    mend()
    assert outbox.send_next()
    assert sent == ["one"]


@jobs.job
def nothing(_handle: jobs.Handle) -> None:
    """Does nothing."""


def test_a_day_that_a_wrong_clock_had_has_its_daily_work_all_the_same(moved_clock: Moved) -> None:
    start = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)

    def queued(moment: dt.datetime) -> int:
        moved_clock(moment)
        jobs.enqueue_scheduled()
        return Job.objects.count()

    with only(jobs.schedule, jobs.Scheduled("daily", nothing, DAY)):
        assert [queued(start), queued(start + 2 * DAY)] == [1, 2]
        moved_clock(start + HOUR)
        mend()
        assert [queued(start + HOUR), queued(start + DAY), queued(start + 2 * DAY)] == [2, 3, 4]


def test_a_worker_lost_while_the_clock_was_ahead_is_missed_within_a_minute(moved_clock: Moved) -> None:
    jobs.enqueue(nothing)
    start = clock.now()
    moved_clock(start + 2 * DAY)
    assert jobs.claim("killed") is not None
    moved_clock(start)
    mend()
    assert jobs.recover_lost() == 0, "whoever lives may yet renew it"
    moved_clock(start + jobs.LEASE + SECOND)
    assert jobs.recover_lost() == 1


def test_a_session_of_a_clock_that_ran_ahead_is_as_long_as_any(client_as: Any, moved_clock: Moved) -> None:
    client = client_as("secretary")
    key = str(client.session.session_key)
    start = clock.now()
    row = sessions.Session.objects.filter(session_key=key)
    row.update(expire_date=start + 3 * DAY)
    mend()
    moved_clock(start + 13 * HOUR)
    assert key not in people({key})
    assert row.get().expire_date <= start + 12 * HOUR + SECOND


def test_a_seat_used_by_a_clock_that_ran_ahead_locks_in_its_time(client_as: Any, moved_clock: Moved) -> None:
    client = client_as("secretary")
    client.get("/")
    found = Seat.objects.filter(session_key=client.session.session_key)
    start = clock.now()
    found.update(active_at=start + 2 * DAY)
    moved_clock(start)
    mend()
    assert not locking.is_locked(found.get()), "whoever is there is not shut out"
    moved_clock(start + HOUR)
    assert locking.is_locked(found.get())


def test_nobody_waits_for_the_day_on_which_she_mistyped_by_a_wrong_clock() -> None:
    now = clock.now()
    failures = throttle.LOGIN.free + 3
    assert throttle.LOGIN.left(failures, now, now) > dt.timedelta()
    assert throttle.LOGIN.left(failures, now + 2 * DAY, now) == dt.timedelta()


def test_a_code_that_a_clock_ahead_accepted_keeps_nobody_out_and_none_counts_twice(moved_clock: Moved) -> None:
    start = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
    now = int(start.timestamp()) // 30
    accepted: dict[str, Any] = {"last_step": now - 10}

    def takes(step: int) -> bool:
        if not totp._is_new(step, accepted):
            return False
        accepted["steps"] = [*totp._accepted(accepted), step]
        return True

    moved_clock(start)
    assert takes(now)
    moved_clock(start + 2 * DAY)
    ahead = now + 2 * 2880
    assert [takes(ahead), takes(ahead), takes(ahead - 1)] == [True, False, False]
    moved_clock(start + dt.timedelta(seconds=30))
    assert [takes(now), takes(now + 1), takes(now + 1), takes(now)] == [False, True, False, False]
    moved_clock(start + 2 * DAY)
    assert [takes(ahead), takes(ahead + 1), takes(ahead)] == [False, True, False]


def test_an_emergency_of_a_clock_that_ran_ahead_is_over_when_it_is_set_right(
    actors: Any, practice: Any, make_patient: Any, moved_clock: Moved
) -> None:
    patient = make_patient()
    start = clock.now()
    moved_clock(start + DAY)
    open_emergency(actors.dentist, reason="Saignement après une extraction", patient=patient.uuid)
    moved_clock(start)
    assert not is_open(EmergencyAccess.objects.get())
    again = open_emergency(actors.dentist, reason="Douleur sous le pansement", patient=patient.uuid)
    assert is_open(again)


@pytest.mark.skipif(clock.since_boot() is None, reason="this system counts no seconds that nobody sets")
def test_a_clock_that_is_set_while_the_service_runs_is_said(
    moved_clock: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = settings.CUSPIDE_HOME
    start, boot = clock.now(), clock.since_boot()
    moved_clock(start)
    monkeypatch.setattr(clock, "since_boot", lambda: boot)
    pulse.begin(home)
    pulse.born(home, pulse.SUPERVISOR, "127.0.0.1:8000")

    def told() -> list[str]:
        with translation.override("fr"):
            facts = [str(fact.value) for fact in report.parts() if fact.tone == "danger"]
            return facts + [str(one.message) for one in checks.machine_clock() if "service" in one.message]

    try:
        assert told() == []
        moved_clock(start + 2 * DAY)
        on = told()
        moved_clock(start - HOUR)
        back = told()
        moved_clock(start + 30 * SECOND)
        assert told() == []
    finally:
        pulse.end(home)
    assert ["avancée de 2\u00a0j 0\u00a0h 0\u00a0min pendant" in one for one in on] == [True, True], on
    assert ["retardée de 0\u00a0j 1\u00a0h 0\u00a0min pendant" in one for one in back] == [True, True], back


def test_details_are_not_emptied_by_a_clock_that_was_set_on(
    moved_clock: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail.record(Actor.system("test"), "core.test", detail={"said": "this"})
    sealer.seal_pending()
    moved_clock(clock.now() + 4 * YEAR)
    for moved, kept in ((4 * YEAR, 1), (dt.timedelta(), 0)):
        monkeypatch.setattr(pulse, "clock_moved", lambda _home, moved=moved: moved)
        jobs.enqueue(tasks.empty_details)
        assert jobs.run_one()
        assert Payload.objects.filter(entry__action="core.test", emptied_at__isnull=True).count() == kept
