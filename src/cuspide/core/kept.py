"""An answer that is kept for a while, in this process alone: for what every page asks and may be some seconds old."""

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
_all: list[list[Any]] = []


def kept_for(seconds: float) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Ask again only when the last answer is older than this."""

    def keeping(ask: Callable[[], T]) -> Callable[[], T]:
        kept: list[tuple[float, T]] = []
        _all.append(kept)

        @functools.wraps(ask)
        def answer() -> T:
            if not kept or time.monotonic() > kept[0][0]:
                kept[:] = [(time.monotonic() + seconds, ask())]
            return kept[0][1]

        return answer

    return keeping


def forget() -> None:
    """Ask for everything anew."""
    for kept in _all:
        kept.clear()
