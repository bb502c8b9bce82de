"""Days, hours, ages and amounts read as a French or an English practice writes them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from cuspide.core.pages import typography

NOON = dt.datetime(2026, 3, 7, 11, 0, tzinfo=dt.UTC)


@pytest.fixture
def french() -> Any:
    with translation.override("fr"):
        yield


@pytest.fixture
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("french")
def test_french_days_hours_and_amounts() -> None:
    assert typography.day(dt.date(1984, 3, 7)) == "07/03/1984"
    assert typography.day_long(dt.date(2026, 11, 24)) == "mardi 24\u00a0novembre 2026"
    assert typography.day_long(dt.date(2026, 12, 1)) == "mardi 1er\u00a0décembre 2026"
    assert typography.hour(dt.time(9, 5)) == "09:05"
    assert typography.moment(NOON) == "07/03/2026\u00a012:00"
    assert typography.euros(Decimal("1234.56")) == "1\u202f234,56\u00a0€"
    assert typography.euros(Decimal("-48")) == "\u221248,00\u00a0€"
    assert typography.euros(Decimal("1234567.5")) == "1\u202f234\u202f567,50\u00a0€"
    assert typography.number(12345) == "12\u202f345"
    assert typography.number(Decimal("0.55")) == "0,55"
    assert typography.file_size(0) == "0\u00a0o"
    assert typography.file_size(999_999) == "1\u202f000\u00a0Ko"
    assert typography.file_size(98_400_000) == "98,4\u00a0Mo"
    assert typography.file_size(1_536_000_000) == "1,5\u00a0Go"


@pytest.mark.usefixtures("english")
def test_english_days_and_amounts() -> None:
    assert typography.day(dt.date(1984, 3, 7)) == "7\u00a0Mar\u00a01984"
    assert typography.day_long(dt.date(2026, 11, 24)) == "Tuesday 24\u00a0November 2026"
    assert typography.euros(Decimal("1234.56")) == "€1,234.56"
    assert typography.euros(Decimal("-48")) == "\u2212€48.00"
    assert typography.file_size(1_536_000_000) == "1.5\u00a0GB"


SPANS = [
    ((2026, 11, 23), (2026, 11, 28), "23 – 28\u00a0novembre 2026", "23 – 28\u00a0November 2026"),
    ((2026, 11, 30), (2026, 12, 5), "30\u00a0nov. – 5\u00a0déc. 2026", "30\u00a0Nov. – 5\u00a0Dec. 2026"),
    ((2026, 12, 1), (2026, 12, 5), "1er – 5\u00a0décembre 2026", "1 – 5\u00a0December 2026"),
    ((2026, 12, 28), (2027, 1, 2), "28\u00a0déc. 2026 – 2\u00a0jan. 2027", "28\u00a0Dec. 2026 – 2\u00a0Jan. 2027"),
]


@pytest.mark.parametrize(("first", "last", "in_french", "in_english"), SPANS)
def test_days_from_one_to_another(first: Any, last: Any, in_french: str, in_english: str) -> None:
    for language, told in (("fr", in_french), ("en", in_english)):
        with translation.override(language):
            assert typography.days_between(dt.date(*first), dt.date(*last)) == told
            short = typography.days_between(dt.date(*first), dt.date(*last), this_year=2026)
            assert short == told.removesuffix(" 2026")


@pytest.mark.usefixtures("french")
def test_an_instant_near_midnight_is_told_on_the_wall_of_the_practice() -> None:
    late = dt.datetime(2026, 7, 14, 22, 30, tzinfo=dt.UTC)
    assert typography.day(late) == "15/07/2026"
    assert typography.hour(late) == "00:30"


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("nothing", [None, "", "abc", "32/13/1984", 3.5, float("nan"), object(), [], True])
def test_what_is_no_date_and_no_amount_shows_nothing(nothing: Any) -> None:
    assert typography.day(nothing) == ""
    assert typography.day_long(nothing) == ""
    assert typography.hour(nothing) == ""
    assert typography.euros(nothing) == ""
    assert typography.age(nothing) == ""


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("strange", [Decimal("NaN"), Decimal("Infinity"), "1e999999"])
def test_an_amount_that_is_no_number_does_not_break_a_page(strange: Any) -> None:
    assert typography.euros(strange) in ("", typography.euros(None))


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("born", "told"),
    [
        (dt.date(1984, 3, 7), "42 ans"),
        (dt.date(1984, 11, 25), "41 ans"),
        (dt.date(2018, 1, 1), "8 ans"),
        (dt.date(2023, 11, 24), "3 ans"),
        (dt.date(2023, 11, 25), "35 mois"),
        (dt.date(2026, 9, 24), "2 mois"),
        (dt.date(2026, 11, 23), "1 jour"),
        (dt.date(2026, 11, 24), "0 jour"),
        (dt.date(2027, 1, 1), ""),
    ],
)
def test_an_age_is_told_as_a_record_does(born: dt.date, told: str) -> None:
    assert typography.age(born, dt.date(2026, 11, 24)) == told


@pytest.mark.usefixtures("french")
def test_somebody_born_on_29_february_ages_on_1_march_of_common_years() -> None:
    assert typography.age(dt.date(2004, 2, 29), dt.date(2026, 2, 28)) == "21 ans"
    assert typography.age(dt.date(2004, 2, 29), dt.date(2026, 3, 1)) == "22 ans"
