"""A day, an hour or a month is read however people write it; what is none is refused, whatever it is."""

import pytest

from cuspide.formats.dates import read_day, read_hour, read_month
from cuspide.formats.errors import FormatError
from tests.support.dates import DAYS, HOURS, MONTHS, NO_DAYS, NO_HOURS, NO_MONTHS


@pytest.mark.parametrize(("typed", "meant"), DAYS.items())
def test_a_day_is_read_however_it_is_typed(typed: str, meant: str) -> None:
    assert read_day(typed).isoformat() == meant


@pytest.mark.parametrize("typed", NO_DAYS)
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(FormatError):
        read_day(typed)


@pytest.mark.parametrize(("typed", "meant"), HOURS.items())
def test_an_hour_is_read_however_it_is_typed(typed: str, meant: str) -> None:
    assert f"{read_hour(typed):%H:%M}" == meant


@pytest.mark.parametrize("typed", NO_HOURS)
def test_what_is_no_hour_is_refused(typed: str) -> None:
    with pytest.raises(FormatError):
        read_hour(typed)


@pytest.mark.parametrize(("typed", "meant"), MONTHS.items())
def test_a_month_is_read_however_it_is_typed(typed: str, meant: str) -> None:
    assert f"{read_month(typed):%Y-%m-%d}" == f"{meant}-01"


@pytest.mark.parametrize("typed", NO_MONTHS)
def test_what_is_no_month_is_refused(typed: str) -> None:
    with pytest.raises(FormatError):
        read_month(typed)


def test_a_day_that_is_not_in_the_calendar_is_told_from_what_is_no_day() -> None:
    for typed, code in (("31/02/2026", "day.calendar"), ("01/01/0001", "day.year"), ("soon", "day.form")):
        with pytest.raises(FormatError) as refused:
            read_day(typed)
        assert refused.value.code == code
