"""Recalls that fall due: brought in by an import, taken back with it, settled by whoever has called."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from cuspide.agenda.models import DueRecall
from cuspide.agenda.permissions import BOOK
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import bulk, locks
from cuspide.patients import reach


def recalls_by_number(program: str, numbers: Collection[str]) -> Mapping[str, DueRecall]:
    """Those that were brought in before, by their numbers there. One query."""
    return {recall.number: recall for recall in DueRecall.objects.filter(program=program, number__in=numbers)}


def bring_recalls(recalls: Sequence[DueRecall]) -> None:
    """Write them inside the caller's transaction."""
    bulk.insert(recalls)


def take_recalls_back(uuids: Iterable[UUID]) -> set[UUID]:
    """Remove those that nobody has settled; which ones stay."""
    held = list(locks.held(DueRecall.objects).filter(uuid__in=list(uuids)).order_by("pk"))
    DueRecall.objects.filter(pk__in=[one.pk for one in held if one.settled_at is None]).delete()
    return {one.uuid for one in held if one.settled_at is not None}


def settle_recall(actor: Actor, recall: DueRecall) -> None:
    """It is no longer due: the patient was called, booked, or does not want it. Settled twice is settled."""
    reach.require(actor, BOOK, recall.patient)
    with transaction.atomic():
        now = clock.now()
        written = DueRecall.objects.filter(pk=recall.pk, settled_at__isnull=True).update(
            settled_at=now, settled_by=trail.label(actor.label, 150)
        )
        if written:
            detail = {"due_on": recall.due_on.isoformat()}
            trail.record(actor, "agenda.settle_recall", subject=recall, patient_uuid=recall.patient.uuid, detail=detail)
