"""What a patient agreed to and what she opposed. Append-only: a later statement takes the place of an earlier one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.patients.models.ending import Ending, ended_for_a_reason
from cuspide.patients.models.identity import Patient


class ConsentSubject(models.TextChoices):
    """What is asked. What holds while nobody has asked is `rules.consents.UNASKED`."""

    SMS = "sms", _("Messages by SMS")
    EMAIL = "email", _("Messages by e-mail")
    REMINDER = "reminder", _("Reminders of appointments")
    RECALL = "recall", _("Recalls for check-ups")
    CORRESPONDENTS = "correspondents", _("Letters to correspondents")
    MES = "mes", _("Documents in Mon espace santé")
    PARENTS = "parents", _("Parents told about care that the minor asks to keep secret")
    TEACHING = "teaching", _("Photographs used for teaching")
    RESEARCH = "research", _("Data used for research")


class ConsentManner(models.TextChoices):
    ORAL = "oral", pgettext_lazy("manner of consent", "Said")
    WRITTEN = "written", pgettext_lazy("manner of consent", "In writing")
    ONLINE = "online", pgettext_lazy("manner of consent", "Online")


class ConsentStatement(Ending):
    """Somebody said yes or no, on a day. `said_by` is empty for the patient herself.

    One that is ended was noted by mistake: it was never said.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="consents")
    subject = models.CharField(max_length=14, choices=ConsentSubject.choices)
    agrees = models.BooleanField()
    said_on = models.DateField()
    said_by = models.CharField(max_length=120, blank=True)
    manner = models.CharField(max_length=7, choices=ConsentManner.choices)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["patient", "subject"], name="consent_of_patient")]
        constraints = [
            models.CheckConstraint(condition=Q(subject__in=ConsentSubject.values), name="consent_subject"),
            models.CheckConstraint(condition=Q(manner__in=ConsentManner.values), name="consent_manner"),
            ended_for_a_reason("consent_void_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
