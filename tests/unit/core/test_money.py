"""Money is whole cents, never a float, rounded half up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.core import money
from cuspide.core.fields import MoneyField, RateField
from cuspide.core.forms import EurosField

cents = st.integers(-(10**12), 10**12)


@given(cents)
def test_cents_come_back_as_they_went(number: int) -> None:
    assert money.to_cents(money.from_cents(number)) == number


@given(st.lists(cents, max_size=50))
def test_a_sum_of_amounts_is_the_sum_of_their_cents(numbers: list[int]) -> None:
    assert money.total(map(money.from_cents, numbers)) == money.from_cents(sum(numbers))


def test_half_a_cent_is_rounded_up() -> None:
    assert money.euros("2.675") == Decimal("2.68")


@pytest.mark.parametrize("function", [money.euros, money.to_cents])
def test_a_float_is_refused(function) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TypeError):
        function(0.1)


def test_a_fraction_of_a_cent_is_never_dropped_in_silence() -> None:
    with pytest.raises(ValueError, match="whole number of cents"):
        MoneyField().get_prep_value(Decimal("1.005"))


def test_a_rate_keeps_two_decimals_of_a_percentage() -> None:
    field = RateField()
    assert field.from_db_value(field.get_prep_value(Decimal("0.6"))) == Decimal("0.6")
    with pytest.raises(ValueError, match="ten thousand"):
        field.get_prep_value(Decimal("0.00001"))


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1 234,56", "1234.56"), ("1\u202f234,56\u00a0€", "1234.56"), ("12", "12.00"), ("12.5", "12.50"), ("0", "0.00")],
)
def test_an_amount_is_read_as_people_type_it(typed: str, amount: str) -> None:
    assert EurosField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["1,2.3", "NaN", "1e5", "-3", "12,345", "99999999999", "dix", "🦷", "٣", "--1"])
def test_a_strange_amount_is_refused_with_a_sentence(typed: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        EurosField().clean(typed)
    assert str(refused.value.messages[0]).endswith(".")
