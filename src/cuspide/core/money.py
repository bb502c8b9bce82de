"""Amounts of money in Python: `Decimal` euros with two places, rounded half up as French law rounds."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def euros(value: Decimal | int | str) -> Decimal:
    """An amount in euros with two places. Floats are refused (TypeError): they do not hold cents."""
    if isinstance(value, float):
        raise TypeError("money is never a float")
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def to_cents(amount: Decimal | int | str) -> int:
    """Whole cents of an exact amount; ValueError where a fraction of a cent would be lost."""
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    cents = Decimal(amount) * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of cents")
    return int(cents)


def from_cents(cents: int) -> Decimal:
    """The amount in euros of whole cents."""
    return (Decimal(cents) / 100).quantize(CENT)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts in euros; 0.00 of none."""
    return sum(amounts, ZERO)
