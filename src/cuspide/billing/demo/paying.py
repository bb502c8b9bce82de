"""How people pay, as chance has it: most at once, some in cheques that wait, some late, a few not at all."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cuspide.billing.models import Means
from cuspide.billing.rules import HIGHEST_CASH
from cuspide.core.money import CENT

BANKS = ("Crédit Agricole", "La Banque Postale", "BNP Paribas", "Crédit Mutuel", "Société Générale", "LCL", "CIC")
OLD = dt.timedelta(days=400)


@dataclass(frozen=True)
class Part:
    """One means of one payment; `after` is how many days after the invoice it was received."""

    means: Means
    amount: Decimal
    after: int = 0
    bank: str = ""
    cheque: str = ""
    held_for: int = 0


def ways(due: Decimal, age: dt.timedelta, chance: random.Random) -> list[list[Part]]:
    """The receipts of an invoice: each is a list of parts received together. `age` is how long ago it was issued."""
    if due == 0:
        return []
    luck = chance.random()
    if luck < 0.86:
        if due > 300 and chance.random() < 0.4:
            return [_instalments(due, chance)]
        return [_at_once(due, chance)]
    if luck < 0.945:
        after = chance.randrange(3, 75)
        if after > age.days:
            return []
        means = chance.choice([Means.TRANSFER, Means.CARD, Means.CHEQUE])
        return [[_part(means, due, chance, after)]]
    if luck < 0.975:
        first = (due * Decimal(chance.choice([30, 40, 50, 60])) / 100).quantize(CENT)
        if first == 0 or first == due:
            return [[_part(Means.CARD, due, chance)]]
        paid = [[_part(Means.CARD, first, chance)]]
        if age > OLD and chance.random() < 0.9:
            paid.append([_part(Means.CHEQUE, due - first, chance, chance.randrange(20, 120))])
        return paid
    if age > OLD and chance.random() < 0.85:
        return [[_part(Means.TRANSFER, due, chance, chance.randrange(60, 300))]]
    return []


def _at_once(due: Decimal, chance: random.Random) -> list[Part]:
    if due > 100 and chance.random() < 0.06:
        half = (due / 2).quantize(CENT)
        return [_part(Means.CARD, half, chance), _part(Means.CHEQUE, due - half, chance)]
    means = chance.choices([Means.CARD, Means.CHEQUE, Means.CASH, Means.TRANSFER], [68, 20, 9, 3])[0]
    if means is Means.CASH and due > min(HIGHEST_CASH, Decimal(150)):
        means = Means.CARD
    return [_part(means, due, chance)]


def _instalments(due: Decimal, chance: random.Random) -> list[Part]:
    """Cheques given on the day, one cashed at once and one a month after."""
    count = chance.choice([2, 3, 3, 4])
    each = (due / count).quantize(CENT)
    amounts = [each] * (count - 1) + [due - each * (count - 1)]
    bank = chance.choice(BANKS)
    first = chance.randrange(1_000_000, 9_999_990)
    return [
        Part(Means.CHEQUE, amount, bank=bank, cheque=str(first + index), held_for=30 * index)
        for index, amount in enumerate(amounts)
    ]


def _part(means: Means, amount: Decimal, chance: random.Random, after: int = 0) -> Part:
    if means is Means.CHEQUE:
        return Part(means, amount, after, chance.choice(BANKS), str(chance.randrange(1_000_000, 9_999_999)))
    return Part(means, amount, after)


def total_of(parts: Sequence[Part]) -> Decimal:
    return sum((part.amount for part in parts), Decimal("0.00"))
