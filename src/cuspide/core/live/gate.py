"""Who is behind a session, asked of the room that knows persons."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from cuspide.core.actor import Actor
from cuspide.core.registry import Point


@dataclass(frozen=True)
class Gate:
    """`people(keys)` gives the actors of those sessions that are open: signed in as far as a page asks, not ended, not
    locked. It asks the store a number of queries that does not depend on how many there are."""

    key: str
    people: Callable[[Collection[str]], Mapping[str, Actor]]
    order: int = 50


gates: Point[Gate] = Point("gates")


def people(keys: Collection[str]) -> dict[str, Actor]:
    """The sessions that every gate lets through, as the last one knows them."""
    found: dict[str, Actor] = {}
    left = set(keys)
    for gate in gates:
        found = dict(gate.people(left)) if left else {}
        left = set(found)
    return found
