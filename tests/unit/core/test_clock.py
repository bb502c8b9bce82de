"""Instants are UTC, days are those on the practice's wall."""

import datetime as dt

import pytest

from cuspide.core import clock


def test_late_in_the_evening_in_utc_it_is_already_tomorrow_in_paris() -> None:
    with clock.freeze(dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)):
        assert clock.today("Europe/Paris") == dt.date(2026, 7, 1)
        assert clock.today("America/Martinique") == dt.date(2026, 6, 30)


def test_a_wall_time_is_the_instant_of_its_season() -> None:
    nine = dt.time(9)
    assert clock.at(dt.date(2026, 1, 5), nine, "Europe/Paris").hour == 8
    assert clock.at(dt.date(2026, 7, 6), nine, "Europe/Paris").hour == 7


def test_both_changes_of_hour_give_an_instant() -> None:
    skipped = clock.at(dt.date(2026, 3, 29), dt.time(2, 30), "Europe/Paris")
    assert clock.local(skipped, "Europe/Paris").time() == dt.time(3, 30)
    twice = clock.at(dt.date(2026, 10, 25), dt.time(2, 30), "Europe/Paris")
    assert twice == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"), clock.freeze(dt.datetime(2026, 1, 1)):
        pass


def test_the_clock_goes_on_after_a_freeze() -> None:
    with clock.freeze(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)):
        pass
    assert clock.now().year > 2020
