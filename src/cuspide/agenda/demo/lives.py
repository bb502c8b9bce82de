"""What became of an appointment by now: kept, missed, called off, going on, or still to come."""

import datetime as dt
import random
from typing import Any

from cuspide.agenda.rules import LATE_NOTICE, State

_REASONS = ["Malade", "Empêchement professionnel", "Enfant malade", "Grève des transports", "", ""]


def lived(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime, chance: random.Random) -> dict[str, Any]:
    """State and instants of an appointment as they stand at `now`."""
    throw = chance.random()
    if throw < 0.028 and starts_at < now + dt.timedelta(days=2):
        return _cancelled(starts_at, now, chance)
    if ends_at <= now:
        if throw < 0.05:
            return {"state": State.MISSED.value}
        return _finished(starts_at, ends_at, now, chance)
    confirmed = (
        {"confirmed_at": min(now, starts_at - dt.timedelta(days=1)) - dt.timedelta(hours=3)} if throw > 0.6 else {}
    )
    if starts_at <= now:
        arrived_at = starts_at - dt.timedelta(minutes=chance.randrange(2, 12))
        seated_at = min(now, starts_at + dt.timedelta(minutes=chance.randrange(0, 9)))
        return {"state": State.IN_CHAIR.value, "arrived_at": arrived_at, "seated_at": seated_at, **confirmed}
    if starts_at - now <= dt.timedelta(minutes=25) and throw > 0.3:
        arrived_at = now - dt.timedelta(minutes=chance.randrange(1, 14))
        return {"state": State.ARRIVED.value, "arrived_at": arrived_at, **confirmed}
    return {"state": State.CONFIRMED.value if confirmed else State.BOOKED.value, **confirmed}


def _cancelled(starts_at: dt.datetime, now: dt.datetime, chance: random.Random) -> dict[str, Any]:
    before = chance.choice([1, 3, 6, 20, 30, 72, 120, 200])
    cancelled_at = min(now - dt.timedelta(minutes=5), starts_at - dt.timedelta(hours=before))
    by = "patient" if chance.random() < 0.85 else "practice"
    return {
        "state": State.CANCELLED.value,
        "cancelled_at": cancelled_at,
        "cancelled_by": by,
        "cancelled_late": by == "patient" and starts_at - cancelled_at < LATE_NOTICE,
        "cancel_reason": chance.choice(_REASONS) if by == "patient" else "",
    }


def _finished(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime, chance: random.Random) -> dict[str, Any]:
    lateness = dt.timedelta(minutes=chance.choice([-12, -9, -7, -5, -4, -3, -2, 0, 2, 6]))
    arrived_at = starts_at + lateness
    seated_at = max(arrived_at, starts_at) + dt.timedelta(minutes=chance.choice([0, 1, 2, 4, 6, 9, 14]))
    seated_at = min(seated_at, ends_at - dt.timedelta(minutes=5))
    spent = (ends_at - seated_at) * chance.uniform(0.8, 1.05)
    finished_at = min(now, seated_at + spent)
    return {
        "state": State.FINISHED.value,
        "arrived_at": min(arrived_at, seated_at),
        "seated_at": min(seated_at, finished_at),
        "finished_at": finished_at,
    }
