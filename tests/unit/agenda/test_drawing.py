"""Where an appointment stands on the page."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cuspide.agenda import drawing

PARIS = ZoneInfo("Europe/Paris")
minute = st.integers(0, 287).map(lambda step: step * 5)
span = st.tuples(minute, st.integers(1, 40)).map(lambda pair: (pair[0], min(1440, pair[0] + pair[1] * 5)))


def test_a_place_is_said_in_classes():
    assert drawing.span_classes(9 * 60 + 30, 10 * 60 + 15) == "h9 m30 dh0 dm45"
    assert drawing.span_classes(14 * 60, 16 * 60) == "h14 m0 dh2 dm0"


def test_two_at_one_time_stand_beside_each_other_and_the_next_has_the_whole_width():
    assert drawing.lanes([(540, 570), (540, 600), (600, 630)]) == [(1, 2), (0, 2), (0, 1)]


@given(st.lists(span, max_size=25))
def test_no_two_appointments_are_drawn_over_each_other(spans):
    placed = drawing.lanes(spans)
    assert len(placed) == len(spans)
    for first in range(len(spans)):
        lane, count = placed[first]
        assert 0 <= lane < count <= drawing.MOST_LANES
        for second in range(first + 1, len(spans)):
            if spans[first][0] < spans[second][1] and spans[second][0] < spans[first][1]:
                assert placed[first][1] == placed[second][1]
                if count < drawing.MOST_LANES:
                    assert placed[first][0] != placed[second][0]


@given(st.lists(span, max_size=4), st.lists(span, max_size=25))
def test_gaps_are_open_free_and_leave_nothing_out(openings, busy):
    found = drawing.gaps(openings, busy, shortest=5)
    for at in range(0, 1440, 5):
        is_open = any(start <= at < end for start, end in openings)
        is_busy = any(start <= at < end for start, end in busy)
        assert any(start <= at < end for start, end in found) == (is_open and not is_busy)


def test_the_frame_holds_whole_hours_around_what_there_is():
    assert drawing.frame([(510, 720), (840, 1125)]) == drawing.Frame(8, 19)
    assert drawing.frame([]) == drawing.Frame(8, 19)
    assert drawing.frame([(1380, 1440)]) == drawing.Frame(23, 24)


def test_closed_hours_are_the_rest_of_the_frame():
    assert drawing.Frame(8, 19).closed([(510, 720), (840, 1140)]) == [(480, 510), (720, 840)]


def test_the_night_of_the_autumn_change_is_drawn_with_the_length_lived():
    # 02:40 summer time to 02:10 winter time: half an hour on every watch, backwards on the wall.
    start = dt.datetime(2026, 10, 25, 0, 40, tzinfo=dt.UTC)
    assert drawing.wall_minutes(start, start + dt.timedelta(minutes=30), PARIS) == (160, 190)


def test_an_appointment_that_ends_at_midnight_reaches_the_foot_of_the_day():
    start = dt.datetime(2026, 11, 24, 22, 30, tzinfo=dt.UTC)
    assert drawing.wall_minutes(start, start + dt.timedelta(minutes=30), PARIS) == (1410, 1440)
