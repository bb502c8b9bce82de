"""Pure rules of billing: totals of an invoice, its number, how what is paid is spread over what is due.

All amounts are `Decimal` euros with two places. Nothing here rounds: an invoice is a sum of frozen lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cuspide.core.money import ZERO, total
from cuspide.formats.pricing import ThirdParty

# Above this, a debt towards a professional may not be paid in cash by a resident (CMF art. L.112-6 and D.112-3).
HIGHEST_CASH = Decimal("1000.00")
HIGHEST_AMOUNT = Decimal("10000000.00")


@dataclass(frozen=True, slots=True)
class Shares:
    """Who bears a fee: `amo + amc + patient == fee`. `base` is the base of reimbursement."""

    fee: Decimal
    base: Decimal
    amo: Decimal
    amc: Decimal
    patient: Decimal

    def __post_init__(self) -> None:
        if self.amo + self.amc + self.patient != self.fee or min(self.amo, self.amc, self.patient, self.base) < 0:
            raise ArithmeticError("the shares do not add up to the fee")


def sum_of(lines: Iterable[Shares]) -> Shares:
    """The totals of an invoice: sums of its lines."""
    kept = list(lines)
    return Shares(
        fee=total(line.fee for line in kept),
        base=total(line.base for line in kept),
        amo=total(line.amo for line in kept),
        amc=total(line.amc for line in kept),
        patient=total(line.patient for line in kept),
    )


@dataclass(frozen=True, slots=True)
class Dues:
    """From whom the practice waits for money: `amo + amc + patient` is the fee again."""

    amo: Decimal
    amc: Decimal
    patient: Decimal


def dues(shares: Shares, third_party: ThirdParty) -> Dues:
    """Who pays the practice. Without third-party payment (*tiers payant*) the patient pays all and is reimbursed.

    A filling at 60 € (AMO 36 €, AMC 24 €) with third-party payment on the AMO part only: 24 € are the patient's.

    >>> filling = Shares(*map(Decimal, ("60.00", "60.00", "36.00", "24.00", "0.00")))
    >>> str(dues(filling, ThirdParty.AMO).patient)
    '24.00'
    """
    amo = shares.amo if third_party.on_amo else ZERO
    amc = shares.amc if third_party.on_amc else ZERO
    return Dues(amo=amo, amc=amc, patient=shares.fee - amo - amc)


def likely_third_party(wanted: Sequence[str]) -> ThirdParty:
    """The mode that the acts were priced with, when they agree; else none, so that nobody is promised too much."""
    modes = set(wanted)
    if len(modes) == 1:
        try:
            return ThirdParty(modes.pop())
        except ValueError:
            return ThirdParty.NONE
    return ThirdParty.NONE


def number_text(year: int, number: int, prefix: str = "") -> str:
    """`2026-000123`: year, then six digits or more. Receipts have the prefix R."""
    return f"{prefix}{year}-{number:06d}"


def parse_number(text: str) -> tuple[int, int] | None:
    """Year and number of what somebody typed as an invoice's number: `2026-000123`, `2026-123`, `2026/123`."""
    year, separator, number = text.strip().replace("/", "-").partition("-")
    if not separator or not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(year) != 4 or len(number) > 9:
        return None
    return int(year), int(number)


@dataclass(frozen=True, slots=True)
class Spread:
    """`amount` of the payment at index `payment` goes to the invoice at index `invoice`."""

    payment: int
    invoice: int
    amount: Decimal


def spread(payments: Sequence[Decimal], rests: Sequence[Decimal]) -> list[Spread]:
    """Give each payment to the invoices in their order until it is used up. Raises ValueError when the payments are
    more than what is due: what is too much has to be somebody's decision, not a remainder.

    30 € by card and 50 € by cheque for invoices of 48 € and 32 €:

    >>> [(s.payment, s.invoice, str(s.amount)) for s in spread([Decimal(30), Decimal(50)], [Decimal(48), Decimal(32)])]
    [(0, 0, '30'), (1, 0, '18'), (1, 1, '32')]
    """
    if any(amount <= 0 for amount in payments) or any(rest < 0 for rest in rests):
        raise ValueError("a payment is more than nothing, and a rest is not negative")
    if sum(payments) > sum(rests):
        raise ValueError("more is paid than is due")
    left = list(rests)
    found = []
    place = 0
    for index, amount in enumerate(payments):
        while amount > 0:
            while left[place] == 0:
                place += 1
            part = min(amount, left[place])
            found.append(Spread(index, place, part))
            left[place] -= part
            amount -= part
    return found
