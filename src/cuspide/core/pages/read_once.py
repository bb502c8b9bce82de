"""The banner and the cards of a record ask the same things; the store is asked once a page."""

from collections.abc import Callable
from typing import Any, TypeVar

R = TypeVar("R")
_KEPT = "_read_once_a_page"


def once_a_page(read: Callable[[Any], R]) -> Callable[[Any], R]:
    """A read of one record whose answer is kept on the record's instance, which lives as long as its page.

    For what a page shows, after any write of the request; a service reads for itself.
    """

    def kept(record: Any) -> R:
        answers: dict[Any, R] = record.__dict__.setdefault(_KEPT, {})
        if read not in answers:
            answers[read] = read(record)
        return answers[read]

    return kept
