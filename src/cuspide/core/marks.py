"""What a view says of itself besides who reaches it (`core.rights`): whether it is asked by a page rather than by a
person, and whether a locked workstation reaches it."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def polled(view: View) -> View:
    """Mark a view that open pages ask again by themselves: an answer is no sign that somebody is there."""
    view.cuspide_polled = True  # type: ignore[attr-defined]
    return view


def open_when_locked(view: View) -> View:
    """Mark one of the few views that a locked workstation reaches. It shows nothing of the practice."""
    view.cuspide_open_when_locked = True  # type: ignore[attr-defined]
    return view


def is_polled(view: Callable[..., Any]) -> bool:
    return bool(getattr(view, "cuspide_polled", False))


def is_open_when_locked(view: Callable[..., Any]) -> bool:
    return bool(getattr(view, "cuspide_open_when_locked", False))
