"""What leaves the practice leaves once, and what nobody can know is said to be uncertain."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cuspide.core import clock
from cuspide.core.models import OutboxMessage
from cuspide.core.work import outbox
from tests.support.points import also

State = OutboxMessage.State
delivered: list[str] = []
answers: list[Exception | None] = []


def deliver(key: str, _payload: Mapping[str, Any]) -> None:
    answer = answers.pop(0) if answers else None
    if answer is not None:
        raise answer
    delivered.append(key)


@pytest.fixture(autouse=True)
def _channel() -> Iterator[None]:
    delivered.clear()
    answers.clear()
    with also(outbox.channels, outbox.Channel("test", deliver)):
        yield


@pytest.mark.django_db
def test_a_message_is_written_once_and_sent_once() -> None:
    first = outbox.put("test", "reminder:1", {"to": "x"})
    assert outbox.put("test", "reminder:1", {"to": "x"}) == first
    assert outbox.send_next()
    assert not outbox.send_next()
    assert delivered == ["reminder:1"]
    assert OutboxMessage.objects.get().state == State.SENT


@pytest.mark.django_db
def test_what_surely_did_not_go_out_is_tried_again_later(moved_clock) -> None:  # type: ignore[no-untyped-def]
    outbox.put("test", "k", {})
    answers.append(outbox.NotSent("SMTP 451"))
    assert outbox.send_next()
    assert OutboxMessage.objects.get().state == State.WAITING
    assert not outbox.send_next()
    moved_clock(clock.now() + dt.timedelta(minutes=2))
    assert outbox.send_next()
    assert delivered == ["k"]


@pytest.mark.django_db
def test_after_the_last_pause_it_has_failed(moved_clock) -> None:  # type: ignore[no-untyped-def]
    outbox.put("test", "k", {})
    answers.extend(outbox.NotSent("no") for _ in range(10))
    for day in range(1, 10):
        moved_clock(clock.now() + dt.timedelta(days=day))
        outbox.send_next()
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == (State.FAILED, 6)


@pytest.mark.django_db
def test_an_error_in_the_middle_leaves_it_uncertain_and_never_sent_again() -> None:
    outbox.put("test", "k", {})
    answers.append(ConnectionResetError("after DATA"))
    assert outbox.send_next()
    assert OutboxMessage.objects.get().state == State.UNCERTAIN
    assert not outbox.send_next()


@pytest.mark.django_db
def test_a_kill_between_sending_and_noting_leaves_it_uncertain(moved_clock) -> None:  # type: ignore[no-untyped-def]
    message = outbox.put("test", "k", {})
    OutboxMessage.objects.filter(pk=message.pk).update(state=State.SENDING)
    assert outbox.doubt_interrupted() == 0
    moved_clock(clock.now() + dt.timedelta(minutes=6))
    assert outbox.doubt_interrupted() == 1
    assert not outbox.send_next()
    assert delivered == []


@pytest.mark.django_db
def test_a_refusal_for_good_is_not_tried_again() -> None:
    outbox.put("test", "k", {})
    answers.append(outbox.Refused("no such mailbox"))
    assert outbox.send_next()
    assert OutboxMessage.objects.get().state == State.FAILED


@pytest.mark.django_db
def test_an_unknown_channel_fails_and_blocks_nothing() -> None:
    outbox.put("pigeon", "a", {})
    outbox.put("test", "b", {})
    while outbox.send_next():
        pass
    assert OutboxMessage.objects.get(key="a").state == State.FAILED
    assert delivered == ["b"]
