"""Abstract models of every room, and the few tables of the ground floor."""

import uuid
from typing import Any, ClassVar

import uuid_utils.compat
from django.db import models

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
