"""Where and by whom a patient is followed: what decides whether somebody whose rights are of a site sees her."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cuspide.core import clock
from cuspide.patients.models.identity import Patient


class Following(models.Model):
    """A patient is known to a site, by one practitioner there or, without one, by the site itself.

    A row is added when she is created, booked, treated or billed there, and stays: her record does too.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="followings", db_index=False)
    site = models.ForeignKey("practice.Site", on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey("practice.Practitioner", on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "site", "practitioner"],
                condition=Q(practitioner__isnull=False),
                name="following_by_a_practitioner_once",
            ),
            models.UniqueConstraint(
                fields=["patient", "site"], condition=Q(practitioner__isnull=True), name="following_by_a_site_once"
            ),
        ]
        # The conditional constraints alone would not serve a question about any row of a patient.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "site", "practitioner"], name="following_of_patient")
        ]

    def __str__(self) -> str:
        return f"following {self.pk}"
