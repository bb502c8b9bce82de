"""What would be lost by going back to an earlier point: what was written since, by name.

A point is known by how far the numbers of the rows had come: they only rise, so that whatever has a higher one was
written later, whatever the clock said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from cuspide.audit import naming
from cuspide.audit.models import Entry
from cuspide.core import registry

SHOWN = 50
"""So many lines of each kind are shown, the newest first."""


@dataclass(frozen=True)
class Lost:
    """One kind of what was written: how many there were at the point and are now, and those of since by name."""

    label: Any
    then: int
    now: int
    since: int
    lines: list[registry.WrittenLine]


def marks() -> dict[str, Any]:
    """How far the numbers have come in the store that is open, and how many there are of each kind."""
    kinds = {}
    for one in registry.written:
        found = one.rows().aggregate(last=Max("pk"), count=Count("pk"))
        kinds[one.key] = [found["last"] or 0, found["count"]]
    newest = Entry.objects.order_by("-pk").values_list("pk", "at").first()
    return {"written": kinds, "entry": newest[0] if newest else 0, "at": newest[1].isoformat() if newest else ""}


def since(marks: Mapping[str, Any]) -> list[Lost]:
    """What the living store has and the point has not. Two or three queries a kind."""
    found = []
    for one in registry.written:
        last, then = marks["written"].get(one.key, (0, 0))
        rows = one.rows().filter(pk__gt=last).order_by("-pk")
        newest = [one.line(row) for row in rows[:SHOWN]]
        count = len(newest) if len(newest) < SHOWN else rows.count()
        found.append(Lost(one.label, then, one.rows().count(), count, newest))
    return found


def deeds_since(marks: Mapping[str, Any]) -> list[tuple[Any, int]]:
    """What was done since by the trace, without what was only shown: words and how often, the most frequent first."""
    counted = Entry.objects.filter(pk__gt=marks["entry"]).values_list("action").annotate(count=Count("pk"))
    told = [(naming.said(action), count) for action, count in counted if not naming.only_shows(action)]
    return sorted(told, key=lambda one: (-one[1], str(one[0])))
