"""Where copies go, and what became of each."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.core.models import Exported


class Destination(Exported):
    """A place that holds copies: a repository of restic for the practice, and beside it one for the envelope, which
    holds the wrapped copies of the key (`services.envelope`)."""

    name = models.CharField(max_length=80)
    place = models.CharField(max_length=500)
    """As it is shown: without user and password."""
    sealed = models.BinaryField()
    """The repository's password and what else opens the place; see `secrets`."""
    envelope_digest = models.CharField(max_length=64, blank=True)
    """Of `keys.json`, as the envelope last had it."""
    only_takes = models.BooleanField(null=True)
    """Whether the place refused to delete when it was asked to, with the program's own credentials; null: not asked."""
    asked_at = models.DateTimeField(null=True)
    disk_label = models.CharField(max_length=60, blank=True)
    """Of a removable disk: the label of its file system, by which it is found. The place is then a folder on it."""
    disk_every_days = models.PositiveSmallIntegerField(default=7)
    """After so many days the disk is due again."""
    disk_allowed_hours = models.PositiveSmallIntegerField(default=4)
    """So long it may stay plugged in once it was written and read back."""
    plugged_at = models.DateTimeField(null=True)
    """Since when the disk has been seen plugged in; null while it is not."""
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="destination_named_once"),
            models.UniqueConstraint(
                fields=["disk_label"], condition=Q(ended_at=None) & ~Q(disk_label=""), name="destination_disk_once"
            ),
            models.CheckConstraint(
                condition=Q(disk_every_days__gte=1, disk_every_days__lte=92, disk_allowed_hours__lte=72),
                name="destination_disk_within_reason",
            ),
        ]

    @property
    def is_disk(self) -> bool:
        """Whether it is a removable disk, which has copies in turn."""
        return bool(self.disk_label)

    def __str__(self) -> str:
        return f"destination {self.pk}"


class Kind(models.TextChoices):
    COPY = "copy", _("Copy")
    DRILL = "drill", _("Trial of the way back")
    READ = "read", _("Reading of every byte")
    SHEET = "sheet", _("Trial with the escrow sheet")


class Outcome(models.TextChoices):
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Run(Exported):
    """One copy to a destination, one trial of the way back from it, one reading of all that lies there."""

    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.UNDER_WAY)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    snapshot = models.CharField(max_length=64, blank=True)
    """restic's name of what was copied, or of what was brought back."""
    added = models.PositiveBigIntegerField(default=0)
    """Bytes by which the place grew."""
    size = models.PositiveBigIntegerField(default=0)
    """Bytes that were copied, or brought back."""
    said = models.TextField(blank=True)
    """Why it failed; what the trial proved."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["destination", "kind", "-started_at"], name="run_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["copy", "drill", "read", "sheet"]), name="run_kind_known"),
            models.CheckConstraint(
                condition=Q(outcome="under_way", ended_at=None)
                | Q(outcome__in=["done", "failed"], ended_at__isnull=False),
                name="run_ended_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
