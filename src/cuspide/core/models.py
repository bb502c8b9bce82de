"""Abstract models of every room, and the few tables of the ground floor."""

import uuid
from typing import Any, ClassVar

import uuid_utils.compat
from django.db import models
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock


def new_uuid() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): its order is the order of making, which keeps indexes dense."""
    return uuid_utils.compat.uuid7()


class Exported(models.Model):
    """A record with a public name: the only one that stands in an address, an export or an offline form."""

    uuid = models.UUIDField(unique=True, default=new_uuid, editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A record that two people may edit: `core.editing.update_versioned` writes it."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Submission(models.Model):
    """A form that was sent, by the key it carried; what it made is found again when it is sent twice."""

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=80)
    made_uuid = models.UUIDField(null=True)
    user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints: ClassVar[list[Any]] = []

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Blob(Exported):
    """A file kept encrypted in the blob store; see `core.blobs`."""

    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=127)
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.media_type} ({self.size} B)"


class Job(models.Model):
    """What `core.work.jobs` adds to a task of django-tasks: lease, attempts, key, progress, stop, place reached."""

    task_id = models.UUIDField(unique=True)
    key = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001  null: no key, and unique
    label = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    lease_until = models.DateTimeField(null=True, db_index=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    reached = models.JSONField(default=dict)
    stop_requested = models.BooleanField(default=False)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.label or str(self.task_id)


class OutboxMessage(Exported):
    """Something to do outside the store (a mail, an SMS), written in the transaction that decided it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain: perhaps sent")

    channel = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sending", "sent", "failed", "uncertain"]),
                name="outbox_state_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"


class LiveTopic(models.Model):
    """The last change of what a topic of the live stream names; see `core.live.news`. Not part of the record."""

    topic = models.CharField(max_length=160, unique=True)
    site_id = models.BigIntegerField(null=True)
    version = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.topic


class RetiredKey(models.Model):
    """A master key that the practice no longer uses, sealed under the one it uses; see `core.keys.retired`.

    The successor of the last row is the key that this store is of. Marks tell nothing of the keys.
    """

    mark = models.CharField(max_length=16, unique=True)
    successor = models.CharField(max_length=16)
    retired_at = models.DateTimeField(default=clock.now)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return self.mark


class StoreVersion(models.Model):
    """A version of the program that the store was made or upgraded by; the last row is the one it is of."""

    version = models.CharField(max_length=40)
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.version
