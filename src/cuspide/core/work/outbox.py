"""The outbox: what must be done outside the store is a row written in the transaction that decided it.

A row is marked "being sent", and that is committed, before the outside effect. When a crash falls between the effect
and the note that it was done, nobody can know: the row becomes "uncertain", is shown as such, and is never sent again
by itself.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from cuspide.core import clock
from cuspide.core.db import locks
from cuspide.core.models import OutboxMessage
from cuspide.core.registry import Point

logger = logging.getLogger("cuspide.outbox")

State = OutboxMessage.State
_POLL_S = 2.0
_UNCERTAIN_AFTER = dt.timedelta(minutes=5)
_BACKOFF = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]


class NotSent(Exception):
    """The channel is sure that nothing went out: the message may be tried again."""


class Refused(Exception):
    """The other side refused for good: trying again is of no use."""


@dataclass(frozen=True)
class Channel:
    """A way out. `deliver(key, payload)` returns when the other side has taken it; it raises NotSent or Refused when
    it surely did not. Any other error leaves the message uncertain."""

    key: str
    deliver: Callable[[str, Mapping[str, Any]], None]
    order: int = 50


channels: Point[Channel] = Point("channels")


def put(channel: str, key: str, payload: Mapping[str, Any], due_at: dt.datetime | None = None) -> OutboxMessage:
    """Write a message in the caller's transaction. The same key is written once."""
    message, _made = OutboxMessage.objects.get_or_create(
        key=key, defaults={"channel": channel, "payload": dict(payload), "due_at": due_at or clock.now()}
    )
    return message


def doubt_interrupted(older_than: dt.timedelta = _UNCERTAIN_AFTER) -> int:
    """Messages that have been "being sent" for long were cut off in the middle: nobody knows. Returns how many."""
    return OutboxMessage.objects.filter(state=State.SENDING, due_at__lt=clock.now() - older_than).update(
        state=State.UNCERTAIN
    )


def forget_a_wrong_clock() -> None:
    """Bring back to now the moments that only a clock which was set back meanwhile can have written: what was to go out
    at once, and what was to be tried again, would otherwise wait until that clock is reached."""
    now = clock.now()
    waiting = OutboxMessage.objects.filter(state=State.WAITING)
    tried = Q(attempts__gt=0, due_at__gt=now + _BACKOFF[-1] + clock.SLACK)
    at_once = Q(attempts=0, created_at__gt=now + clock.SLACK, due_at__lte=F("created_at") + clock.SLACK)
    waiting.filter(tried | at_once).update(due_at=now)
    OutboxMessage.objects.filter(state=State.SENDING, due_at__gt=now + clock.SLACK).update(due_at=now)


def send_next() -> bool:
    """Send the next message that is due. False when there is none."""
    with transaction.atomic():
        message = (
            locks.held(OutboxMessage.objects, skip_held=True)
            .filter(state=State.WAITING, due_at__lte=clock.now())
            .order_by("due_at", "pk")
            .first()
        )
        if message is None:
            return False
        message.state, message.due_at = State.SENDING, clock.now()
        message.attempts += 1
        message.save(update_fields=["state", "due_at", "attempts"])
    message.state, message.last_error = _attempt(message)
    if message.state == State.SENT:
        message.sent_at = clock.now()
    elif message.state == State.WAITING:
        message.due_at = clock.now() + _BACKOFF[message.attempts - 1]
    message.save(update_fields=["state", "last_error", "sent_at", "due_at"])
    return True


def _attempt(message: OutboxMessage) -> tuple[State, str]:
    try:
        channel = channels[message.channel]
    except KeyError:
        return State.FAILED, f"no channel {message.channel}"[:200]
    try:
        channel.deliver(message.key, message.payload)
    except NotSent as error:
        again = message.attempts <= len(_BACKOFF)
        return (State.WAITING if again else State.FAILED), str(error)[:200]
    except Refused as error:
        return State.FAILED, str(error)[:200]
    except Exception as error:
        logger.error("message of channel %s is uncertain: %s", message.channel, type(error).__name__)
        return State.UNCERTAIN, type(error).__name__
    return State.SENT, ""


def run_forever(stop: threading.Event) -> None:
    """The sender's loop."""
    while not stop.is_set():
        doubt_interrupted()
        while not stop.is_set() and send_next():
            pass
        stop.wait(_POLL_S)
