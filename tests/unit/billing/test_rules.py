"""Amounts of an invoice always add up, and what is paid is spread to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.billing.rules import Shares, dues, likely_third_party, number_text, parse_number, spread, sum_of
from cuspide.core.money import euros
from cuspide.formats.pricing import ThirdParty

cents = st.integers(min_value=0, max_value=10_000_000)


def money(value: int) -> Decimal:
    return Decimal(value) / 100


@st.composite
def shares(draw: st.DrawFn) -> Shares:
    """A fee whose shares were rounded as pricing rounds: the AMO rate of the base, half up."""
    fee, base = money(draw(cents)), money(draw(cents))
    rate = Decimal(draw(st.integers(0, 100))) / 100
    amo = min(fee, euros(min(base, fee) * rate))
    amc = min(fee - amo, money(draw(cents)))
    return Shares(fee, base, amo, amc, fee - amo - amc)


@given(st.lists(shares(), max_size=30), st.sampled_from(list(ThirdParty)))
def test_an_invoice_is_the_sum_of_its_lines_whoever_pays(lines: list[Shares], mode: ThirdParty) -> None:
    whole = sum_of(lines)
    assert whole.fee == sum((line.fee for line in lines), Decimal(0))
    assert whole.amo + whole.amc + whole.patient == whole.fee
    due = dues(whole, mode)
    assert due.amo + due.amc + due.patient == whole.fee
    assert min(due.amo, due.amc, due.patient) >= 0
    # The total of the lines' dues is the due of the total: no cent appears in between.
    assert sum((dues(line, mode).patient for line in lines), Decimal(0)) == due.patient


@given(st.lists(st.integers(1, 500_000), max_size=8), st.lists(st.integers(0, 500_000), max_size=8))
def test_what_is_paid_is_spread_to_the_cent(payments: list[int], rests: list[int]) -> None:
    paid, due = [money(value) for value in payments], [money(value) for value in rests]
    if sum(paid) > sum(due):
        with pytest.raises(ValueError):
            spread(paid, due)
        return
    parts = spread(paid, due)
    assert all(part.amount > 0 for part in parts)
    for index, amount in enumerate(paid):
        assert sum((part.amount for part in parts if part.payment == index), Decimal(0)) == amount
    for index, rest in enumerate(due):
        assert sum((part.amount for part in parts if part.invoice == index), Decimal(0)) <= rest
    # The first invoices are paid first.
    filled = [sum((p.amount for p in parts if p.invoice == i), Decimal(0)) == rest for i, rest in enumerate(due)]
    touched = max((part.invoice for part in parts), default=0)
    assert all(filled[:touched])


@pytest.mark.parametrize(
    "bad", [([Decimal(0)], [Decimal(1)]), ([Decimal(-1)], [Decimal(1)]), ([Decimal(1)], [Decimal(-1)])]
)
def test_nothing_and_less_are_not_spread(bad: tuple[list[Decimal], list[Decimal]]) -> None:
    with pytest.raises(ValueError):
        spread(*bad)


def test_shares_that_do_not_add_up_are_refused() -> None:
    for amounts in (("60", "60", "36", "24", "0.01"), ("60", "60", "61", "-1", "0"), ("60", "-1", "60", "0", "0")):
        with pytest.raises(ArithmeticError):
            Shares(*map(Decimal, amounts))


def test_numbers_read_as_they_are_written() -> None:
    assert number_text(2026, 123) == "2026-000123"
    assert number_text(2026, 1234567, "R") == "R2026-1234567"
    assert parse_number(" 2026-000123 ") == parse_number("2026/123") == (2026, 123)
    for text in ("", "2026", "2026-", "-3", "26-1", "2026-1e3", "２０２６-1", "2026-" + "9" * 40, "a-b", "2026-1-2"):
        assert parse_number(text) is None


def test_third_party_is_proposed_only_when_the_acts_agree() -> None:
    assert likely_third_party(["15", "15"]) is ThirdParty.FULL
    assert likely_third_party(["15", "00"]) is ThirdParty.NONE
    assert likely_third_party([]) is ThirdParty.NONE
    assert likely_third_party(["99"]) is ThirdParty.NONE
