"""Birth dates as the administration gives them, telephone numbers as people write them, searches as people type."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.patients.rules.birth import (
    BirthDateError,
    age_in_years,
    birth_tokens,
    is_lunar,
    parse_birth_date,
    shown_birth_date,
)
from cuspide.patients.rules.phones import PhoneError, national_digits, normalise_phone, shown_phone
from cuspide.patients.rules.query import parse_query


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("07/03/1984", "1984-03-07", "07/03/1984"),
        ("7.3.1984", "1984-03-07", "07/03/1984"),
        ("07 03 1984", "1984-03-07", "07/03/1984"),
        ("07031984", "1984-03-07", "07/03/1984"),
        ("1984-03-07", "1984-03-07", "07/03/1984"),
        ("03/1984", "1984-03-00", "03/1984"),
        ("00/03/1984", "1984-03-00", "03/1984"),
        ("1984", "1984-00-00", "1984"),
        ("31/02/1950", "1950-02-31", "31/02/1950"),
    ],
)
def test_a_birth_date_is_kept_as_given(typed: str, kept: str, shown: str) -> None:
    assert parse_birth_date(typed).text == kept
    assert shown_birth_date(kept) == shown


def test_the_31st_of_february_is_lunar_and_still_has_an_age() -> None:
    born = parse_birth_date("31/02/1950")
    assert is_lunar(born)
    assert born.sort_day == dt.date(1950, 2, 28)
    assert not is_lunar(parse_birth_date("1950"))
    assert not is_lunar(parse_birth_date("28/02/1950"))


@pytest.mark.parametrize("typed", ["", "hier", "07/03/84", "1/1/1", "07/03/1584", "2026-3", "٠٧/٠٣/١٩٨٤", "1" * 500])
def test_what_is_no_birth_date_is_refused(typed: str) -> None:
    with pytest.raises(BirthDateError):
        parse_birth_date(typed)


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 1, 1)))
def test_a_day_of_the_calendar_comes_back_as_it_was(day: dt.date) -> None:
    born = parse_birth_date(f"{day:%d/%m/%Y}")
    assert born.sort_day == day
    assert born.in_calendar
    assert f"{day:%d%m%Y}" in birth_tokens(born.text)
    assert parse_query(f"{day.day}/{day.month}/{day.year}").typed == (f"{day:%d%m%Y}",)


def test_the_age_changes_on_the_birthday() -> None:
    assert age_in_years(dt.date(1984, 3, 7), dt.date(2026, 3, 6)) == 41
    assert age_in_years(dt.date(1984, 3, 7), dt.date(2026, 3, 7)) == 42
    assert age_in_years(dt.date(2024, 2, 29), dt.date(2025, 2, 28)) == 0


@pytest.mark.parametrize(
    "typed",
    ["0639981234", "06 39 98 12 34", "06.39.98.12.34", "06-39-98-12-34", "+33 6 39 98 12 34", "+33 (0)6 39 98 12 34",
     "0033639981234", "+330639981234", "06\u00a039\u202f98 12 34"],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_written(typed: str) -> None:
    assert normalise_phone(typed) == "+33639981234"
    assert national_digits("+33639981234") == "0639981234"
    assert shown_phone("+33639981234") == "06\u00a039\u00a098\u00a012\u00a034"


def test_numbers_from_overseas_and_abroad() -> None:
    assert normalise_phone("0262 12 34 56") == "+262262123456"
    assert national_digits("+262262123456") == "0262123456"
    assert normalise_phone("+32 475 12 34 56") == "+32475123456"
    assert shown_phone("+32475123456") == "+32475123456"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("06 39", "length"), ("12 34 56 78 90", "prefix"), ("chez sa mère", "signs"), ("", "signs"),
     ("+33 6 39", "length"), ("٠٦٣٩٩٨١٢٣٤", "signs"), ("0" * 300, "length")],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(PhoneError) as refused:
        normalise_phone(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("martin léa", ("martin", "lea")),
        ("06 39 98", ("063998",)),
        ("+33 6 39", ("0639",)),
        ("martin 07/03/1984", ("07031984", "martin")),
        ("martin 06 39 98 12 34", ("0639981234", "martin")),
        ("1984-03-07", ("07031984",)),
        ("1042", ("1042",)),
        ("d'ornano", ("d", "ornano")),
        ("   ", ()),
        ("'; DROP TABLE patients_patient; --", ("drop", "table", "patients", "patient")),
        ("%_*", ()),
    ],
)
def test_a_search_is_read_as_it_is_meant(typed: str, terms: tuple[str, ...]) -> None:
    assert parse_query(typed).typed == terms


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("07/03/84", ("07031984", "07032084")),
        ("7.3.84", ("070384", "07031984", "07032084")),
        ("07 03 84", ("070384", "07031984", "07032084")),
        ("070384", ("070384", "07031984", "07032084")),
        ("7 mars 1984", ("07031984",)),
        ("1er août 1984", ("01081984",)),
        ("1984-3-7", ("07031984",)),
        ("03/1984", ("198403",)),
        ("07031984", ("07031984",)),
        ("991399", ("991399",)),
    ],
)
def test_a_birth_date_may_be_typed_in_any_usual_form(typed: str, tokens: tuple[str, ...]) -> None:
    assert [term.beginnings for term in parse_query(typed).terms] == [tokens]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("07.03.84.12.34", ("0703841234",)),
        ("Mars 1984", ("mars", "1984")),
        ("99/99/99", ("99", "99", "99")),
        ("7/3", ("7", "3")),
    ],
)
def test_what_is_no_birth_date_is_read_as_words(typed: str, terms: tuple[str, ...]) -> None:
    assert parse_query(typed).typed == tuple(dict.fromkeys(terms))


def test_a_saint_is_written_in_two_ways() -> None:
    assert [term.beginnings for term in parse_query("St Martin").terms] == [("st", "saint"), ("martin",)]


def test_titles_and_particles_may_be_left_out() -> None:
    assert [term.typed for term in parse_query("Mme de La Tour").essential] == ["tour"]
    assert [term.typed for term in parse_query("Le").essential] == ["le"]


def test_a_nir_is_recognised_in_a_search() -> None:
    assert parse_query("2 84 03 67 482 123 45").nir == "284036748212345"
    assert parse_query("2 84 03 2a 004 123").nir == "284032A004123"


@given(st.text(max_size=400))
def test_no_search_breaks(typed: str) -> None:
    query = parse_query(typed)
    assert len(query.terms) <= 8
    for term in query.terms:
        for beginning in term.beginnings:
            assert beginning.isascii()
            assert beginning.isalnum()
