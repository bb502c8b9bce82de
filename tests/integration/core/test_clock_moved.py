"""The machine's clock is set back or forward: the trace stays whole, work is done once, nobody comes in by it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from cuspide.accounts.listening import people
from cuspide.audit import sealer, trail, verify
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.models import OutboxMessage
from cuspide.core.work import outbox

pytestmark = pytest.mark.django_db

HOUR, YEAR = dt.timedelta(hours=1), dt.timedelta(days=365)
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


def test_a_message_goes_out_once_when_the_clock_is_set_back(moved_clock: Moved, monkeypatch: Any) -> None:
    sent: list[str] = []
    channel = outbox.Channel("clock-test", lambda key, _payload: sent.append(key))
    monkeypatch.setitem(outbox.channels._items, "clock-test", channel)
    start = clock.now()
    outbox.put("clock-test", "one", {})
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
