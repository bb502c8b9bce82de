"""Medical alerts. Append-only: an alert is confirmed, ended with its reason, never changed and never deleted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core import clock
from cuspide.core.models import Exported
from cuspide.patients.models.ending import Ending, ended_for_a_reason
from cuspide.patients.models.identity import Patient


class AlertKind(models.TextChoices):
    ALLERGY = "allergy", pgettext_lazy("kind of alert", "Allergy")
    INTOLERANCE = "intolerance", pgettext_lazy("kind of alert", "Intolerance")
    MEDICATION = "medication", pgettext_lazy("kind of alert", "Medication")
    CONDITION = "condition", pgettext_lazy("kind of alert", "Condition")
    PREGNANCY = "pregnancy", pgettext_lazy("kind of alert", "Pregnancy")
    OTHER = "other", pgettext_lazy("kind of alert", "Other")


class AlertSeverity(models.TextChoices):
    DANGER = "danger", _("Danger: change what is done")
    WATCH = "watch", _("Watch: take it into account")
    INFO = "info", _("For information")


class AlertSource(models.TextChoices):
    PATIENT = "patient", _("Said by the patient")
    FAMILY = "family", _("Said by the family")
    QUESTIONNAIRE = "questionnaire", _("Medical questionnaire")
    DOCTOR = "doctor", _("Letter from a doctor")
    PRESCRIPTION = "prescription", _("Prescription seen")
    OBSERVED = "observed", _("Observed here")


class Alert(Ending):
    """Something to know before touching the patient: `Penicillin`, `Apixaban`, `Pregnant, due in March`.

    `label` is what was said, in words. `substance` and `drug_class` are codes of `rules.substances`, empty for what is
    not there. `until` is the day until which it was expected to hold: past it, the alert stands and is to be checked.
    `to_confirm`: noted by somebody who does not treat, from what the patient said; it stands until a clinician
    confirms or ends it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=11, choices=AlertKind.choices)
    label = models.CharField(max_length=120)
    substance = models.CharField(max_length=40, blank=True)
    drug_class = models.CharField(max_length=40, blank=True)
    severity = models.CharField(max_length=6, choices=AlertSeverity.choices, default=AlertSeverity.WATCH)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=13, choices=AlertSource.choices, default=AlertSource.PATIENT)
    said_by = models.CharField(max_length=120, blank=True)
    """Who exactly, or on which paper: `Dr Martin, cardiologist`, `letter of 3 May`."""
    remark = models.TextField(blank=True)
    to_confirm = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["patient"], condition=Q(ended_at__isnull=True), name="alert_active"),
            models.Index(
                fields=["recorded_at"], condition=Q(ended_at__isnull=True, to_confirm=True), name="alert_to_confirm"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AlertKind.values), name="alert_kind"),
            models.CheckConstraint(condition=Q(severity__in=AlertSeverity.values), name="alert_severity"),
            models.CheckConstraint(condition=Q(source__in=AlertSource.values), name="alert_source"),
            models.CheckConstraint(condition=~Q(label=""), name="alert_says_what"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="alert_dates_in_order",
            ),
            ended_for_a_reason("alert_ended_for_a_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | (Q(to_confirm=False, confirmed_at__gte=F("recorded_at")) & ~Q(confirmed_by="")),
                name="alert_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"


class AlertStatement(Exported):
    """Somebody asked, and the patient said there is nothing to know: on that day, no more and no less."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="alert_statements")
    source = models.CharField(max_length=13, choices=AlertSource.choices, default=AlertSource.PATIENT)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(source__in=AlertSource.values), name="alert_statement_source")
        ]

    def __str__(self) -> str:
        return f"none known {self.pk}"
