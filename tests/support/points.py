"""A room's contributions changed for one test: the one place that knows how a `Point` keeps them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cuspide.core.registry import Contribution, Point


@contextmanager
def also(point: Point[Any], item: Contribution) -> Iterator[None]:
    """`item` beside what the rooms added; one of the same key gives way to it."""
    with only(point, *(one for one in point if one.key != item.key), item):
        yield


@contextmanager
def only(point: Point[Any], *items: Contribution) -> Iterator[None]:
    """`items` and nothing else."""
    kept = point._items
    point._items = {}
    try:
        for item in items:
            point.add(item)
        yield
    finally:
        point._items = kept
