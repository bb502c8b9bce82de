"""Browsers in which somebody signed in before, and sessions that are open now."""

from typing import Any, ClassVar

from django.db import models

from cuspide.accounts.models.attempts import Counted
from cuspide.accounts.models.people import User
from cuspide.core import clock
from cuspide.core.models import Exported


class KnownBrowser(Counted):
    """A person signed in here before. The browser has a token in a cookie, this row its hash alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_browsers")
    digest = models.CharField(max_length=64)
    signed_in_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="accounts_known_browser_once", fields=["digest", "user"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="accounts_known_browser_user", fields=["user", "signed_in_at"])
        ]

    def __str__(self) -> str:
        return f"browser {self.pk}"


class OpenSession(Exported):
    """A signed-in session as a person knows it: which browser, where, since when. Ending it deletes Django's own row,
    which every request reads anyway: nothing more is asked of the store while she works."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    place = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-seen_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="accounts_open_session_user", fields=["user", "seen_at"])
        ]

    def __str__(self) -> str:
        return f"session {self.uuid}"
