"""An emergency access (accès d'urgence): a right that somebody opens for half an hour, with a written reason."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cuspide.accounts.models.people import User
from cuspide.core.models import Exported


class EmergencyAccess(Exported):
    """Opened by one person, to one right or to one patient. The patient is named by her uuid, whether or not there is
    somebody of that name: who may not know it learns nothing here."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="emergencies")
    right = models.CharField(max_length=60, blank=True)
    patient_uuid = models.UUIDField(null=True)
    reason = models.CharField(_("Reason"), max_length=300)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # When it was over: ended by the person, or found past its end.
    ended_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    review_note = models.CharField(_("Note"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="accounts_emergency_opened", fields=["-opened_at"]),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                name="accounts_emergency_one_open", fields=["user"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="accounts_emergency_one_thing",
                condition=Q(right="", patient_uuid__isnull=False) | ~Q(right="") & Q(patient_uuid__isnull=True),
            ),
            models.CheckConstraint(name="accounts_emergency_ends", condition=Q(ends_at__gt=F("opened_at"))),
            models.CheckConstraint(name="accounts_emergency_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="accounts_emergency_reviewed",
                condition=Q(reviewed_at__isnull=True, review_note="")
                | Q(reviewed_at__isnull=False) & ~Q(review_note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"emergency access {self.pk}"
