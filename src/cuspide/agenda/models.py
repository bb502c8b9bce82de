"""Appointments and their types."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cuspide.agenda.rules import FREEING, STATE_LABELS, Action, Marks, State, actions_of
from cuspide.core import clock
from cuspide.core.models import Exported, Versioned


class AppointmentType(Exported):
    """What an appointment is for, as the practice names it: words in both languages, a tint, a usual duration."""

    key = models.SlugField(_("key"), unique=True)
    label_fr = models.CharField(_("French label"), max_length=60)
    label_en = models.CharField(_("English label"), max_length=60)
    tint = models.PositiveSmallIntegerField(_("tint"), default=1)
    minutes = models.PositiveSmallIntegerField(_("usual duration in minutes"), default=30)
    order = models.PositiveSmallIntegerField(default=50)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["order", "key"]
        verbose_name = _("appointment type")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(tint__gte=1, tint__lte=8), name="agenda_type_tint"),
            models.CheckConstraint(condition=models.Q(minutes__gte=5, minutes__lte=960), name="agenda_type_minutes"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The label in the language of the reader."""
        return self.label_en if (get_language() or "fr").startswith("en") else self.label_fr


class CancelledBy(models.TextChoices):
    """Who called an appointment off."""

    PATIENT = "patient", _("the patient")
    PRACTICE = "practice", _("the practice")


class Appointment(Exported, Versioned):
    """A span of a chair kept for a patient, or blocked for something else (then without patient).

    Instants are UTC; the wall is that of the site. A cancelled or missed appointment stays, and frees its chair.
    """

    site = models.ForeignKey("practice.Site", on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    chair = models.ForeignKey("practice.Chair", on_delete=models.PROTECT, related_name="+", verbose_name=_("chair"))
    practitioner = models.ForeignKey(
        "practice.Practitioner",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("practitioner"),
    )
    patient = models.ForeignKey(
        "patients.Patient",
        on_delete=models.PROTECT,
        related_name="appointments",
        null=True,
        blank=True,
        verbose_name=_("patient"),
    )
    type = models.ForeignKey(
        AppointmentType, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("type")
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    state = models.CharField(_("state"), max_length=10, choices=list(STATE_LABELS.items()), default=State.BOOKED.value)
    is_double = models.BooleanField(_("double booking allowed"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    seated_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=8, choices=CancelledBy.choices, blank=True)
    cancelled_late = models.BooleanField(_("cancelled late"), default=False)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="agenda_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]), name="agenda_known_state"
            ),
            models.CheckConstraint(
                condition=models.Q(patient__isnull=True) | models.Q(practitioner__isnull=False, type__isnull=False),
                name="agenda_patient_is_seen_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.CANCELLED.value, cancelled_at__isnull=False) & ~models.Q(cancelled_by="")
                | ~models.Q(state=State.CANCELLED.value) & models.Q(cancelled_at__isnull=True, cancelled_by=""),
                name="agenda_cancelled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[State.ARRIVED.value, State.IN_CHAIR.value, State.FINISHED.value])
                | models.Q(arrived_at__isnull=False),
                name="agenda_present_has_arrived",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.FINISHED.value) | models.Q(finished_at__isnull=False),
                name="agenda_finished_at",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["site", "starts_at"], name="agenda_site_start"),
            models.Index(fields=["chair", "starts_at"], name="agenda_chair_start"),
            models.Index(fields=["practitioner", "starts_at"], name="agenda_practitioner_start"),
            models.Index(fields=["patient", "starts_at"], name="agenda_patient_start"),
            models.Index(
                fields=["site", "arrived_at"],
                name="agenda_waiting",
                condition=models.Q(state=State.ARRIVED.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid}"

    @property
    def minutes(self) -> int:
        """The duration."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        return self.starts_at, self.ends_at

    @property
    def standing(self) -> State:
        """The state as the rules name it."""
        return State(self.state)

    @property
    def state_label(self) -> str:
        return str(STATE_LABELS[self.standing])

    @property
    def is_blocked_time(self) -> bool:
        return self.patient_id is None

    @property
    def frees_chair(self) -> bool:
        return self.standing in FREEING

    @property
    def marks(self) -> Marks:
        return Marks(self.confirmed_at, self.arrived_at, self.seated_at, self.finished_at)

    @property
    def actions(self) -> list[Action]:
        """What may be done next, the likely thing first."""
        return actions_of(self.standing, with_patient=not self.is_blocked_time)


class Origin(models.Model):
    """Where an appointment comes from that another program had booked: its number and names there."""

    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="origin")
    program = models.CharField(max_length=60)
    number = models.CharField(max_length=30)
    chair = models.CharField(max_length=100, blank=True)
    practitioner = models.CharField(max_length=120, blank=True)
    type = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "number"], name="agenda_origin_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id}"


class DueRecall(Exported):
    """A check-up that falls due (*rappel de contrôle*), as another program reckoned it.

    `months` and `days` are its interval there. Settled, it is no longer shown as due.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="due_recalls")
    program = models.CharField(max_length=60)
    number = models.CharField(max_length=30)
    label = models.CharField(max_length=100, blank=True)
    due_on = models.DateField()
    previous_on = models.DateField(null=True)
    months = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "number"], name="agenda_recall_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["patient", "due_on"], name="agenda_recall_due", condition=models.Q(settled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uuid}"
