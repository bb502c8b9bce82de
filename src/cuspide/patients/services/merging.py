"""Make two records of one person one, and take it back."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cuspide.accounts.models import EmergencyAccess
from cuspide.accounts.services.team import count_up
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
        steps += _payer(made, kept, lost)
        steps += _emergencies(made, kept, lost)
        steps.append(_change(made, lost, {"merged_into_id": kept.pk}))
        MergeStep.objects.bulk_create(steps, batch_size=_AT_ONCE)
        _settled(kept, lost)
        for one, other in ((kept, lost), (lost, kept)):
            detail = {"other": str(other.uuid), "rows": len(steps)}
            trail.record(actor, "patients.merge", subject=one, patient_uuid=one.uuid, detail=detail)
        from cuspide.patients import tasks  # the job calls this module

        tasks.enqueue_gathering(made)
    return made


def gather(actor: Actor, done: Merge) -> int:
    """Bring along what came to the hidden record after the merge: whoever wrote it had read the patient before. It goes
    to where the chain of merges ends, and back when this merge is undone. How many rows were moved."""
    with transaction.atomic():
        end = Patient.objects.filter(pk=done.lost_id).values_list("merged_into_id", flat=True).first()
        if end is None:
            return 0
        kept, lost = _locked(end, done.lost_id)
        if lost.merged_into_id != end or not Merge.objects.filter(pk=done.pk, undone_at__isnull=True).exists():
            return 0
        _let_in_anew(kept, lost)
        steps = list(_move_all(done, kept, lost))
        if not steps:
            return 0
        steps += _payer(done, kept, lost)
        MergeStep.objects.bulk_create(steps, batch_size=_AT_ONCE)
        _settled(kept, lost)
        detail = {"other": str(lost.uuid), "rows": len(steps)}
        trail.record(actor, "patients.gather", subject=kept, patient_uuid=kept.uuid, detail=detail)
    return len(steps)


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
    _let_in_anew(kept, lost)


def _let_in_anew(kept: Patient, lost: Patient) -> None:
    """Whoever has an emergency access on either, or on an old address that leads to one: where it leads has changed."""
    led = Patient.objects.filter(merged_into__in=[kept, lost])
    for access in _running(kept, lost, *led).select_related("user"):
        count_up(access.user)


def _payer(made: Merge, kept: Patient, lost: Patient) -> Iterator[MergeStep]:
    """Nobody pays for herself."""
    kept.refresh_from_db(fields=["guarantor"])
    if kept.guarantor_id in (kept.pk, lost.pk):
        yield _change(made, kept, {"guarantor_id": None})


def _emergencies(made: Merge, kept: Patient, lost: Patient) -> Iterator[MergeStep]:
    """Whoever was let in to the hidden record in an emergency is let in to where it is now, for what is left of it."""
    for access in _running(lost):
        yield _change(made, access, {"patient_uuid": kept.uuid})


def _running(*patients: Patient) -> QuerySet[EmergencyAccess]:
    uuids = [one.uuid for one in patients]
    return EmergencyAccess.objects.filter(patient_uuid__in=uuids, ended_at__isnull=True, ends_at__gt=clock.now())


def _move_all(made: Merge, kept: Patient, lost: Patient) -> Iterator[MergeStep]:
    for column in merging.moved_columns():
        rows = column.model._base_manager.filter(**{column.attname: lost.pk}).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        for low in range(0, len(keys), _AT_ONCE):
            yield from _move_some(made, column, keys[low : low + _AT_ONCE], kept, lost)


def _move_some(made: Merge, column: Any, keys: Sequence[int], kept: Patient, lost: Patient) -> Iterator[MergeStep]:
    """All of them at once; one by one where a constraint forbids that some of them go as they are."""
    if not _written(column.model, keys, {column.attname: kept.pk}):
        for row in list(column.model._base_manager.filter(pk__in=keys).order_by("pk")):
            yield from _move_one(made, column, row, kept)
        return
    before, after = {column.attname: str(lost.pk)}, {column.attname: str(kept.pk)}
    label = column.model._meta.label_lower
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
    """Newest first, each step whole or, where its row was changed since, is gone or has its place taken, not at all:
    False."""
    steps = MergeStep.objects.filter(merge=done).order_by("-pk").iterator(_AT_ONCE)
    for (label, _before, _after), alike in groupby(steps, key=lambda step: (step.model, step.before, step.after)):
        part = list(alike)
        for low in range(0, len(part), _AT_ONCE):
            yield from _restore_some(apps.get_model(label), part[low : low + _AT_ONCE])


def _restore_some(model: type[models.Model], steps: Sequence[MergeStep]) -> Iterator[bool]:
    """Steps that changed a table's columns alike: together, or one by one where a constraint forbids some of them."""
    before, after = steps[0].before, steps[0].after
    rows = model._base_manager.in_bulk([step.row for step in steps])
    as_left = [key for key, row in rows.items() if all(_text(row, name) == text for name, text in after.items())]
    values = {name: _value(model, name, text) for name, text in before.items()}
    back = as_left if _written(model, as_left, values) else [key for key in as_left if _written(model, [key], values)]
    restored = set(back)
    yield from (step.row in restored for step in steps)


def _written(model: type[models.Model], keys: Sequence[int], values: Mapping[str, Any]) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).update(**values)
    except IntegrityError:
        return False
    return True


def _value(model: type[models.Model], name: str, text: str | None) -> Any:
    field: Any = model._meta.get_field(name)
    return None if text is None else field.to_python(text)
