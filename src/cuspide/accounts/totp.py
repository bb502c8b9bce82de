"""One-time codes by time (TOTP, RFC 6238: SHA-1, six digits, thirty seconds), and that none counts twice."""

import base64
import hmac
import secrets
import struct
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import transaction

from cuspide.core import clock
from cuspide.core.db import locks

PERIOD_SECONDS = 30
DIGITS = 6
# How many accepted codes of each person are remembered: a clock that is set back makes none of them good again.
KEPT = 50
# One step before and after: clocks differ, and a code is typed slowly.
TOLERANCE = 1
ISSUER = "Cuspide"


def new_secret() -> str:
    """160 bits, base32, as RFC 4226 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def step_now() -> int:
    """The number of the current thirty seconds."""
    return int(clock.now().timestamp()) // PERIOD_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of a step (RFC 4226, 5.3)."""
    mac = hmac.digest(base64.b32decode(secret, casefold=True), struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 0x0F
    value = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{value % 10**DIGITS:0{DIGITS}}"


def current_code(secret: str) -> str:
    """The code of now."""
    return code_at(secret, step_now())


def matching_step(secret: str, code: str) -> int | None:
    """The step within tolerance whose code this is. All are compared, so that the time tells nothing."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    now = step_now()
    found = None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step), typed):
            found = step
    return found


def accept(authenticator: Authenticator, code: str) -> bool:
    """Whether the code is right and newer than every code accepted before. The step is kept in the store under a
    lock: two requests with one code do not both get in, and a restart forgets nothing. A step that is still to come was
    accepted by a clock that was set back meanwhile: it counts once as any other, and keeps nobody out until then."""
    with transaction.atomic():
        held = locks.held(Authenticator.objects).filter(pk=authenticator.pk).first()
        if held is None:
            return False
        step = matching_step(decrypt(held.data["secret"]), code)
        if step is None or not _is_new(step, held.data):
            return False
        held.data["steps"] = [*_accepted(held.data), step][-KEPT:]
        held.data.pop("last_step", None)
        held.save(update_fields=["data"])
        authenticator.data = held.data
    return True


def _accepted(data: Mapping[str, Any]) -> list[int]:
    """The steps accepted before, the last one last. Stores of before kept that one alone."""
    return list(data.get("steps") or [data.get("last_step", -1)])


def _is_new(step: int, data: Mapping[str, Any]) -> bool:
    latest = step_now() + TOLERANCE
    return all(step > one or (one > latest and one != step) for one in _accepted(data))


def address(secret: str, email: str) -> str:
    """The `otpauth://` address that an authenticator reads from a QR code."""
    label = quote(f"{ISSUER}:{email}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"
