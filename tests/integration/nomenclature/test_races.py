"""Several people write the same value at once: one value stands, nobody meets an error."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from cuspide.core.actor import Actor
from cuspide.nomenclature import selectors, services
from cuspide.nomenclature.models import Act, ActTariff, Edition, Origin, PracticeFee

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor.system("test")
DAY = dt.date(2026, 1, 1)
THREADS = 6


def together(work: Callable[[int], Any]) -> list[BaseException]:
    """Run `work(number)` in threads that start at once; what was raised."""
    gate = threading.Barrier(THREADS)
    raised: list[BaseException] = []

    def run(number: int) -> None:
        try:
            gate.wait(10)
            work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def test_one_fee_stands_when_several_are_set_at_once(practice: Any) -> None:
    services.load_edition(SYSTEM)
    act = Act.objects.get(code="HBLD634")

    def set_fee(number: int) -> None:
        services.set_fee(SYSTEM, act, practice.entity, amount=Decimal(480 + number), valid_from=DAY)

    assert together(set_fee) == []
    fee = PracticeFee.objects.get()
    assert Decimal(480) <= fee.amount < Decimal(480 + THREADS)


def test_one_correction_stands_when_several_are_written_at_once() -> None:
    services.load_edition(SYSTEM)
    act = Act.objects.get(code="HBJD001")

    def correct(number: int) -> None:
        services.correct_tariff(SYSTEM, act, amount=Decimal(29 + number), valid_from=DAY, source="JO")

    assert together(correct) == []
    assert ActTariff.objects.filter(act=act, origin=Origin.PRACTICE).count() == 1


def test_the_nomenclature_is_loaded_once_when_loaded_at_once() -> None:
    assert together(lambda _number: services.load_edition(SYSTEM)) == []
    assert Edition.objects.count() == 3
    assert Act.objects.filter(code="HBJD001").count() == 1
    tariff = selectors.tariff_at("HBJD001", dt.date(2026, 6, 1))
    assert tariff is not None
    assert tariff.amount == Decimal("28.92")
