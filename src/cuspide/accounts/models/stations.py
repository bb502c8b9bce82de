"""Workstations, the seats that people hold at them, and the PIN with which somebody takes hers again."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cuspide.accounts.models.people import User
from cuspide.core import clock
from cuspide.core.models import Exported, Versioned

# What the trace has room for beside the machine's address.
STATION_NAME_LIMIT = 36
# For browsers that nobody named; a quarter of an hour is what guides for practices ask at most.
DEFAULT_LOCK_MINUTES = 15
LONGEST_LOCK_MINUTES = 120
TRIES = 3


class Workstation(Exported, Versioned):
    """A browser with a name. It is known by a random token in a signed cookie, of which the hash alone is kept."""

    class Kind(models.TextChoices):
        CHAIRSIDE = "chairside", _("At the chair")
        DESK = "desk", _("Desk, reception")
        PERSONAL = "personal", _("One person's own")

    class Shows(models.TextChoices):
        NOTHING = "nothing", _("Nothing")
        PICTURE = "picture", _("The X-ray or the dental chart, without a name")

    name = models.CharField(max_length=STATION_NAME_LIMIT)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    site = models.ForeignKey("practice.Site", on_delete=models.PROTECT, related_name="+")
    lock_after = models.PositiveSmallIntegerField(default=DEFAULT_LOCK_MINUTES)
    shows = models.CharField(max_length=10, choices=Shows.choices, default=Shows.NOTHING)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(null=True)
    last_seen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    last_address = models.CharField(max_length=45, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["site_id", "name", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                Lower("name"), "site", name="accounts_workstation_name_once", condition=Q(retired_at__isnull=True)
            ),
            models.CheckConstraint(
                name="accounts_workstation_kind", condition=Q(kind__in=["chairside", "desk", "personal"])
            ),
            # What stays in sight is in sight of whoever walks past: at the chair alone it is the patient's own.
            models.CheckConstraint(
                name="accounts_workstation_shows",
                condition=Q(shows="nothing") | Q(shows="picture", kind="chairside"),
            ),
            models.CheckConstraint(
                name="accounts_workstation_lock_after",
                condition=Q(lock_after__gte=1, lock_after__lte=LONGEST_LOCK_MINUTES),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(Exported):
    """Somebody's session in a browser: whether it is locked, and when she last did something.

    Beside Django's session, not in it: Django writes a session back whole, so that a slow request would undo a lock.
    `workstation` is null in a browser without a name.
    """

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seats")
    workstation = models.ForeignKey(Workstation, on_delete=models.PROTECT, null=True, related_name="seats")
    opened_at = models.DateTimeField(default=clock.now)
    active_at = models.DateTimeField(default=clock.now, db_index=True)
    locked_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="accounts_seat_tries", condition=Q(failures__lte=TRIES)),
        ]

    def __str__(self) -> str:
        return f"seat {self.uuid}"

    @property
    def lock_after(self) -> dt.timedelta:
        """How long nobody may do anything before it locks."""
        minutes = self.workstation.lock_after if self.workstation else DEFAULT_LOCK_MINUTES
        return dt.timedelta(minutes=minutes)


class Pin(models.Model):
    """A person's PIN as Argon2id keeps it, with a key of the practice's mixed in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="pin")
    hashed = models.CharField(max_length=200)
    set_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"PIN of {self.user_id}"
