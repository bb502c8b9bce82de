"""The agenda as drawn: minutes of the wall, lanes for what overlaps, free gaps, and the classes that place them.

A place is said in classes whose rules stand in `frontend/src/agenda/positions.css` (the Content-Security-Policy
refuses `style`): `h9 m30` begins at 09:30, `dh0 dm45` lasts 45 minutes, `at1 of2` is the second of two lanes.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY = 24 * 60
MOST_LANES = 6
"""More appointments than this at one time share the last lane: beyond, nobody could read them."""


def wall_minutes(starts_at: dt.datetime, ends_at: dt.datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Minutes since the midnight of the day it begins, as the wall clock reads them.

    Over the autumn change the wall may read an end before the beginning: the drawn length is then the lived one.
    """
    start = starts_at.astimezone(zone)
    end = ends_at.astimezone(zone)
    first = start.hour * 60 + start.minute
    last = end.hour * 60 + end.minute + (DAY if end.date() > start.date() else 0)
    if last <= first:
        last = min(DAY, first + int((ends_at - starts_at).total_seconds() // 60))
    return first, last


def span_classes(start: int, end: int) -> str:
    """Classes that place a span of minutes of the day, on the grid of five minutes."""
    length = max(5, end - start)
    return f"h{start // 60} m{start % 60 // 5 * 5} dh{length // 60} dm{length % 60 // 5 * 5}"


def lanes(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each span, the lane it lies in and the number of lanes of its group, in the order given.

    A group is what overlaps directly or through others. The earliest takes the leftmost lane that is free.
    """
    placed: list[tuple[int, int]] = [(0, 1)] * len(spans)
    group: list[int] = []
    ends: list[int] = []
    until = -1

    def close() -> None:
        for index in group:
            placed[index] = (min(placed[index][0], MOST_LANES - 1), min(len(ends), MOST_LANES))

    for index in sorted(range(len(spans)), key=lambda at: (spans[at][0], -spans[at][1], at)):
        start, end = spans[index]
        if start >= until:
            close()
            group, ends, until = [], [], -1
        lane = next((number for number, free_from in enumerate(ends) if free_from <= start), len(ends))
        ends[lane : lane + 1] = [end]
        placed[index] = (lane, 1)
        group.append(index)
        until = max(until, end)
    close()
    return placed


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or overlap made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > start:
            found.append((start, end))
    return found


def gaps(
    openings: Iterable[tuple[int, int]], busy: Iterable[tuple[int, int]], shortest: int = 15
) -> list[tuple[int, int]]:
    """Free spans of the opening hours, at least `shortest` minutes long."""
    taken = merged(busy)
    found = []
    for opens, closes in merged(openings):
        at = opens
        for start, end in taken:
            if end <= at or start >= closes:
                continue
            if start - at >= shortest:
                found.append((at, start))
            at = max(at, end)
        if closes - at >= shortest:
            found.append((at, closes))
    return found


@dataclass(frozen=True)
class Frame:
    """The hours a page shows: whole hours, the first and the one after the last."""

    first: int
    last: int

    @property
    def hours(self) -> list[str]:
        return [f"{hour:02d}:00" for hour in range(self.first, self.last)]

    def closed(self, openings: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """The closed spans inside the frame."""
        return gaps([(self.first * 60, self.last * 60)], openings, shortest=5)


def frame(spans: Iterable[tuple[int, int]]) -> Frame:
    """The smallest frame of whole hours around opening hours and appointments; 08:00 to 19:00 when there are none."""
    known = list(spans)
    if not known:
        return Frame(8, 19)
    first = min(start for start, _end in known) // 60
    last = -(-max(end for _start, end in known) // 60)
    return Frame(max(0, first), min(24, max(last, first + 1)))
