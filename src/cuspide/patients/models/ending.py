"""What is said of a patient until somebody ends it, with the reason; the row stays."""

from django.db import models
from django.db.models import F, Q

from cuspide.core import clock
from cuspide.core.models import Exported


class Ending(Exported):
    """A row that is recorded, stands, and is ended by `services.ending.end`: never deleted."""

    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


def ended_for_a_reason(name: str) -> models.CheckConstraint:
    """The constraint of every such table: an end comes after the record and has its reason."""
    return models.CheckConstraint(
        condition=Q(ended_at__isnull=True, ended_reason="") | (Q(ended_at__gte=F("recorded_at")) & ~Q(ended_reason="")),
        name=name,
    )
