"""Make two records of one person one, and take it back."""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.patients import merging, permissions, reach
from cuspide.patients.models import Merge, MergeStep, Patient
from cuspide.patients.rules import merging as rules
from cuspide.patients.services import index

_AT_ONCE = 500
_DOUBTED = _("Say that you looked: the two records may be of two people.")
_CHANGED = _("One of the two records changed since you opened this page. Look at it again.")
_MERGED = _("One of the two records is already merged into another.")


def merge(
    actor: Actor,
    kept: Patient,
    lost: Patient,
    *,
    choices: Mapping[str, str],
    reason: str,
    sure: bool,
    versions: tuple[int, int],
) -> Merge:
    """Bring everything of `lost` to `kept`; `choices` maps blocks of `rules.BLOCKS` to a side.

    `versions` are those that were looked at. Raises FieldErrors without a reason, or where there is doubt and the actor
    is not `sure`; DomainError when either is merged, or changed since.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise FieldErrors({"reason": _("Say why the two records are one person.")})
    if kept.pk == lost.pk:
        raise DomainError(_MERGED)
    with transaction.atomic():
        kept, lost = _locked(kept.pk, lost.pk)
        for one in (kept, lost):
            reach.require(actor, permissions.MERGE, one)
            if one.merged_into_id is not None:
                raise DomainError(_MERGED)
        if (kept.version, lost.version) != versions:
            raise DomainError(_CHANGED)
        if rules.doubts(kept, lost) and not sure:
            raise FieldErrors({"sure": _DOUBTED})
        made = Merge.objects.create(kept=kept, lost=lost, reason=reason, merged_by=actor.label)
        steps = list(_move_all(made, kept, lost))
        for changes in rules.values(kept, lost, choices).values():
            steps.append(_change(made, kept, changes))
        kept.refresh_from_db(fields=["guarantor"])
        if kept.guarantor_id in (kept.pk, lost.pk):
            steps.append(_change(made, kept, {"guarantor_id": None}))
        steps.append(_change(made, lost, {"merged_into_id": kept.pk}))
        MergeStep.objects.bulk_create(steps, batch_size=_AT_ONCE)
        _settled(kept, lost)
        for one, other in ((kept, lost), (lost, kept)):
            detail = {"other": str(other.uuid), "rows": len(steps)}
            trail.record(actor, "patients.merge", subject=one, patient_uuid=one.uuid, detail=detail)
    return made


@dataclass(frozen=True)
class Undone:
    """How many rows went back, and how many were changed since and stay as they are."""

    back: int
    left: int


def undo(actor: Actor, done: Merge) -> Undone:
    """Give both records back what they were. What was added since stays with the one kept; a row in which
    somebody changed what the merge had changed stays as it is.

    Raises DomainError when it is undone already, or when one of the two was merged again since.
    """
    with transaction.atomic():
        kept, lost = _locked(done.kept_id, done.lost_id)
        reach.require(actor, permissions.MERGE, kept)
        done = Merge.objects.get(pk=done.pk)
        if done.undone_at is not None:
            raise DomainError(_("This merge is undone already."))
        if later(done):
            raise DomainError(_("One of the two records was merged again since: undo that first."))
        outcomes = list(_restore_all(done))
        back, left = outcomes.count(True), outcomes.count(False)
        if Patient.objects.filter(pk=lost.pk, merged_into__isnull=False).exists():
            raise DomainError(_MERGED)
        Merge.objects.filter(pk=done.pk).update(undone_at=clock.now(), undone_by=actor.label)
        _settled(kept, lost)
        for one, other in ((kept, lost), (lost, kept)):
            detail = {"other": str(other.uuid), "rows": back, "left": left}
            trail.record(actor, "patients.undo_merge", subject=one, patient_uuid=one.uuid, detail=detail)
    return Undone(back, left)


def later(done: Merge) -> bool:
    """Whether another merge that holds came after and touches one of the two."""
    two = [done.kept_id, done.lost_id]
    holding = Merge.objects.filter(pk__gt=done.pk, undone_at__isnull=True)
    return holding.filter(Q(kept__in=two) | Q(lost__in=two)).exists()


def _locked(kept: int, lost: int) -> tuple[Patient, Patient]:
    """Both, in one order whoever asks: two merges that cross wait for each other instead of blocking each other."""
    rows = {one.pk: one for one in locks.held(Patient.objects).filter(pk__in=[kept, lost]).order_by("pk")}
    return rows[kept], rows[lost]


def _settled(kept: Patient, lost: Patient) -> None:
    """A form that was opened on either before is a form of before; the search finds what is there now."""
    Patient.objects.filter(pk__in=[kept.pk, lost.pk]).update(version=F("version") + 1)
    for one in (kept, lost):
        one.refresh_from_db()
        reach.forget(one)
        index.refresh(one)


def _move_all(made: Merge, kept: Patient, lost: Patient) -> Iterator[MergeStep]:
    for column in merging.moved_columns():
        rows = column.model._base_manager.filter(**{column.attname: lost.pk}).order_by("pk")
        if merging.constrained(column):
            for row in list(rows):
                yield from _move_one(made, column, row, kept)
        else:
            label = column.model._meta.label_lower
            keys = list(rows.values_list("pk", flat=True))
            for low in range(0, len(keys), _AT_ONCE):
                part = keys[low : low + _AT_ONCE]
                column.model._base_manager.filter(pk__in=part).update(**{column.attname: kept.pk})
            before, after = {column.attname: str(lost.pk)}, {column.attname: str(kept.pk)}
            yield from (MergeStep(merge=made, model=label, row=key, before=before, after=after) for key in keys)


def _move_one(made: Merge, column: Any, row: models.Model, kept: Patient) -> Iterator[MergeStep]:
    changes = {column.attname: kept.pk}
    if not _allowed(row, changes):
        key = merging.key_of(column)
        settle = merging.merge_rules[key].settle if key in merging.merge_rules else None
        more = settle(row, kept) if settle is not None else {}
        changes |= more
        if not more or not _allowed(row, changes):
            return
    yield _change(made, row, changes)


def _allowed(row: models.Model, changes: Mapping[str, Any]) -> bool:
    as_moved = copy(row)
    for name, value in changes.items():
        setattr(as_moved, name, value)
    try:
        as_moved.validate_unique()
        as_moved.validate_constraints()
    except ValidationError:
        return False
    return True


def _change(made: Merge, row: models.Model, changes: Mapping[str, Any]) -> MergeStep:
    """Write the columns, and nothing else of the row; what they were is noted."""
    before = {name: _text(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    type(row)._base_manager.filter(pk=row.pk).update(**changes)
    after = {name: _text(row, name) for name in changes}
    return MergeStep(merge=made, model=row._meta.label_lower, row=row.pk, before=before, after=after)


def _text(row: models.Model, name: str) -> str | None:
    field: Any = row._meta.get_field(name)
    return None if field.value_from_object(row) is None else str(field.value_to_string(row))


def _restore_all(done: Merge) -> Iterator[bool]:
    """Newest first, each step whole or, where its row was changed since or is gone, not at all: False."""
    steps = MergeStep.objects.filter(merge=done).order_by("-pk").iterator(_AT_ONCE)
    for label, of_model in groupby(steps, key=lambda step: step.model):
        model = apps.get_model(label)
        part = list(of_model)
        rows: dict[Any, Any] = {}
        for low in range(0, len(part), _AT_ONCE):
            rows |= model._base_manager.in_bulk([step.row for step in part[low : low + _AT_ONCE]])
        for step in part:
            yield _restore(rows.get(step.row), step)


def _restore(row: models.Model | None, step: MergeStep) -> bool:
    if row is None or any(_text(row, name) != text for name, text in step.after.items()):
        return False
    values = {name: _value(row, name, text) for name, text in step.before.items()}
    for name, value in values.items():
        setattr(row, name, value)
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    return True


def _value(row: models.Model, name: str, text: str | None) -> Any:
    field: Any = row._meta.get_field(name)
    return None if text is None else field.to_python(text)
