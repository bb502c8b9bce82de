"""Which workstation a browser is, and whose sessions it holds: read from its cookies, written into them.

Two cookies, both signed and out of reach of scripts. `cuspide_workstation` names the browser and opens nothing.
`cuspide_parked` keeps the sessions of those who wait behind the lock: only the browser that holds a session can have it
unlocked, so that a PIN without a session is worth nothing, and neither is a copy of the workstation's cookie.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from cuspide.accounts.models import Workstation
from cuspide.audit import naming

STATION_COOKIE = "cuspide_workstation"
PARKED_COOKIE = "cuspide_parked"
PARKED_PATH = "/account/"
PARKED_LIMIT = 8
# As long as browsers keep a cookie at all; renewed every day that the workstation is used.
_STATION_KEPT_FOR = dt.timedelta(days=400)
_SALTS = {STATION_COOKIE: "cuspide.accounts.workstation", PARKED_COOKIE: "cuspide.accounts.parked"}


def new_token() -> str:
    """What makes a browser this workstation and no other: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(request: HttpRequest) -> str:
    """The token this browser holds; "" for none, a forged or a damaged one."""
    return str(_read(request, STATION_COOKIE) or "")


def station_of(request: HttpRequest) -> Workstation | None:
    """The workstation this browser is, asked once a request; None for one without a name, or retired."""
    if not hasattr(request, "_station"):
        token = token_of(request)
        found = Workstation.objects.filter(digest=digest(token), retired_at__isnull=True) if token else None
        request._station = None if found is None else found.first()  # type: ignore[attr-defined]
    station: Workstation | None = request._station  # type: ignore[attr-defined]
    return station


def place(request: HttpRequest | None) -> str:
    """Where a request comes from, as the trace keeps it: the workstation's name, if it has one, and the machine's
    address on the network."""
    if request is None:
        return ""
    station = station_of(request)
    address = str(request.META.get("REMOTE_ADDR", ""))
    return (f"{station.name}{naming.PLACE_PARTS}{address}" if station else address)[:80]


def give_token(response: HttpResponseBase, token: str) -> None:
    """Make this browser the workstation of the token."""
    _write(response, STATION_COOKIE, token, "/", _STATION_KEPT_FOR)


def parked_keys(request: HttpRequest) -> list[str]:
    """Keys of the sessions that wait in this browser, the latest first."""
    held = _read(request, PARKED_COOKIE)
    return [key for key in held if isinstance(key, str)][:PARKED_LIMIT] if isinstance(held, list) else []


def keep_parked(response: HttpResponseBase, keys: list[str]) -> None:
    """Have this browser hold these sessions, behind the lock, and no others."""
    if keys:
        _write(
            response, PARKED_COOKIE, keys[:PARKED_LIMIT], PARKED_PATH, dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        )
    else:
        response.delete_cookie(PARKED_COOKIE, path=PARKED_PATH, samesite="Lax")


def _read(request: HttpRequest, name: str) -> Any:
    raw = request.COOKIES.get(name, "")
    if not raw or len(raw) > 2_000:
        return None
    try:
        return signing.loads(raw, salt=_SALTS[name])
    except signing.BadSignature:
        return None


def _write(response: HttpResponseBase, name: str, value: Any, path: str, kept_for: dt.timedelta) -> None:
    response.set_cookie(
        name,
        signing.dumps(value, salt=_SALTS[name]),
        max_age=int(kept_for.total_seconds()),
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
