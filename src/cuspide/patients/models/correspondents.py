"""Other professionals: the practice's directory of correspondents, and what each is to a patient."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.core.models import Exported, Versioned
from cuspide.patients.models.ending import Ending, ended_for_a_reason
from cuspide.patients.models.identity import Patient
from cuspide.patients.rules.phones import shown_phone


class Correspondent(Exported, Versioned):
    """A professional with whom the practice corresponds. Retired, she is offered for nothing new."""

    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    speciality = models.CharField(max_length=80)
    """In words: what stands on her letters."""
    organisation = models.CharField(max_length=120, blank=True)
    rpps = models.CharField(max_length=11, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    """E.164."""
    email = models.CharField(max_length=254, blank=True)
    mss = models.CharField(max_length=254, blank=True)
    """MSSanté address: the only one to which health data may be sent."""
    line1 = models.CharField(max_length=120, blank=True)
    line2 = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=120, blank=True)
    remark = models.TextField(blank=True)
    sought = models.CharField(max_length=600)
    """What she is found by, folded."""
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.CharField(max_length=150)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["family_name", "given_name", "pk"]
        indexes = [models.Index(fields=["family_name", "given_name"], name="correspondent_by_name")]
        constraints = [
            models.CheckConstraint(condition=~Q(family_name=""), name="correspondent_has_a_name"),
            models.CheckConstraint(condition=~Q(speciality=""), name="correspondent_has_a_speciality"),
            models.UniqueConstraint(fields=["rpps"], condition=~Q(rpps=""), name="correspondent_rpps_once"),
        ]

    def __str__(self) -> str:
        return f"correspondent {self.pk}"

    @property
    def full_name(self) -> str:
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def phone_shown(self) -> str:
        return shown_phone(self.phone)

    @property
    def address_lines(self) -> list[str]:
        """The lines as they stand on an envelope."""
        return [line for line in (self.line1, self.line2, f"{self.postcode} {self.city}".strip()) if line]


class LinkRole(models.TextChoices):
    TREATING = "treating", _("General practitioner of the patient")
    REFERRED_BY = "referred_by", _("Sent the patient here")
    SPECIALIST = "specialist", _("Specialist")
    DENTIST = "dentist", _("Other dentist")
    OTHER = "other", _("Other professional")


class CorrespondentLink(Ending):
    """What a correspondent is to a patient. Ended with a reason, never deleted.

    That a patient has one general practitioner at a time is kept by the service and not by the table: two records made
    one may bring two, of whom somebody ends one.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="correspondent_links")
    correspondent = models.ForeignKey(Correspondent, on_delete=models.PROTECT, related_name="links")
    role = models.CharField(max_length=11, choices=LinkRole.choices)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["patient"], condition=Q(ended_at__isnull=True), name="correspondent_link_standing"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=LinkRole.values), name="correspondent_link_role"),
            ended_for_a_reason("correspondent_link_ended_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"correspondent link {self.pk}"
