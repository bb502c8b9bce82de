"""A finding: what somebody saw on a tooth on a day. It is never changed: a correction is a new finding that
supersedes it, and an error is voided with its reason. The mouth at any date is a query."""

from itertools import combinations
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from cuspide.care.odontogram.state import STATUSES, SURFACE_KINDS, Kind, Status
from cuspide.care.odontogram.words import KIND_LABELS, STATUS_LABELS
from cuspide.core import clock
from cuspide.core.models import Exported
from cuspide.formats import teeth
from cuspide.patients.models import Patient

KIND_CHOICES = [(kind.value, KIND_LABELS[kind]) for kind in Kind]
STATUS_CHOICES = [(status.value, STATUS_LABELS[status]) for status in Status]

# What may be written on a finding after it was made; all the rest is clinical and stays.
_MAY_CHANGE = frozenset({"superseded_by", "voided_at", "voided_by_user_id", "voided_by", "void_reason", "patient"})


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings; an update of a clinical column is refused."""

    def update(self, **changes: Any) -> int:
        clinical = set(changes) - _MAY_CHANGE
        if clinical:
            raise TypeError(f"a finding is never changed ({', '.join(sorted(clinical))}): supersede it")
        return super().update(**changes)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("a finding is never deleted: void it")

    def standing(self) -> "FindingQuerySet":
        """Neither corrected nor void."""
        return self.filter(superseded_by__isnull=True, voided_at__isnull=True)


def _surfaces_of_teeth() -> Q:
    """Each tooth with the faces it has, in written order, none twice."""
    by_faces: dict[str, list[str]] = {}
    for tooth in teeth.ALL_TEETH:
        by_faces.setdefault("".join(tooth.surfaces), []).append(tooth.code)
    condition = Q(surfaces="")
    for faces, codes in by_faces.items():
        written = ["".join(some) for count in range(1, 6) for some in combinations(faces, count)]
        condition |= Q(tooth__in=sorted(codes), surfaces__in=written)
    return condition


def _kinds_and_statuses() -> Q:
    condition = Q()
    for statuses in sorted({tuple(sorted(each)) for each in STATUSES.values()}):
        kinds = sorted(kind for kind, allowed in STATUSES.items() if tuple(sorted(allowed)) == statuses)
        condition |= Q(kind__in=[kind.value for kind in kinds], status__in=[status.value for status in statuses])
    return condition


class Finding(Exported):
    """One fact on one tooth. `surfaces` are letters in written order ("MO"); `group` ties a bridge's teeth together."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="findings")
    tooth = models.CharField(max_length=2)
    surfaces = models.CharField(max_length=5, blank=True)
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    status = models.CharField(max_length=10, choices=STATUS_CHOICES)
    group = models.UUIDField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    observed_at = models.DateField()
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by_user_id = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=150)
    superseded_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by_user_id = models.BigIntegerField(null=True)
    voided_by = models.CharField(max_length=150, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager["Finding"]] = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["observed_at", "pk"]
        indexes = [models.Index(fields=["patient", "observed_at"], name="finding_mouth")]
        constraints = [
            models.CheckConstraint(
                condition=Q(tooth__in=[tooth.code for tooth in teeth.ALL_TEETH]), name="finding_tooth_is_fdi"
            ),
            models.CheckConstraint(condition=_surfaces_of_teeth(), name="finding_surfaces_of_its_tooth"),
            models.CheckConstraint(condition=_kinds_and_statuses(), name="finding_kind_and_status"),
            models.CheckConstraint(
                condition=Q(surfaces="") | Q(kind__in=sorted(kind.value for kind in SURFACE_KINDS)),
                name="finding_kind_has_surfaces",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="finding_void_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | Q(voided_at__isnull=True), name="finding_gone_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tooth} {self.surfaces} {self.kind} {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a finding is never changed: supersede it")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a finding is never deleted: void it")

    @property
    def is_standing(self) -> bool:
        return self.superseded_by_id is None and self.voided_at is None
