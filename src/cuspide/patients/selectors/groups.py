"""The patients among whom duplicates are looked for, group by group, as an index of the store gives them.

Each stage walks one index in its order. A block is as many groups as hold some two thousand records; a group of one is
nobody's duplicate and is passed over in the store.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from cuspide.patients.models import ContactPoint, Patient, Posting
from cuspide.patients.rules import blocking
from cuspide.patients.rules.likeness import Profile
from cuspide.patients.rules.tokens import Rank
from cuspide.patients.selectors.duplicates import COMPARED, profile_of

ROWS_A_BLOCK = 2000
_KEYS_A_BLOCK = 400
LARGEST = 20_000
"""Records of one birth day, or of one family name, that are still held in memory together."""


@dataclass(frozen=True)
class Stage:
    """What is walked: the rows, the column by whose order, the way from a row to its patient, the largest group that
    is looked into, and the keys by which its records are paired."""

    key: str
    rows: Callable[[], QuerySet[Any]]
    column: str
    to_patient: str
    largest: int
    keys_of: Callable[[Profile], Iterable[blocking.Key]]


@dataclass(frozen=True)
class Block:
    """Groups of patients, the key after which the next block begins (None: there is none), and how many groups were
    too large to be looked into."""

    groups: Sequence[Sequence[Profile]]
    after: str | None
    left_out: int


def _patients() -> QuerySet[Patient]:
    return Patient.objects.filter(merged_into__isnull=True)


def _numbered() -> QuerySet[Patient]:
    return _patients().exclude(nir="")


def _contacts() -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(ended_at__isnull=True, patient__merged_into__isnull=True)


def _family_names() -> QuerySet[Posting]:
    return Posting.objects.filter(rank__in=[Rank.FAMILY_NAME, Rank.NAME_AT_BIRTH])


STAGES: Sequence[Stage] = (
    Stage("nir", _numbered, "nir", "", blocking.MOST, blocking.same_group),
    Stage("birth", _patients, "born_on", "", LARGEST, blocking.born_alike),
    Stage("contact", _contacts, "normalised", "patient__", blocking.MOST, blocking.same_group),
    Stage("name", _family_names, "token", "patient__", LARGEST, blocking.named_alike),
)


def next_block(stage: Stage, after: str) -> Block:
    """The groups that follow the key `after` ("": from the first). Two queries."""
    rows = stage.rows()
    if after:
        rows = rows.filter(**{f"{stage.column}__gt": dt.date.fromisoformat(after) if stage.key == "birth" else after})
    counted = rows.order_by(stage.column).values(stage.column).annotate(rows=Count("pk")).filter(rows__gt=1)
    keys: list[Any] = []
    size = left_out = 0
    following = None
    for key, count in counted.values_list(stage.column, "rows")[:_KEYS_A_BLOCK]:
        if count > stage.largest:
            left_out += 1
        elif size and size + count > ROWS_A_BLOCK:
            return Block(_groups(stage, keys), following, left_out)
        else:
            keys.append(key)
            size += count
        following = str(key)
    return Block(_groups(stage, keys), following, left_out)


def _groups(stage: Stage, keys: Sequence[Any]) -> list[list[Profile]]:
    if not keys:
        return []
    columns = [stage.to_patient + name for name in COMPARED]
    groups: dict[Any, dict[int, Profile]] = {}
    rows = stage.rows().filter(**{f"{stage.column}__in": keys}).order_by()
    for key, *found in rows.values_list(stage.column, *columns):
        groups.setdefault(key, {})[found[0]] = profile_of(found)
    return [list(group.values()) for group in groups.values()]
