"""Many acts of another program at once, as an import brings them and takes them back. Part of a write that has its
right, transaction and trace."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from cuspide.care.models import EarlierAct
from cuspide.core.db import bulk


def earlier_by_number(program: str, numbers: Collection[str]) -> Mapping[str, EarlierAct]:
    """Those that were brought in before, by their numbers there. One query."""
    found = EarlierAct.objects.filter(program=program, number__in=numbers)
    return {act.number: act for act in found}


def record_earlier(acts: Sequence[EarlierAct]) -> None:
    """Record them, inside the caller's transaction."""
    bulk.insert(acts)


def same_told(one: EarlierAct, other: EarlierAct) -> bool:
    """Whether the other program says the same of both."""
    names = ("code", "stage", "day", "teeth", "teeth_there", "region", "surfaces")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def remove_earlier(uuids: Iterable[UUID]) -> set[UUID]:
    """Remove them. Nobody can have worked on one: those that stay are none."""
    EarlierAct.objects.filter(uuid__in=list(uuids)).delete()
    return set()
