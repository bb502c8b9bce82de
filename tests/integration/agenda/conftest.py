"""An agenda to try things on: a Tuesday in November, a desk, a few patients."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role, rights_of

TUESDAY = dt.date(2026, 11, 24)


def at(hour: int, minute: int = 0, day: dt.date = TUESDAY) -> dt.datetime:
    """An instant by the wall of the practice."""
    return clock.at(day, dt.time(hour, minute))


@pytest.fixture(autouse=True)
def monday_evening() -> Iterator[None]:
    with clock.freeze(at(18, 0, TUESDAY - dt.timedelta(days=1))):
        yield


@pytest.fixture
def secretary() -> Actor:
    """A secretary by her default rights."""
    return Actor(user_id=None, label="secretary", roles=frozenset({"secretary"}), rights=rights_of(Role.SECRETARY))


@pytest.fixture
def types(db: Any) -> dict[str, Any]:
    from cuspide.agenda.models import AppointmentType

    return {one.key: one for one in AppointmentType.objects.all()}


def people(count: int, seed: int = 7) -> list[Any]:
    """Patients written without their room's services: only what an appointment needs."""
    from cuspide.patients.models import Patient

    chance = random.Random(seed)
    first = Patient.objects.count() + 5000
    return Patient.objects.bulk_create(
        Patient(
            number=first + number,
            birth_name=f"MARTIN{number}",
            first_birth_given_name="Léa",
            sex="F",
            birth_date=(born := dt.date(1940, 1, 1) + dt.timedelta(days=chance.randrange(31000))).isoformat(),
            born_on=born,
            created_at=clock.at(dt.date(2019, 3, 5), dt.time(9)) + dt.timedelta(days=(number % 4 == 0) * 4 * number),
        )
        for number in range(count)
    )


@pytest.fixture
def patient(db: Any) -> Any:
    return people(1)[0]
