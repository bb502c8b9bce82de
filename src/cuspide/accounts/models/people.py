"""Persons who sign in, their roles, and the codes with which they choose a password."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.core.models import Exported
from cuspide.core.rights import ROLE_LABELS, Role


def normalised_email(email: str) -> str:
    """The one form in which an address is stored and looked for."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Persons, found by their address whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalised_email(username or ""))


class User(AbstractBaseUser, Exported):
    """A person with an account. Nobody is above the rights: what somebody may do comes from memberships alone."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the computer")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    class Language(models.TextChoices):
        FRENCH = "fr", "Français"
        ENGLISH = "en", "English"

    email = models.EmailField(_("E-mail"), max_length=254, unique=True)
    display_name = models.CharField(_("Name"), max_length=150)
    practitioner = models.ForeignKey(
        "practice.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    is_active = models.BooleanField(default=True)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices, default=Language.FRENCH)
    theme = models.CharField(_("Theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(_("Density"), max_length=11, choices=Density.choices, default=Density.COMFORTABLE)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    deactivated_at = models.DateTimeField(null=True, editable=False)
    second_factor_at = models.DateTimeField(null=True, editable=False)
    # Counted up with every change of what the person may do: rights are kept in memory under it.
    rights_version = models.PositiveIntegerField(default=1, editable=False)
    # Counted up to end every open session.
    session_epoch = models.PositiveIntegerField(default=1, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        ordering: ClassVar[list[str]] = ["display_name", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="accounts_user_email_lower", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="accounts_user_active_or_left",
                condition=Q(is_active=True, deactivated_at__isnull=True)
                | Q(is_active=False, deactivated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        self.email = normalised_email(self.email)

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def has_second_factor(self) -> bool:
        return self.second_factor_at is not None

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: it ends when the password or the epoch changes."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Any:
        return iter(())

    def _session_hash(self) -> str:
        return salted_hmac(
            "cuspide.accounts.session", f"{self.password}:{self.session_epoch}", algorithm="sha256"
        ).hexdigest()


class Membership(Exported):
    """A role somebody has at a site, or at all sites, from a day until a day (both included)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    site = models.ForeignKey("practice.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, label) for role, label in ROLE_LABELS.items()])
    starts_on = models.DateField(default=clock.today)
    ends_on = models.DateField(null=True, blank=True)
    # A dentist who sees her own agenda and her own patients only.
    own_agenda = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="accounts_membership_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="accounts_membership_own_agenda", condition=Q(own_agenda=False) | Q(role=Role.DENTIST.value)
            ),
            models.CheckConstraint(
                name="accounts_membership_role", condition=Q(role__in=[role.value for role in Role])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}"

    @property
    def role_label(self) -> Any:
        return ROLE_LABELS[Role(self.role)]

    def holds_on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class PasswordCode(Exported):
    """A code, shown once to the owner, with which a person chooses her password herself. Its hash alone is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="password_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(name="accounts_code_user", fields=["user", "used_at"])]

    def __str__(self) -> str:
        return f"code {self.uuid}"


class CachedValue(models.Model):
    """The table of Django's database cache. Counters of failed sign-ins lie in the store, so that neither a restart
    nor a second process forgets them."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_cache"

    def __str__(self) -> str:
        return self.cache_key
