"""What becomes of the rows that name a patient when two records of one person are merged.

Every foreign key to `Patient`, of whatever room, is found in the models and moved to the patient kept. A row that
would break a constraint there (the same contact twice) stays with the record that is hidden, unless a rule of its room
settles it. A room adds a rule to say that, or by which name the rows are counted for whoever decides.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cuspide.core.registry import Point
from cuspide.core.rights import Right
from cuspide.patients.models import Patient


@dataclass(frozen=True)
class MergeRule:
    """Of one foreign key to `Patient`; `key` is `agenda.appointment.patient`.

    `label` names the rows where they are counted, before a merge, for whoever has `right`. `settle(row, kept)` is asked
    of a row that cannot be moved as it is: it gives the columns to change with the move (empty: the row stays).
    `stays`: such rows are never moved.
    """

    key: str
    label: Any = ""
    right: Right | None = None
    settle: Callable[[Any, Patient], Mapping[str, Any]] | None = None
    stays: bool = False
    order: int = 50


merge_rules: Point[MergeRule] = Point("merge_rules")


def key_of(column: Any) -> str:
    return f"{column.model._meta.label_lower}.{column.name}"


def columns() -> Iterator[Any]:
    """Every foreign key to `Patient`, of every room, in a fixed order."""
    relations: list[Any] = list(Patient._meta.get_fields(include_hidden=True))
    found = [
        relation.field
        for relation in relations
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    yield from sorted(found, key=key_of)


def moved_columns() -> Iterator[Any]:
    """Those whose rows go with a merge."""
    for column in columns():
        key = key_of(column)
        if not (key in merge_rules and merge_rules[key].stays):
            yield column
