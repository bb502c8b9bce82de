"""What holds an act fast. Care knows no invoice: a room that has put an act on a document adds a lock here, and care
then refuses to change or void the act, with the lock's own sentence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cuspide.core.errors import DomainError
from cuspide.core.registry import Point


@dataclass(frozen=True)
class ActLock:
    """`held(act_ids)` answers for all at once: primary key of an act to the sentence that says what holds it ("On
    invoice 2026-0012"). It may ask the store once, whatever the number of acts."""

    key: str
    held: Callable[[Sequence[int]], Mapping[int, Any]]
    order: int = 50


act_locks: Point[ActLock] = Point("act_locks")


def held(act_ids: Iterable[int]) -> dict[int, Any]:
    """The acts that something holds, with the first sentence that says so."""
    wanted = list(act_ids)
    found: dict[int, Any] = {}
    if wanted:
        for lock in act_locks:
            for act_id, sentence in lock.held(wanted).items():
                found.setdefault(act_id, sentence)
    return found


def refuse_if_held(act_id: int) -> None:
    """DomainError with the lock's sentence when something holds the act."""
    sentence = held([act_id]).get(act_id)
    if sentence is not None:
        raise DomainError(sentence)
