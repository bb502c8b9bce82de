"""Public holidays as the calendar of the French Republic had them."""

import datetime as dt

import pytest

from cuspide.agenda.holidays import easter, holiday, public_holidays


@pytest.mark.parametrize(
    ("year", "day"),
    [(2021, "2021-04-04"), (2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")],
)
def test_easter_falls_where_the_calendar_has_it(year, day):
    assert easter(year) == dt.date.fromisoformat(day)


def test_the_movable_days_of_2026():
    assert {day.isoformat() for day in public_holidays(2026)} >= {"2026-04-06", "2026-05-14", "2026-05-25"}


def test_a_year_has_eleven_of_them_unless_two_meet():
    # In 2008 Ascension Day fell on 1 May.
    assert len(public_holidays(2026)) == 11
    assert len(public_holidays(2008)) == 10


def test_an_ordinary_tuesday_is_none():
    assert holiday(dt.date(2026, 11, 24)) is None
