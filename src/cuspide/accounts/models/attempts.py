"""Where failed sign-ins are counted. The table cannot grow: places and logins share a fixed number of buckets."""

from django.db import models


class Counted(models.Model):
    """Failures in a row, and when the last one was."""

    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class AttemptCounter(Counted):
    """One bucket of places, logins or persons. Its number is a keyed hash: who is in it cannot be read from it."""

    bucket = models.CharField(max_length=20, primary_key=True)

    def __str__(self) -> str:
        return self.bucket
