"""The demo practice: one seed, each room its own part, the same practice every time on the same day."""

import datetime as dt
import gc
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.registry import Point

KNOWN = 20_000
"""Patients of whom the other rooms tell something: more than three chairs see in years. Of a larger practice the rest
is there to be found, with address, cover and alerts, and is not kept in memory."""


def _silent(_line: str) -> None:
    pass


@dataclass
class DemoContext:
    """What the parts share. `processes` make what is more than `known`, which does not depend on how many they are.

    `shared` is filled on the way: practice puts `entity`, `site`, `chairs`, `practitioners`; accounts puts `users`
    (role to user) and `credentials`; patients puts `patients`; agenda puts `appointments` (all, oldest first);
    care puts `acts`; billing puts `invoices`.
    """

    seed: int = 1
    patients: int = 2000
    years_behind: int = 5
    weeks_ahead: int = 3
    known: int = KNOWN
    processes: int = 1
    now: dt.datetime = field(default_factory=clock.now)
    shared: dict[str, Any] = field(default_factory=dict)
    say: Callable[[str], None] = _silent
    actor: Actor = field(default_factory=lambda: Actor.system("demo"))

    @property
    def today(self) -> dt.date:
        return clock.local(self.now).date()

    @property
    def first_day(self) -> dt.date:
        return self.today - dt.timedelta(days=365 * self.years_behind)

    def random(self, name: str) -> random.Random:
        """A source of chance of the part's own, so that one part's change does not shift another's."""
        return random.Random(f"{self.seed}:{name}")


@dataclass(frozen=True)
class DemoPart:
    """A room's part of the demo practice. `build(context)` writes it; parts run in `order`, lower rooms first."""

    key: str
    build: Callable[[DemoContext], None]
    order: int = 50


demo_parts: Point[DemoPart] = Point("demo_parts")


def build(context: DemoContext) -> DemoContext:
    """Run every registered part in order. The store must be new and migrated."""
    usual = gc.get_threshold()
    # Nearly all that is made here stays: looking for garbage among it was a quarter of the time.
    gc.set_threshold(200_000, 20, 1_000)
    try:
        for part in demo_parts:
            context.say(part.key)
            part.build(context)
    finally:
        gc.set_threshold(*usual)
    return context


def uuid7(at: dt.datetime, chance: random.Random) -> uuid.UUID:
    """A UUIDv7 of an instant whose random bits come from the seed."""
    stamp = int(at.timestamp() * 1000) & (1 << 48) - 1
    return uuid.UUID(int=stamp << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62))
