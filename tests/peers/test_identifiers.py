"""Our keys of national numbers against python-stdnum, and against the arithmetic written out once more."""

from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.fr import nir as stdnum_nir

from cuspide.formats import finess, nir, rpps

departments = st.one_of(
    st.integers(1, 95).map(lambda number: f"{number:02d}"), st.sampled_from(["2A", "2B", "97", "98", "99"])
)
numbers = st.builds(
    lambda sex, year, month, department, rest: f"{sex}{year:02d}{month:02d}{department}{rest:06d}",
    st.sampled_from("12"),
    st.integers(0, 99),
    st.one_of(st.integers(1, 12), st.integers(20, 42), st.integers(50, 99)),
    departments,
    st.integers(1, 999_999),
)


def key_by_hand(number: str) -> str:
    corsica = {"2A": "19", "2B": "18"}
    digits = number[:5] + corsica.get(number[5:7], number[5:7]) + number[7:]
    return f"{97 - int(digits) % 97:02d}"


@given(numbers)
def test_every_nir_we_accept_is_one_to_stdnum_too(number: str) -> None:
    parsed = nir.parse(number)
    assert parsed.key == key_by_hand(number)
    assert stdnum_nir.is_valid(parsed.full)


@given(numbers, st.integers(0, 14), st.sampled_from("0123456789"))
def test_a_mistyped_digit_is_refused_by_both(number: str, place: int, digit: str) -> None:
    right = nir.parse(number).full
    wrong = right[:place] + digit + right[place + 1 :]
    if wrong == right:
        return
    if nir.is_valid(wrong):
        assert stdnum_nir.is_valid(wrong)
    if not stdnum_nir.is_valid(wrong):
        assert not nir.is_valid(wrong)
    # 97 is prime and divides no power of ten: one wrong digit always changes the key, outside Corsica's letters.
    if right[5:7].isdigit():
        assert not nir.is_valid(wrong)


def test_printed_examples_are_read() -> None:
    """Numbers that public documents give as examples."""
    for example in ("2 55 08 14 168 025 38", "1 51 02 46102 043 25", "2 95 10 99 126 111 93"):
        assert nir.is_valid(example)
        assert stdnum_nir.is_valid(example)


@given(st.integers(0, 10**10 - 1))
def test_rpps_and_finess_carry_a_luhn_digit(number: int) -> None:
    assert luhn.is_valid(rpps.with_check_digit(f"{number:010d}"))
    assert luhn.is_valid(finess.with_check_digit(f"{number % 10**8:08d}"))
