"""What was brought in, from which file, and what became of each of its lines."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.core.models import Exported
from cuspide.patients.models import Patient


class State(models.TextChoices):
    """Where an import is: its file arrives in pieces; its columns are looked at; a rehearsal goes through the whole
    file and writes nothing of a patient; the import does the same and writes."""

    ARRIVING = "arriving", _("Arriving")
    MAPPING = "mapping", _("Columns to be looked at")
    REHEARSING = "rehearsing", _("Rehearsal under way")
    REHEARSED = "rehearsed", _("Rehearsed")
    RUNNING = "running", _("Import under way")
    DONE = "done", _("Imported")
    UNDOING = "undoing", _("Undoing")
    UNDONE = "undone", _("Undone")


class Outcome(models.TextChoices):
    """What became of a line."""

    CREATED = "created", _("Created")
    COMPLETED = "completed", _("Completed")
    SAME = "same", _("Already known")
    REFUSED = "refused", _("Refused")


class Fate(models.TextChoices):
    """What an undo did about a line."""

    NONE = "", "—"
    UNDONE = "undone", _("Taken back")
    KEPT = "kept", _("Kept: somebody has worked on it since")


_LONG_FOR_A_BATCH = dt.timedelta(minutes=2)


class Import(Exported):
    """One file brought in. Who and when, what its columns mean, how far it is, what came of it."""

    created_at = models.DateTimeField(default=clock.now, db_index=True)
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=150)
    language = models.CharField(max_length=8, default="fr")
    """In which the reasons of its lines are said."""
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(default=0)
    kind = models.CharField(max_length=12)
    """The format: `csv`."""
    dialect = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    """Column to field of `rules.fields`."""
    source = models.CharField(max_length=60, blank=True)
    """The program the file comes from: its record numbers are told apart from another program's."""
    places = models.JSONField(default=dict)
    """Of a file that holds appointments: what its chairs, providers and types are here, kind to number to uuid."""
    site_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MAPPING)
    newest_before = models.BigIntegerField(default=0)
    """The last patient of the practice before the file was brought in, as a primary key."""
    rows_total = models.PositiveBigIntegerField(null=True)
    reached = models.PositiveBigIntegerField(default=0)
    """Rows of the file that are done, in the transactions that did them; while undoing, the last line looked at, of
    `at_table`."""
    at_table = models.CharField(max_length=12, blank=True)
    moved_at = models.DateTimeField(null=True)
    """When the last of them was done."""
    counts = models.JSONField(default=dict)
    stop_requested = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="import_state"),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def stalled(self) -> bool:
        """Nobody works on it any more: a command that was killed, a service that was stopped. A batch takes seconds."""
        return self.under_way and self.moved_at is not None and clock.now() - self.moved_at > _LONG_FOR_A_BATCH

    @property
    def under_way(self) -> bool:
        return self.state in {State.REHEARSING, State.RUNNING, State.UNDOING}


class ImportPart(models.Model):
    """A piece of the file, packed (zlib), kept in the store until the import is over."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["of", "position"], name="import_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.position} of import {self.of_id}"


class ImportRow(models.Model):
    """A line of the file and what became of it.

    `table` is the table of a dump that the line stands in, empty for its patients and for every other file. Of its
    appointments, procedures and recalls `thing_uuid` names what was made.
    `patient_uuid` names whom it made or met; it points at no table, so that the report outlives an undo. `reasons` are
    pairs of a code of `rules.reasons` and what its sentence needs; the keys tell whether two lines are of one person;
    `shown` says who the line is about where no record does: of a rehearsal, of a refusal.
    """

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    table = models.CharField(max_length=12, blank=True)
    line = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    patient_uuid = models.UUIDField(null=True, db_index=True)
    thing_uuid = models.UUIDField(null=True)
    identity_key = models.CharField(max_length=16, blank=True)
    source_number = models.CharField(max_length=100, blank=True)
    reasons = models.JSONField(default=list)
    noted = models.BooleanField(default=False)
    """To be looked at, though it was not refused."""
    shown = models.CharField(max_length=200, blank=True)
    added = models.JSONField(null=True)
    """What was added to somebody whom the practice knew, so that it can be taken back."""
    nir_key = models.CharField(max_length=16, blank=True)
    fate = models.CharField(max_length=6, choices=Fate.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="import_row_outcome"),
            models.UniqueConstraint(fields=["of", "table", "line"], name="import_row_once_a_line"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["identity_key"], name="import_row_identity", condition=~Q(identity_key="")),
            models.Index(fields=["of", "source_number"], name="import_row_source", condition=~Q(source_number="")),
            models.Index(fields=["thing_uuid"], name="import_row_thing", condition=Q(thing_uuid__isnull=False)),
            models.Index(fields=["of", "nir_key"], name="import_row_nir", condition=~Q(nir_key="")),
            models.Index(fields=["of", "outcome", "table", "line"], name="import_row_by_outcome"),
            models.Index(fields=["of", "table", "line"], name="import_row_noted", condition=Q(noted=True)),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of import {self.of_id}"


class KnownAs(models.Model):
    """The number under which another program knows a patient: brought in again, she is the same."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="known_as")
    source = models.CharField(max_length=60)
    number = models.CharField(max_length=100)
    of = models.ForeignKey(Import, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "number"], name="known_as_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class SavedMapping(models.Model):
    """What the columns of a file mean, in their order, remembered by the fingerprint of its header."""

    fingerprint = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField()
    source = models.CharField(max_length=60, blank=True)
    saved_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"mapping {self.pk}"


class SavedPlace(models.Model):
    """What a chair, a provider or a type of appointment of another program is here, remembered by its name there."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=9)
    name = models.CharField(max_length=120)
    target = models.UUIDField(null=True)
    """None: left out."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "kind", "name"], name="saved_place_once"),
        ]

    def __str__(self) -> str:
        return f"place {self.pk}"
