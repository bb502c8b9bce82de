"""Price of a CCAM act and who pays it: AMO, AMC and patient. Pure, in `Decimal` euros.

Base of reimbursement (BR): `round(PU × Σ modifiers × association; 2) + Σ flat modifiers`, AMO
share `round(BR × rate; 2)`, rounded half up; the ticket modérateur is what is left of the BR.
The BR never exceeds what was asked. Sources: CCAM general provisions and annexes; facts on rates
in `cuspide.formats.rates`.

A ceramic-metal crown on an upper incisor (HBLD634, RAC0 basket) at 500 €, BR 120 €, a "contrat
responsable" with third-party payment on both parts: AMO 60 % of 120 = 72 €, the contract pays all
the rest, the patient nothing.

>>> from datetime import date
>>> crown = ActToPrice(
...     code="HBLD634", unit_price=Decimal("120.00"), regroupement="PF0",
...     fee=Decimal("500.00"), ceiling=Decimal("500.00"),
... )
>>> insured = CoverageRules(amc=AmcContract(percent=Decimal("100")), third_party=ThirdParty.FULL)
>>> priced = price_act(crown, insured, rates_at(date(2026, 3, 2)))
>>> [str(each) for each in (priced.fee, priced.base, priced.amo, priced.amc, priced.patient)]
['500.00', '120.00', '72.00', '428.00', '0.00']
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from cuspide.formats.errors import FormatError
from cuspide.formats.rates import Rates, rates_at

__all__ = [
    "ActToPrice",
    "AmcContract",
    "Association",
    "Basket",
    "CoverageRules",
    "Exemption",
    "Modifier",
    "Notice",
    "PricedAct",
    "Shares",
    "ThirdParty",
    "add_up",
    "basket_of",
    "price_act",
    "price_session",
    "rates_at",
]

_CENT = Decimal("0.01")
_ZERO = Decimal("0.00")
_ONE = Decimal("1")
_HIGHEST = Decimal("10000000")
MOST_MODIFIERS = 4
MOST_AT_ONCE = 99


class Basket(StrEnum):
    """*Panier* of the 100 % Santé reform."""

    CARE = "care"  # soins: the fee is the tariff
    RAC0 = "rac0"  # 100 % Santé: nothing left to pay, fee under a ceiling
    MODERATE = "moderate"  # reste à charge modéré: fee under a ceiling
    FREE = "free"  # honoraires libres


_BASKETS = {
    Basket.RAC0: frozenset(["CM0", "CZ0", "PF0", "CT0", "IC0", "PA0", "PT0", "RA0", "RF0", "RS0", "SU0"]),
    Basket.MODERATE: frozenset(["CZ1", "PF1", "CT1", "IC1", "IN1", "BR1", "PA1", "RE1", "SU1"]),
    Basket.FREE: frozenset(["PFC", "PFM", "PDT", "ICO", "INO", "PAM", "PAR", "RPN", "IMP"]),
}


def basket_of(regroupement: str) -> Basket:
    """The basket that a *regroupement* belongs to."""
    for basket, groups in _BASKETS.items():
        if regroupement in groups:
            return basket
    return Basket.CARE


class Association(StrEnum):
    """*Code d'association non prévue*: several acts by one practitioner at one time."""

    FULL = "1"
    HALF = "2"
    THREE_QUARTERS = "3"
    EXCEPTION = "4"  # imaging and most dental acts: each at its full price
    SEPARATE_TIMES = "5"

    @property
    def coefficient(self) -> Decimal:
        return {"2": Decimal("0.50"), "3": Decimal("0.75")}.get(self.value, _ONE)


class Exemption(StrEnum):
    """Why the AMO pays more than its ordinary rate. ALD and AT/MP cover related care only."""

    ALD = "ald"
    MATERNITY = "maternity"
    AT_MP = "at_mp"
    ASPA = "aspa"
    FULL = "full"  # another ground that exempts the person from the ticket modérateur


_ONLY_RELATED_CARE = frozenset({Exemption.ALD, Exemption.AT_MP})


class ThirdParty(StrEnum):
    """*Tiers payant*: who pays the practice directly. Values of B2 *destinataire du règlement*."""

    NONE = "00"
    AMO = "05"
    FULL = "15"
    AMC = "25"

    @property
    def on_amo(self) -> bool:
        return self in (ThirdParty.AMO, ThirdParty.FULL)

    @property
    def on_amc(self) -> bool:
        return self in (ThirdParty.AMC, ThirdParty.FULL)


class Notice(StrEnum):
    """What a person should be told about a price."""

    FEE_OVER_CEILING = "fee_over_ceiling"
    CEILING_UNKNOWN = "ceiling_unknown"
    FEE_OVER_TARIFF = "fee_over_tariff"  # care at a tariff that allows no overrun
    LIMITED_BY_C2S = "limited_by_c2s"
    NOT_COVERED = "not_covered"
    FLAT_PARTICIPATION = "flat_participation"


@dataclass(frozen=True, slots=True)
class Modifier:
    """A CCAM modifier: a coefficient of the price (1.30 for +30 %) or a flat amount in euros."""

    code: str
    coefficient: Decimal = _ONE
    flat: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class ActToPrice:
    """An act as it is to be billed. Amounts in euros at the date of the act.

    fee: what the practice asks for the whole quantity; None for the tariff itself.
    unit_price: official tariff of one; ignored when not `covered`. Ceilings are for one too.
    exo_tm: codes of CCAM field 25 ("1-7").
    related_to_exemption: the care belongs to the ALD or to the accident.
    billed_as_prevention: allowed where `exo_tm` has 7; the AMO then pays everything.
    prevention_examination: a yearly dental examination (EBD).
    c2s_maximum: highest fee for a holder of C2S, where it is known.
    territory: coefficient of the overseas departments.
    """

    code: str
    unit_price: Decimal = _ZERO
    regroupement: str = ""
    fee: Decimal | None = None
    covered: bool = True
    ceiling: Decimal | None = None
    c2s_maximum: Decimal | None = None
    modifiers: tuple[Modifier, ...] = ()
    association: Association | None = None
    exo_tm: str = ""
    related_to_exemption: bool = False
    billed_as_prevention: bool = False
    prevention_examination: bool = False
    territory: Decimal = _ONE
    quantity: int = 1

    @property
    def basket(self) -> Basket:
        return basket_of(self.regroupement)

    @property
    def whole_ceiling(self) -> Decimal | None:
        """The ceiling for the whole quantity."""
        return None if self.ceiling is None else self.ceiling * self.quantity

    @property
    def whole_c2s_maximum(self) -> Decimal | None:
        """The highest fee of a holder of C2S for the whole quantity."""
        return None if self.c2s_maximum is None else self.c2s_maximum * self.quantity

    @property
    def exo_codes(self) -> frozenset[str]:
        return frozenset(self.exo_tm.replace("-", " ").split())


@dataclass(frozen=True, slots=True)
class AmcContract:
    """A complementary contract: what AMO and AMC together pay, in percent of the base (100, 250).

    prosthesis_percent: for the moderate and free baskets, where it differs.
    responsible: *contrat responsable*: the ticket modérateur and the whole RAC0 basket are paid.
    """

    percent: Decimal = Decimal("100")
    prosthesis_percent: Decimal | None = None
    responsible: bool = True

    def percent_for(self, basket: Basket) -> Decimal:
        percent = self.percent
        if self.prosthesis_percent is not None and basket is not Basket.CARE:
            percent = self.prosthesis_percent
        return max(percent, Decimal(100)) if self.responsible else percent


@dataclass(frozen=True, slots=True)
class CoverageRules:
    """The rights of a patient on the day of the act."""

    exemptions: frozenset[Exemption] = frozenset()
    alsace_moselle: bool = False
    c2s: bool = False
    amc: AmcContract | None = None
    third_party: ThirdParty = ThirdParty.NONE
    amo: bool = True  # False: no right to French health insurance is open


@dataclass(frozen=True, slots=True)
class PricedAct:
    """Who bears the fee (`amo + amc + patient == fee`) and whom the practice is paid by
    (`due_from_amo + due_from_amc + due_from_patient == fee`). Euros.

    base: BR with modifiers and association, before it is limited by the fee.
    overrun: part of the fee above the base, for a covered act.
    amo_rate: fraction of the base the AMO pays; with a flat participation, its rate before it.
    """

    code: str
    fee: Decimal
    base: Decimal
    amo_rate: Decimal
    amo: Decimal
    amc: Decimal
    patient: Decimal
    overrun: Decimal
    due_from_amo: Decimal
    due_from_amc: Decimal
    due_from_patient: Decimal
    third_party: ThirdParty = ThirdParty.NONE
    justification: str = "0"
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        shares = (self.amo, self.amc, self.patient)
        due = (self.due_from_amo, self.due_from_amc, self.due_from_patient)
        if sum(shares) != self.fee or sum(due) != self.fee or min(shares + due) < 0:
            raise ArithmeticError(f"the shares of {self.code} do not add up to its fee")

    @property
    def ticket_moderateur(self) -> Decimal:
        """What the AMO leaves of the base."""
        return max(min(self.base, self.fee) - self.amo, _ZERO)


@dataclass(frozen=True, slots=True)
class Shares:
    """Totals of several priced acts, in euros."""

    fee: Decimal = _ZERO
    base: Decimal = _ZERO
    amo: Decimal = _ZERO
    amc: Decimal = _ZERO
    patient: Decimal = _ZERO
    overrun: Decimal = _ZERO
    due_from_amo: Decimal = _ZERO
    due_from_amc: Decimal = _ZERO
    due_from_patient: Decimal = _ZERO


def add_up(acts: Iterable[PricedAct]) -> Shares:
    """The totals of a quote or an invoice: sums of lines, never recomputed from a total."""
    priced = list(acts)
    return Shares(
        **{name: sum((getattr(each, name) for each in priced), _ZERO) for name in Shares.__dataclass_fields__}
    )


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


def _check_amount(name: str, amount: Decimal | None) -> None:
    if amount is None:
        return
    if (
        not isinstance(amount, Decimal)
        or not amount.is_finite()
        or not 0 <= amount <= _HIGHEST
        or amount != _rounded(amount)
    ):
        raise FormatError("pricing.amount", "An amount is not a positive number of euros and cents", field=name)


def _check(act: ActToPrice) -> None:
    for name in ("unit_price", "fee", "ceiling", "c2s_maximum"):
        _check_amount(name, getattr(act, name))
    if len(act.modifiers) > MOST_MODIFIERS:
        raise FormatError("pricing.modifiers", "An act has four modifiers at most")
    if len({each.code for each in act.modifiers}) != len(act.modifiers):
        raise FormatError("pricing.modifiers_repeated", "A modifier stands twice on an act")
    for each in act.modifiers:
        _check_amount("modifiers", each.flat)
        if not each.coefficient.is_finite() or not 0 < each.coefficient <= 10:
            raise FormatError("pricing.coefficient", "The coefficient of a modifier is wrong")
    if not 1 <= act.quantity <= MOST_AT_ONCE:
        raise FormatError("pricing.quantity", "The quantity of an act is between 1 and 99")
    if not act.territory.is_finite() or not 0 < act.territory <= 10:
        raise FormatError("pricing.coefficient", "The coefficient of the territory is wrong")
    if act.billed_as_prevention and "7" not in act.exo_codes:
        raise FormatError("pricing.prevention", "This act may not be billed as prevention")


def base_of(act: ActToPrice) -> Decimal:
    """BR of an act in euros: percentages of modifiers add up, then the association applies.

    Raises FormatError `pricing.*`.
    """
    _check(act)
    if not act.covered:
        return _ZERO
    coefficient = _ONE + sum((each.coefficient - _ONE for each in act.modifiers), Decimal(0))
    if coefficient <= 0:
        raise FormatError("pricing.coefficient", "The modifiers leave nothing of the price")
    association = act.association.coefficient if act.association else _ONE
    price = _rounded(act.unit_price * act.territory * coefficient * association)
    return (price + sum((each.flat for each in act.modifiers), _ZERO)) * act.quantity


def _amo_rate(act: ActToPrice, coverage: CoverageRules, rates: Rates) -> tuple[Decimal, str]:
    """The AMO's rate and the *justification d'exonération* of B2."""
    if not coverage.amo or not act.covered:
        return Decimal(0), "0"
    if act.prevention_examination:
        shared = coverage.amc is not None or coverage.c2s
        return (rates.examination_with_amc if shared else _ONE), "7"
    if act.billed_as_prevention:
        return _ONE, "7"
    if "3" in act.exo_codes:
        return _ONE, "3"
    active = {each for each in coverage.exemptions if act.related_to_exemption or each not in _ONLY_RELATED_CARE}
    if active - {Exemption.ASPA}:
        return _ONE, "4" if Exemption.ALD in active else "5"
    choices = [(rates.for_group(act.regroupement), "0")]
    if coverage.alsace_moselle:
        choices.append((rates.alsace_moselle, "0"))
    if Exemption.ASPA in active:
        choices.append((rates.aspa, "9"))
    return max(choices, key=lambda choice: choice[0])


def _limited_fee(act: ActToPrice, coverage: CoverageRules, base: Decimal) -> tuple[Decimal, list[Notice]]:
    """The fee that may be asked: a holder of C2S pays no overrun inside her basket."""
    if act.fee is None and not act.covered:
        raise FormatError("pricing.fee_missing", "An act without tariff needs a fee")
    fee = base if act.fee is None else act.fee
    notices: list[Notice] = []
    if not act.covered:
        return fee, [Notice.NOT_COVERED]
    if coverage.c2s and act.basket in (Basket.CARE, Basket.RAC0):
        highest = base if act.basket is Basket.CARE else (act.whole_c2s_maximum or act.whole_ceiling)
        if highest is None:
            notices.append(Notice.CEILING_UNKNOWN)
        elif fee > max(highest, base):
            fee = max(highest, base)
            notices.append(Notice.LIMITED_BY_C2S)
    if act.basket is Basket.CARE and fee > base:
        notices.append(Notice.FEE_OVER_TARIFF)
    if act.basket in (Basket.RAC0, Basket.MODERATE):
        if act.whole_ceiling is None:
            notices.append(Notice.CEILING_UNKNOWN)
        elif fee > act.whole_ceiling:
            notices.append(Notice.FEE_OVER_CEILING)
    return fee, notices


def _amc_share(act: ActToPrice, coverage: CoverageRules, fee: Decimal, base: Decimal, amo: Decimal) -> Decimal:
    if not act.covered:
        return _ZERO
    paid_together = amo
    contract = coverage.amc
    if contract is not None:
        percent = contract.percent_for(act.basket)
        paid_together = max(paid_together, _rounded(base * percent / 100))
    if act.prevention_examination and (contract is not None or coverage.c2s):
        paid_together = max(paid_together, base)
    whole_basket = coverage.c2s or (contract is not None and contract.responsible)
    if whole_basket and act.basket is Basket.RAC0:
        paid_together = max(paid_together, fee if act.whole_ceiling is None else act.whole_ceiling, base)
    if coverage.c2s:
        paid_together = max(paid_together, base)
    return max(min(fee, paid_together) - amo, _ZERO)


def reaches_flat_threshold(act: ActToPrice, base: Decimal, rates: Rates) -> bool:
    """Whether a flat participation takes the place of the ticket modérateur (CCAM field 25 = 1)."""
    return act.covered and "1" in act.exo_codes and base >= rates.flat_threshold


def price_act(
    act: ActToPrice,
    coverage: CoverageRules,
    rates: Rates,
    *,
    participation: Decimal | None = None,
) -> PricedAct:
    """Price one act for a patient.

    participation: the flat participation to charge on this act instead of the ordinary one
    (`price_session` charges it once a session); None for the ordinary rule.
    Raises FormatError `pricing.*` for amounts, modifiers or flags that cannot be.
    """
    base = base_of(act)
    fee, notices = _limited_fee(act, coverage, base)
    reimbursable = min(base, fee)
    rate, justification = _amo_rate(act, coverage, rates)
    amo = _rounded(reimbursable * rate)
    if participation is None and reaches_flat_threshold(act, base, rates):
        participation = rates.flat_participation
    if participation is not None and coverage.amo and rate < _ONE:
        reduced = max(reimbursable - participation, _ZERO)
        if reduced > amo:
            amo, justification = reduced, "C"
            if participation:
                notices.append(Notice.FLAT_PARTICIPATION)
    amc = _amc_share(act, coverage, fee, base, amo)
    third_party = coverage.third_party
    if coverage.c2s or (act.prevention_examination and coverage.amo):
        third_party = ThirdParty.FULL
    due_from_amo = amo if third_party.on_amo else _ZERO
    due_from_amc = amc if third_party.on_amc else _ZERO
    return PricedAct(
        code=act.code,
        fee=fee,
        base=base,
        amo_rate=rate,
        amo=amo,
        amc=amc,
        patient=fee - amo - amc,
        overrun=max(fee - base, _ZERO) if act.covered else _ZERO,
        due_from_amo=due_from_amo,
        due_from_amc=due_from_amc,
        due_from_patient=fee - due_from_amo - due_from_amc,
        third_party=third_party,
        justification=justification,
        notices=tuple(dict.fromkeys(notices)),
    )


def price_session(acts: Sequence[ActToPrice], coverage: CoverageRules, rates: Rates) -> tuple[PricedAct, ...]:
    """Price the acts of one session together.

    The flat participation is charged once, on the first act that reaches its threshold; the other
    acts of the session to which the rule extends (field 25 = 1) are then exempt.
    Raises FormatError `pricing.association` where code 4 is mixed with another.
    """
    codes = {each.association for each in acts if each.association is not None}
    if Association.EXCEPTION in codes and len(codes) > 1:
        raise FormatError("pricing.association", "Association code 4 stands on all acts of a session or on none")
    charged = next(
        (index for index, act in enumerate(acts) if reaches_flat_threshold(act, base_of(act), rates)),
        None,
    )
    if charged is None:
        return tuple(price_act(act, coverage, rates) for act in acts)
    return tuple(
        price_act(
            act,
            coverage,
            rates,
            participation=(
                None if "1" not in act.exo_codes else rates.flat_participation if index == charged else _ZERO
            ),
        )
        for index, act in enumerate(acts)
    )


def at_fee(act: ActToPrice, fee: Decimal) -> ActToPrice:
    """The same act at another fee: quotes compare alternatives."""
    return replace(act, fee=fee)
