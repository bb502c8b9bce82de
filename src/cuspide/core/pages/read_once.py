"""The banner and the cards of a record ask the same things; the store is asked once a page."""

from collections.abc import Callable
from typing import Any, TypeVar

R = TypeVar("R")
_KEPT = "_read_once_a_page"


def once_a_page(read: Callable[..., R]) -> Callable[..., R]:
    """A read of one record (its last argument) whose answer is kept on the record's instance, which lives as long as
    its page; whoever reads is the same all that time.

    For what a page shows, after any write of the request; a service reads for itself.
    """

    def kept(*asked: Any) -> R:
        answers: dict[Any, R] = asked[-1].__dict__.setdefault(_KEPT, {})
        if read not in answers:
            answers[read] = read(*asked)
        return answers[read]

    return kept
