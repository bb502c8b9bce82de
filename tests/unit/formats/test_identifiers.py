"""NIR, RPPS and FINESS as the secretary types them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import nir as stdnum_nir

from cuspide.formats import finess, nir, rpps
from cuspide.formats.errors import FormatError
from tests.unit.formats.outcomes import outcome


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """The 13 characters of a NIR that could exist."""
    month = draw(st.one_of(st.integers(1, 12), st.integers(20, 42), st.integers(50, 99)))
    department = draw(st.one_of(st.sampled_from(["2A", "2B", "99"]), st.integers(1, 99).map("{:02d}".format)))
    rest = draw(st.integers(0, 999_999))
    year = draw(st.integers(0, 99))
    return f"{draw(st.sampled_from('123478'))}{year:02d}{month:02d}{department}{rest:06d}"


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("295109912611193", "295109912611193"),
        ("2 95 10 99 126 111 93", "295109912611193"),
        ("2.95.10.99.126.111", "295109912611193"),
        ("2\u202f95\u00a010 99 126 111/93", "295109912611193"),
        ("253072a073004", "253072A07300443"),
        ("2 53 07 2B 073 004 70", "253072B07300470"),
        ("279035121518989", "279035121518989"),
        ("162018885045327", "162018885045327"),
    ],
)
def test_a_nir_is_read_with_or_without_key_and_spaces(typed: str, full: str) -> None:
    assert nir.parse(typed).full == full


def test_a_nir_tells_sex_birth_and_place() -> None:
    known = nir.parse("253072A07300443")
    assert known.sex is nir.Sex.FEMALE
    assert (known.year, known.month) == (53, 7)
    assert known.birth_year(not_after=2026) == 1953
    assert known.birth_department == "2A"
    assert known.birth_place == "2A073"
    assert known.formatted == "2 53 07 2A 073 004 43"
    assert not known.is_temporary
    assert nir.parse("126019712300 1").birth_department == "971"
    assert nir.parse("1260197123001").birth_year(not_after=2026) == 2026
    assert nir.parse("1270197123001").birth_year(not_after=2026) == 1927


def test_a_birth_abroad_has_no_department() -> None:
    known = nir.parse("295109912611193")
    assert known.is_born_abroad
    assert known.birth_department is None
    assert known.birth_place == "99126"


@pytest.mark.parametrize("month", [20, 30, 42, 50, 62, 99])
def test_a_month_that_the_register_does_not_know_is_no_month(month: int) -> None:
    known = nir.parse(f"185{month:02d}75056789")
    assert known.month is None
    assert known.month_code == month


@pytest.mark.parametrize(
    ("first", "sex"),
    [("3", nir.Sex.MALE), ("4", nir.Sex.FEMALE), ("7", nir.Sex.MALE), ("8", nir.Sex.FEMALE)],
)
def test_a_temporary_number_is_accepted_and_told(first: str, sex: nir.Sex) -> None:
    known = nir.parse(f"{first}850799126111")
    assert known.is_temporary
    assert known.sex is sex


@pytest.mark.parametrize(
    ("typed", "code", "position"),
    [
        ("", "nir.empty", None),
        ("   ", "nir.empty", None),
        ("29510991261119", "nir.length", None),
        ("2951099126111931", "nir.length", None),
        ("1" * 5000, "nir.length", None),
        ("2 95 1O 99 126 111", "nir.character", 7),
        ("253072C073004", "nir.character", 7),
        ("25307AA073004", "nir.character", 6),
        ("٢951099126111", "nir.character", 1),
        ("²951099126111", "nir.character", 1),
        ("95", "nir.length", None),
        ("0951099126111", "nir.first_digit", 1),
        ("9951099126111", "nir.first_digit", 1),
        ("2951399126111", "nir.month", 4),
        ("2954599126111", "nir.month", 4),
        ("2950099126111", "nir.month", 4),
        ("2951000126111", "nir.department", 6),
        ("2 95 10 99 126 111 94", "nir.key", 20),
    ],
)
def test_a_wrong_nir_says_why_and_where(typed: str, code: str, position: int | None) -> None:
    with pytest.raises(FormatError) as caught:
        nir.parse(typed)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_a_wrong_key_says_the_right_one() -> None:
    with pytest.raises(FormatError) as caught:
        nir.parse("295109912611194")
    assert caught.value.params == {"expected": "93", "found": "94"}


@pytest.mark.parametrize("typed", ["295109912611194", "2951399126111", "295109912611X"])
def test_neither_an_error_nor_a_repr_shows_the_number(typed: str) -> None:
    with pytest.raises(FormatError) as caught:
        nir.parse(typed)
    assert typed[:8] not in str(caught.value)
    assert "99126" not in repr(nir.parse("295109912611193"))


@given(numbers())
def test_every_number_with_its_key_is_read_and_agrees_with_the_reference(number: str) -> None:
    full = number + nir.compute_key(number)
    assert nir.parse(full).number == number
    assert stdnum_nir.is_valid(full)


@given(numbers(), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, by: int) -> None:
    full = number + nir.compute_key(number)
    if not full[place].isdigit():
        return
    wrong = full[:place] + str((int(full[place]) + by) % 10) + full[place + 1 :]
    assert not nir.is_valid(wrong)


@given(st.text(max_size=80))
def test_any_text_is_an_identifier_or_a_format_error(text: str) -> None:
    for parse in (nir.parse, rpps.parse, finess.parse):
        found = outcome(parse, text)
        if isinstance(found, FormatError):
            assert found.position is None or 1 <= found.position <= len(text) + 1


@pytest.mark.parametrize("typed", ["10003456786", "1000 345 6786"])
def test_an_rpps_is_read(typed: str) -> None:
    assert rpps.with_check_digit("1000345678") == rpps.parse(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "rpps.length"),
        ("1000345678", "rpps.length"),
        ("10003456783", "rpps.check_digit"),
        ("1000345678A", "rpps.character"),
    ],
)
def test_a_wrong_rpps_says_why(typed: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        rpps.parse(typed)
    assert caught.value.code == code


@pytest.mark.parametrize("number", ["200102689", "200102168"])
def test_the_examples_of_the_specification_are_finess_numbers(number: str) -> None:
    assert finess.parse(number) == number


def test_a_corsican_finess_is_checked_and_sent_as_digits() -> None:
    assert finess.parse("2b 000 0020") == "2B0000020"
    assert finess.transmitted("2B0000020") == "200200020"
    assert finess.is_valid(finess.transmitted("2A0000014"))
    assert finess.transmitted("200102689") == "200102689"


@given(st.integers(0, 10**10 - 1), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_an_rpps_is_always_noticed(start: int, place: int, by: int) -> None:
    number = rpps.with_check_digit(f"{start:010d}")
    assert rpps.is_valid(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not rpps.is_valid(wrong)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("75000", "finess.length"),
        ("2C0000014", "finess.character"),
        ("7A0000014", "finess.character"),
        ("2A0000015", "finess.check_digit"),
    ],
)
def test_a_wrong_finess_says_why(typed: str, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        finess.parse(typed)
    assert caught.value.code == code
