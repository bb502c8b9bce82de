"""What an act costs and who pays it."""

import datetime as dt
import doctest
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import pricing
from cuspide.formats.errors import FormatError
from cuspide.formats.pricing import (
    ActToPrice,
    AmcContract,
    Association,
    Basket,
    CoverageRules,
    Exemption,
    Modifier,
    Notice,
    PricedAct,
    ThirdParty,
    add_up,
    basket_of,
    price_act,
    price_session,
    rates_at,
)

DAY = dt.date(2026, 3, 2)
RATES = rates_at(DAY)
NIGHT = Modifier("U", flat=Decimal("25.15"))
SUNDAY = Modifier("F", flat=Decimal("19.06"))
CHILD = Modifier("N", Decimal("1.157"))
YOUNG = Modifier("9", Decimal("1.30"))


def euros(text: str) -> Decimal:
    return Decimal(text)


def act(price: str, group: str = "SDE", fee: str | None = None, **more: object) -> ActToPrice:
    return ActToPrice(
        code="TEST001",
        unit_price=Decimal(price),
        regroupement=group,
        fee=None if fee is None else Decimal(fee),
        **more,  # type: ignore[arg-type]
    )


SCALING = act("28.92", "AXI", exo_tm="5-7")
FILLING_3 = act("68.12", exo_tm="5-7")
CROWN_RAC0 = act("120.00", "PF0", "500.00", ceiling=euros("515.00"))
CROWN_MODERATE = act("120.00", "PF1", "550.00", ceiling=euros("566.50"))
CROWN_FREE = act("107.50", "PFC", "700.00")
IMPLANT = act("0.00", "IMP", "900.00", covered=False)
GERMECTOMY = act("192.28", "ASC", exo_tm="1-7")

NOBODY = CoverageRules()
RESPONSIBLE = CoverageRules(amc=AmcContract(Decimal(100)), third_party=ThirdParty.FULL)
GENEROUS = CoverageRules(amc=AmcContract(Decimal(300)), third_party=ThirdParty.AMO)
C2S = CoverageRules(c2s=True)


@pytest.mark.parametrize(
    ("case", "priced_act", "coverage", "shares"),
    [
        # fee, amo, amc, patient
        ("scaling, AMO alone", SCALING, NOBODY, "28.92 17.35 0.00 11.57"),
        ("scaling, contract", SCALING, RESPONSIBLE, "28.92 17.35 11.57 0.00"),
        ("filling of 3 surfaces", FILLING_3, RESPONSIBLE, "68.12 40.87 27.25 0.00"),
        (
            "a maternity exempts everything",
            FILLING_3,
            CoverageRules(exemptions=frozenset({Exemption.MATERNITY})),
            "68.12 68.12 0.00 0.00",
        ),
        (
            "an ALD does not exempt other care",
            FILLING_3,
            CoverageRules(exemptions=frozenset({Exemption.ALD})),
            "68.12 40.87 0.00 27.25",
        ),
        (
            "an ALD exempts care that belongs to it",
            replace(FILLING_3, related_to_exemption=True),
            CoverageRules(exemptions=frozenset({Exemption.ALD})),
            "68.12 68.12 0.00 0.00",
        ),
        (
            "Alsace-Moselle",
            SCALING,
            CoverageRules(alsace_moselle=True),
            "28.92 26.03 0.00 2.89",
        ),
        (
            "ASPA",
            SCALING,
            CoverageRules(exemptions=frozenset({Exemption.ASPA})),
            "28.92 23.14 0.00 5.78",
        ),
        ("crown of the RAC0 basket", CROWN_RAC0, RESPONSIBLE, "500.00 72.00 428.00 0.00"),
        ("the same without contract", CROWN_RAC0, NOBODY, "500.00 72.00 0.00 428.00"),
        ("the same with C2S", CROWN_RAC0, C2S, "500.00 72.00 428.00 0.00"),
        (
            "C2S pays no more than its own maximum",
            replace(CROWN_RAC0, c2s_maximum=euros("451.25")),
            C2S,
            "451.25 72.00 379.25 0.00",
        ),
        ("moderate basket, 100 %", CROWN_MODERATE, RESPONSIBLE, "550.00 72.00 48.00 430.00"),
        ("moderate basket, 300 %", CROWN_MODERATE, GENEROUS, "550.00 72.00 288.00 190.00"),
        ("moderate basket, C2S", CROWN_MODERATE, C2S, "550.00 72.00 48.00 430.00"),
        ("free basket, 300 %", CROWN_FREE, GENEROUS, "700.00 64.50 258.00 377.50"),
        ("implant, not covered", IMPLANT, GENEROUS, "900.00 0.00 0.00 900.00"),
        ("care over the tariff with C2S", replace(SCALING, fee=euros("40.00")), C2S, "28.92 17.35 11.57 0.00"),
        ("care under the tariff", replace(SCALING, fee=euros("20.00")), RESPONSIBLE, "20.00 12.00 8.00 0.00"),
        ("flat participation of 24 euros", GERMECTOMY, NOBODY, "192.28 168.28 0.00 24.00"),
        ("paid by the contract", GERMECTOMY, RESPONSIBLE, "192.28 168.28 24.00 0.00"),
        (
            "a group shared with physicians",
            act("100.00", "ADC"),
            NOBODY,
            "100.00 70.00 0.00 30.00",
        ),
        (
            "yearly examination, with a contract",
            act("40.00", "DEN", prevention_examination=True),
            RESPONSIBLE,
            "40.00 24.00 16.00 0.00",
        ),
        (
            "yearly examination, without",
            act("40.00", "DEN", prevention_examination=True),
            NOBODY,
            "40.00 40.00 0.00 0.00",
        ),
        (
            "a sealing billed as prevention",
            act("26.03", "AXI", exo_tm="5-7", billed_as_prevention=True),
            NOBODY,
            "26.03 26.03 0.00 0.00",
        ),
        (
            "two of one act",
            act("30.47", fee="60.94", quantity=2),
            RESPONSIBLE,
            "60.94 36.56 24.38 0.00",
        ),
        (
            "two crowns under twice the ceiling",
            replace(CROWN_RAC0, fee=euros("1000.00"), quantity=2),
            RESPONSIBLE,
            "1000.00 144.00 856.00 0.00",
        ),
        ("no right is open", SCALING, CoverageRules(amo=False), "28.92 0.00 0.00 28.92"),
    ],
)
def test_worked_examples(case: str, priced_act: ActToPrice, coverage: CoverageRules, shares: str) -> None:
    priced = price_act(priced_act, coverage, RATES)
    found = f"{priced.fee} {priced.amo} {priced.amc} {priced.patient}"
    assert found == shares, case


@pytest.mark.parametrize(
    ("modifiers", "association", "base"),
    [
        ((), None, "30.47"),
        ((CHILD,), None, "35.25"),  # 30.47 x 1.157 = 35.25379
        ((CHILD, YOUNG), None, "44.39"),  # percentages add up: x 1.457
        ((NIGHT,), None, "55.62"),
        ((NIGHT, SUNDAY), Association.HALF, "59.45"),  # 15.235 rounds up to 15.24
        ((YOUNG,), Association.THREE_QUARTERS, "29.71"),
        ((), Association.EXCEPTION, "30.47"),
    ],
)
def test_the_base_follows_modifiers_and_association(
    modifiers: tuple[Modifier, ...], association: Association | None, base: str
) -> None:
    found = pricing.base_of(act("30.47", modifiers=modifiers, association=association))
    assert str(found) == base


def test_the_rate_is_that_of_the_day() -> None:
    before, after = rates_at(dt.date(2023, 10, 14)), rates_at(dt.date(2023, 10, 15))
    assert price_act(SCALING, NOBODY, before).amo == euros("20.24")
    assert price_act(SCALING, NOBODY, after).amo == euros("17.35")
    with pytest.raises(FormatError) as caught:
        rates_at(dt.date(2018, 12, 31))
    assert caught.value.code == "pricing.date"


@pytest.mark.parametrize(
    ("mode", "due"),
    [
        (ThirdParty.NONE, "0.00 0.00 500.00"),
        (ThirdParty.AMO, "72.00 0.00 428.00"),
        (ThirdParty.FULL, "72.00 428.00 0.00"),
        (ThirdParty.AMC, "0.00 428.00 72.00"),
    ],
)
def test_third_party_payment_decides_who_pays_the_practice(mode: ThirdParty, due: str) -> None:
    coverage = CoverageRules(amc=AmcContract(Decimal(100)), third_party=mode)
    priced = price_act(CROWN_RAC0, coverage, RATES)
    assert f"{priced.due_from_amo} {priced.due_from_amc} {priced.due_from_patient}" == due
    assert priced.patient == 0


def test_a_holder_of_c2s_advances_nothing() -> None:
    priced = price_act(CROWN_RAC0, C2S, RATES)
    assert priced.due_from_patient == 0
    assert priced.third_party is ThirdParty.FULL


@pytest.mark.parametrize(
    ("priced_act", "coverage", "notice"),
    [
        (replace(SCALING, fee=euros("40.00")), NOBODY, Notice.FEE_OVER_TARIFF),
        (replace(SCALING, fee=euros("40.00")), C2S, Notice.LIMITED_BY_C2S),
        (replace(CROWN_RAC0, fee=euros("515.01")), NOBODY, Notice.FEE_OVER_CEILING),
        (replace(CROWN_RAC0, ceiling=None), NOBODY, Notice.CEILING_UNKNOWN),
        (IMPLANT, NOBODY, Notice.NOT_COVERED),
        (GERMECTOMY, NOBODY, Notice.FLAT_PARTICIPATION),
    ],
)
def test_what_a_person_should_know_is_told(priced_act: ActToPrice, coverage: CoverageRules, notice: Notice) -> None:
    assert notice in price_act(priced_act, coverage, RATES).notices


def test_a_contract_pays_the_rac0_basket_only_up_to_the_ceiling() -> None:
    priced = price_act(replace(CROWN_RAC0, fee=euros("600.00")), RESPONSIBLE, RATES)
    assert (priced.amc, priced.patient) == (euros("443.00"), euros("85.00"))


def test_the_flat_participation_is_charged_once_a_session() -> None:
    second = act("41.80", "ASC", exo_tm="1-7")
    first, other, scaling = price_session([GERMECTOMY, second, SCALING], NOBODY, RATES)
    assert (first.patient, other.patient, scaling.patient) == (
        euros("24.00"),
        euros("0.00"),
        euros("11.57"),
    )
    assert (first.justification, other.justification, scaling.justification) == ("C", "C", "0")
    assert add_up([first, other, scaling]).patient == euros("35.57")


def test_association_code_4_is_not_mixed() -> None:
    acts = [
        replace(SCALING, association=Association.EXCEPTION),
        replace(FILLING_3, association=Association.HALF),
    ]
    with pytest.raises(FormatError) as caught:
        price_session(acts, NOBODY, RATES)
    assert caught.value.code == "pricing.association"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (act("-1.00"), "pricing.amount"),
        (act("1.005"), "pricing.amount"),
        (act("NaN"), "pricing.amount"),
        (act("Infinity"), "pricing.amount"),
        (act("99999999999"), "pricing.amount"),
        (act("10.00", fee="-0.01"), "pricing.amount"),
        (act("10.00", modifiers=tuple(Modifier(c) for c in "ABCDE")), "pricing.modifiers"),
        (act("10.00", modifiers=(NIGHT, NIGHT)), "pricing.modifiers_repeated"),
        (act("10.00", modifiers=(Modifier("X", Decimal(0)),)), "pricing.coefficient"),
        (act("10.00", territory=Decimal(-1)), "pricing.coefficient"),
        (act("10.00", billed_as_prevention=True), "pricing.prevention"),
        (act("0.00", covered=False), "pricing.fee_missing"),
        (act("10.00", quantity=0), "pricing.quantity"),
        (act("10.00", quantity=100), "pricing.quantity"),
    ],
)
def test_an_impossible_act_is_refused(wrong: ActToPrice, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        price_act(wrong, NOBODY, RATES)
    assert caught.value.code == code


def test_shares_that_do_not_add_up_cannot_be_made() -> None:
    priced = price_act(SCALING, NOBODY, RATES)
    with pytest.raises(ArithmeticError):
        replace(priced, patient=priced.patient + euros("0.01"))


def test_groups_belong_to_one_basket() -> None:
    assert basket_of("PF0") is Basket.RAC0
    assert basket_of("RE1") is Basket.MODERATE
    assert basket_of("IMP") is Basket.FREE
    assert basket_of("SDE") is Basket.CARE
    assert basket_of("") is Basket.CARE


def test_the_docstring_tells_the_truth() -> None:
    assert doctest.testmod(pricing).failed == 0


cents = st.integers(0, 300_000).map(lambda value: Decimal(value) / 100)
groups = st.sampled_from(["SDE", "AXI", "ASC", "ADC", "PF0", "CM0", "PF1", "RE1", "PFC", "IMP", ""])
modifier_sets = st.lists(
    st.sampled_from([NIGHT, SUNDAY, CHILD, YOUNG]), unique_by=lambda each: each.code, max_size=4
).map(tuple)
contracts = st.builds(
    AmcContract,
    percent=st.integers(0, 600).map(Decimal),
    prosthesis_percent=st.none() | st.integers(0, 600).map(Decimal),
    responsible=st.booleans(),
)
coverages = st.builds(
    CoverageRules,
    exemptions=st.frozensets(st.sampled_from(Exemption), max_size=2),
    alsace_moselle=st.booleans(),
    c2s=st.booleans(),
    amc=st.none() | contracts,
    third_party=st.sampled_from(ThirdParty),
    amo=st.booleans(),
)
acts = st.builds(
    ActToPrice,
    code=st.just("TEST001"),
    unit_price=cents,
    regroupement=groups,
    fee=st.none() | cents,
    covered=st.just(True),
    ceiling=st.none() | cents,
    c2s_maximum=st.none() | cents,
    modifiers=modifier_sets,
    association=st.none() | st.sampled_from(Association),
    exo_tm=st.sampled_from(["", "1", "2", "3", "1-7", "5"]),
    related_to_exemption=st.booleans(),
    prevention_examination=st.booleans(),
)


def shares_of(priced: PricedAct) -> tuple[Decimal, Decimal, Decimal]:
    return priced.amo, priced.amc, priced.patient


@given(acts, coverages, st.dates(dt.date(2019, 1, 1), dt.date(2040, 1, 1)))
def test_shares_always_add_up_and_none_is_negative_or_above_the_fee(
    one: ActToPrice, coverage: CoverageRules, day: dt.date
) -> None:
    priced = price_act(one, coverage, rates_at(day))
    assert sum(shares_of(priced)) == priced.fee
    assert priced.due_from_amo + priced.due_from_amc + priced.due_from_patient == priced.fee
    assert all(0 <= share <= priced.fee for share in shares_of(priced))
    assert priced.amo <= priced.base
    assert all(share == share.quantize(Decimal("0.01")) for share in shares_of(priced))


@given(acts, coverages, cents)
def test_a_higher_fee_lowers_nobodys_share(one: ActToPrice, coverage: CoverageRules, more: Decimal) -> None:
    one = replace(one, fee=one.fee or Decimal(0))
    lower = price_act(one, coverage, RATES)
    higher = price_act(replace(one, fee=(one.fee or Decimal(0)) + more), coverage, RATES)
    for before, after in zip(shares_of(lower), shares_of(higher), strict=True):
        # One cent may move between the payers where the base is rounded at two fees.
        assert after >= before - Decimal("0.01")


@given(acts, coverages, st.integers(0, 600), st.integers(0, 600))
def test_a_better_contract_never_costs_the_patient_more(
    one: ActToPrice, coverage: CoverageRules, percent: int, more: int
) -> None:
    poor = replace(coverage, amc=AmcContract(Decimal(percent), responsible=False))
    rich = replace(coverage, amc=AmcContract(Decimal(percent + more), responsible=True))
    assert price_act(one, rich, RATES).patient <= price_act(one, poor, RATES).patient


@given(acts, coverages)
def test_an_exempt_patient_pays_nothing_of_the_base(one: ActToPrice, coverage: CoverageRules) -> None:
    exempt = replace(coverage, amo=True, exemptions=coverage.exemptions | {Exemption.MATERNITY})
    priced = price_act(replace(one, prevention_examination=False), exempt, RATES)
    assert priced.ticket_moderateur == 0
    assert priced.patient <= priced.overrun


@given(st.lists(acts, max_size=5), coverages)
def test_a_session_totals_what_its_lines_total(several: list[ActToPrice], coverage: CoverageRules) -> None:
    several = [replace(each, association=several[0].association) for each in several]
    priced = price_session(several, coverage, RATES)
    totals = add_up(priced)
    assert totals.amo + totals.amc + totals.patient == totals.fee
    assert totals.due_from_amo + totals.due_from_amc + totals.due_from_patient == totals.fee
    assert len(priced) == len(several)
