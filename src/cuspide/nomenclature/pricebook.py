"""A price book: acts with everything their price depends on, by date, held in memory. No store.

`selectors.price_book` reads one in a known number of queries; pricing from it costs none, so that a quote, a year of
the demo or a list of acts is priced as fast as one act.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cuspide.formats.errors import FormatError
from cuspide.formats.pricing import (
    ActToPrice,
    Association,
    CoverageRules,
    Modifier,
    PricedAct,
    price_act,
    price_session,
    rates_at,
)
from cuspide.nomenclature.rules import PREVENTION_EXAMINATIONS, conditions_presumed_met


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """An amount in euros between two days, both included. `from_practice` marks what the practice wrote itself."""

    valid_from: dt.date
    valid_to: dt.date | None
    amount: Decimal
    from_practice: bool = False
    regroupement: str = ""

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class PricedBookLine:
    """An act of the book. Amounts are in no order; `best` chooses."""

    code: str
    system: str
    label: str
    covered: bool
    conditional: bool
    exo_tm: str
    regroupement: str
    modifiers: frozenset[str]
    tariffs: tuple[DatedAmount, ...] = ()
    ceilings: tuple[DatedAmount, ...] = ()
    c2s_maxima: tuple[DatedAmount, ...] = ()
    fees: tuple[DatedAmount, ...] = ()


def best(amounts: Sequence[DatedAmount], day: dt.date) -> DatedAmount | None:
    """The amount of a day: what the practice wrote before what was published, the latest first."""
    holding = [each for each in amounts if each.holds_on(day)]
    return max(holding, key=lambda each: (each.from_practice, each.valid_from), default=None)


@dataclass(frozen=True, slots=True)
class BookModifier:
    code: str
    valid_from: dt.date
    coefficient: Decimal
    flat: Decimal


@dataclass(frozen=True)
class PriceBook:
    """Prices by code. Every look-up names the day of the act."""

    lines: Mapping[str, PricedBookLine]
    modifiers: tuple[BookModifier, ...] = ()

    def __contains__(self, code: object) -> bool:
        return code in self.lines

    def tariff(self, code: str, day: dt.date) -> Decimal | None:
        """The tariff of one act in euros; None where it has none on that day."""
        found = best(self.lines[code].tariffs, day)
        return found.amount if found else None

    def fee(self, code: str, day: dt.date) -> Decimal | None:
        """What the practice asks for one act: its own fee, else the tariff."""
        found = best(self.lines[code].fees, day)
        return found.amount if found else self.tariff(code, day)

    def to_price(
        self,
        code: str,
        day: dt.date,
        *,
        fee: Decimal | None = None,
        modifiers: Sequence[str] = (),
        association: Association | None = None,
        quantity: int = 1,
        conditions_met: bool | None = None,
        related_to_exemption: bool = False,
        as_prevention: bool = False,
    ) -> ActToPrice:
        """The act as `formats.pricing` takes it.

        fee: for the whole quantity; None for the practice's own fee, else the tariff.
        conditions_met: of an act reimbursed under conditions; None for what is usual.
        Raises KeyError for a code that is not in the book, FormatError `pricing.modifier_unknown`,
        `pricing.modifier_refused` (params `modifier`).
        """
        line = self.lines[code]
        tariff = best(line.tariffs, day)
        regroupement = (tariff.regroupement if tariff else "") or line.regroupement
        covered = line.covered and tariff is not None
        if line.conditional:
            usual = conditions_presumed_met(regroupement)
            covered = covered and (usual if conditions_met is None else conditions_met)
        own_fee = best(line.fees, day)
        if fee is None and own_fee is not None:
            fee = own_fee.amount * quantity
        ceiling, c2s = best(line.ceilings, day), best(line.c2s_maxima, day)
        return ActToPrice(
            code=code,
            unit_price=tariff.amount if tariff else Decimal("0.00"),
            regroupement=regroupement,
            fee=fee,
            covered=covered,
            ceiling=ceiling.amount if ceiling else None,
            c2s_maximum=c2s.amount if c2s else None,
            modifiers=tuple(self._modifier(line, each, day) for each in modifiers),
            association=association,
            exo_tm=line.exo_tm,
            related_to_exemption=related_to_exemption,
            billed_as_prevention=as_prevention,
            prevention_examination=code in PREVENTION_EXAMINATIONS,
            quantity=quantity,
        )

    def price(
        self,
        code: str,
        day: dt.date,
        coverage: CoverageRules,
        *,
        fee: Decimal | None = None,
        modifiers: Sequence[str] = (),
        association: Association | None = None,
        quantity: int = 1,
        conditions_met: bool | None = None,
        related_to_exemption: bool = False,
        as_prevention: bool = False,
    ) -> PricedAct:
        """Price one act on the day it is done. Raises as `to_price` and `formats.pricing.price_act` do."""
        act = self.to_price(
            code,
            day,
            fee=fee,
            modifiers=modifiers,
            association=association,
            quantity=quantity,
            conditions_met=conditions_met,
            related_to_exemption=related_to_exemption,
            as_prevention=as_prevention,
        )
        return price_act(act, coverage, rates_at(day))

    def price_session(self, acts: Sequence[ActToPrice], day: dt.date, coverage: CoverageRules) -> tuple[PricedAct, ...]:
        """Price the acts of one session together: a flat participation is charged once."""
        return price_session(acts, coverage, rates_at(day))

    def _modifier(self, line: PricedBookLine, code: str, day: dt.date) -> Modifier:
        known = [each for each in self.modifiers if each.code == code and each.valid_from <= day]
        if not known:
            raise FormatError(
                "pricing.modifier_unknown", "No such modifier is known on that day", params={"modifier": code[:1]}
            )
        if code not in line.modifiers:
            raise FormatError(
                "pricing.modifier_refused", "This act does not take this modifier", params={"modifier": code[:1]}
            )
        latest = max(known, key=lambda each: each.valid_from)
        return Modifier(latest.code, latest.coefficient, latest.flat)
