"""Browsers that are known: a long-lived cookie says that somebody signed in here before.

The cookie proves nothing of who sits there and opens nothing; it only gives the browser a counter of its own when a
password is wrong (`throttle`). Its token is random, signed, out of reach of scripts, and a new one at every sign-in, so
that one planted beforehand is worth nothing afterwards.
"""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from cuspide.accounts.models import KnownBrowser, User
from cuspide.core import clock

REMEMBERED_FOR = dt.timedelta(days=180)
# A person's oldest browsers are forgotten beyond these; and so are the persons of a browser that everybody uses.
BROWSERS_LIMIT = 20
_SALT = "cuspide.accounts.known"


def browser_of(request: HttpRequest, *, login: str = "", user: User | None = None) -> KnownBrowser | None:
    """The browser as one where this person signed in before, if it is one."""
    digest = _digest_of(request)
    if not digest:
        return None
    found = KnownBrowser.objects.filter(digest=digest, signed_in_at__gt=clock.now() - REMEMBERED_FOR)
    if user is not None:
        return found.filter(user=user).first()
    return found.filter(user__email=login[:254].replace("\x00", "")).first()


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Somebody got in: know the browser under a new token, for her and for whoever was known there; her failures in it
    are forgiven."""
    before, token = _digest_of(request), secrets.token_urlsafe(24)
    digest = _digest(token)
    with transaction.atomic():
        if before:
            KnownBrowser.objects.filter(digest=before).update(digest=digest)
        KnownBrowser.objects.update_or_create(
            user=user, digest=digest, defaults={"signed_in_at": clock.now(), "failures": 0, "failed_at": None}
        )
        for those in (KnownBrowser.objects.filter(user=user), KnownBrowser.objects.filter(digest=digest)):
            old = list(those.order_by("-signed_in_at", "-pk").values_list("pk", flat=True)[BROWSERS_LIMIT:])
            KnownBrowser.objects.filter(pk__in=old).delete()
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(token, salt=_SALT),
        max_age=int(REMEMBERED_FOR.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(user: User) -> None:
    """No browser is known for this person any more."""
    KnownBrowser.objects.filter(user=user).delete()


def forget_old() -> None:
    """Browsers in which nobody signed in for half a year."""
    KnownBrowser.objects.filter(signed_in_at__lt=clock.now() - REMEMBERED_FOR).delete()


def _digest_of(request: HttpRequest) -> str:
    raw = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    if not raw or len(raw) > 300:
        return ""
    try:
        token = signing.loads(raw, salt=_SALT)
    except signing.BadSignature:
        return ""
    return _digest(token) if isinstance(token, str) else ""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
