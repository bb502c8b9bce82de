"""Rates of the compulsory health insurance (AMO) for dental care in France, by date.

Sources: 60 % since 15/10/2023 (UNCAM decision, the patient's part going from 30 to 40 %), acts of
the groups that physicians share (ATM, ADI, ADC) kept at 70 %; 24 € flat participation for acts of
120 € and more (CSS art. R160-16); yearly examination shared 60/40 with the complementary insurance
since 01/04/2025 (convention of 2023).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from cuspide.formats.errors import FormatError


@dataclass(frozen=True, slots=True)
class Rates:
    """What applies from `valid_from` on. Rates are fractions of the base, amounts are euros."""

    valid_from: dt.date
    dental: Decimal
    shared_with_physicians: Decimal = Decimal("0.70")
    alsace_moselle: Decimal = Decimal("0.90")
    aspa: Decimal = Decimal("0.80")
    examination_with_amc: Decimal = Decimal("1")
    flat_threshold: Decimal = Decimal("120.00")
    flat_participation: Decimal = Decimal("24.00")

    def for_group(self, regroupement: str) -> Decimal:
        """The ordinary AMO rate of a *regroupement* (the act code of B2)."""
        shared = regroupement in _SHARED_WITH_PHYSICIANS
        return self.shared_with_physicians if shared else self.dental


_SHARED_WITH_PHYSICIANS = frozenset({"ATM", "ADI", "ADC"})

RATES = (
    Rates(dt.date(2019, 1, 1), dental=Decimal("0.70")),
    Rates(dt.date(2023, 10, 15), dental=Decimal("0.60")),
    Rates(dt.date(2025, 4, 1), dental=Decimal("0.60"), examination_with_amc=Decimal("0.60")),
)


def rates_at(day: dt.date) -> Rates:
    """The rates in force on the day of the act.

    Raises FormatError `pricing.date` before 2019: nothing can be priced that far back.
    """
    for rates in reversed(RATES):
        if rates.valid_from <= day:
            return rates
    raise FormatError("pricing.date", "No rates are known before 2019")
