"""Guessing is slowed, the person is not: who counts for what when a password or a code is wrong.

A browser in which the person signed in before has a counter of its own. All other places share two: one of the place
(an address, an IPv6 network of 64 bits) and one of the login. Whoever guesses from somewhere on the network fills
those, and keeps the person's own browser out of nothing. A guess is counted before it is tried, so that twenty at once
get no more tries than one after the other; a right one is taken off again. See decision 0060.
"""

import datetime as dt
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.accounts import known
from cuspide.accounts.models import AttemptCounter, KnownBrowser, User, normalised_email
from cuspide.accounts.models.attempts import Counted
from cuspide.core import clock
from cuspide.core.db import locks

# Places, logins and persons asked for a code: never more than three times as many rows, whoever tries what from where.
BUCKETS = 4096


@dataclass(frozen=True)
class Pace:
    """How many failures are free, and how long the wait after the next: it doubles up to `longest`."""

    free: int
    first: dt.timedelta = dt.timedelta(seconds=15)
    longest: dt.timedelta = dt.timedelta(minutes=15)
    forgotten_after: dt.timedelta = dt.timedelta(hours=6)

    def wait(self, failures: int) -> dt.timedelta:
        """The wait that so many failures in a row have earned."""
        if failures < self.free:
            return dt.timedelta(0)
        return min(self.first * 2 ** min(failures - self.free, 20), self.longest)

    def left(self, failures: int, failed_at: dt.datetime | None, now: dt.datetime) -> dt.timedelta:
        """How much of it is still to come. A failure that is still to come itself was written by a clock that was set
        back meanwhile: nobody waits until that is reached, and the next failure is counted where this one was."""
        if failed_at is None or failed_at > now + clock.SLACK:
            return dt.timedelta(0)
        return max(failed_at + self.wait(failures) - now, dt.timedelta(0))


OWN_BROWSER = Pace(free=10)
LOGIN = Pace(free=10)
PLACE = Pace(free=20)


class HeldUp(Exception):
    """No try now. `wait` says how long; `strange` that the browser is not known, and a known one would get in."""

    def __init__(self, wait: dt.timedelta, strange: bool) -> None:
        super().__init__()
        self.wait = wait
        self.strange = strange

    @property
    def sentence(self) -> str:
        """The time left in words, and the way in that stays open. The same whether or not there is such an account."""
        seconds = max(int(self.wait.total_seconds() + 0.999), 1)
        if seconds < 60:
            told = ngettext("Try again in %(n)d second.", "Try again in %(n)d seconds.", seconds) % {"n": seconds}
        else:
            minutes = -(-seconds // 60)
            told = ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes) % {"n": minutes}
        told = _("Too many attempts.") + " " + told
        if self.strange:
            told += " " + _("A passkey, or a browser where you signed in before, lets you in at once.")
        return told


@dataclass
class Attempt:
    """A try that was counted as a failure until it is known to be right."""

    counted: list[Counted] = field(default_factory=list)

    def was_right(self) -> None:
        """Take the try off the counters that it was put on; what others did there stays."""
        for one in self.counted:
            type(one)._default_manager.filter(pk=one.pk, failures__gt=0).update(failures=F("failures") - 1)
        self.counted = []


def try_password(request: HttpRequest, login: str) -> Attempt:
    """Before a password is looked at. Raises HeldUp."""
    login = normalised_email(login)
    own = known.browser_of(request, login=login)
    return _count(own, [("login", login, LOGIN), ("place", place_key(request), PLACE)])


def try_code(request: HttpRequest, user: User) -> Attempt:
    """Before a second factor's code is looked at. Raises HeldUp."""
    own = known.browser_of(request, user=user)
    return _count(own, [("code", str(user.uuid), LOGIN), ("place", place_key(request), PLACE)])


def try_invitation(request: HttpRequest, page: str) -> Attempt:
    """Before the one-time code of an invitation is looked at. Raises HeldUp."""
    return _count(None, [("code", page, LOGIN), ("place", place_key(request), PLACE)])


def place_key(request: HttpRequest) -> str:
    """What counts as one place: an IPv4 address, or the 64 bits that a single machine may fill at will."""
    try:
        address = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False).network_address)
    return str(address)


def bucket(kind: str, name: str) -> str:
    """The counter of a name: chosen by the practice's key, so that nobody aims at another's."""
    digest = salted_hmac("cuspide.accounts.attempts", f"{kind}\0{name}".encode("utf-8", "replace"), algorithm="sha256")
    return f"{kind}:{int.from_bytes(digest.digest()[:4], 'big') % BUCKETS}"


def _count(own: KnownBrowser | None, strange: list[tuple[str, str, Pace]]) -> Attempt:
    if own is not None:
        return _taken(lambda: list(locks.held(KnownBrowser.objects).filter(pk=own.pk)), [own], {"": OWN_BROWSER})
    paces = {bucket(kind, name): pace for kind, name, pace in strange}
    rows = AttemptCounter.objects.filter(bucket__in=paces).order_by("bucket")

    def locked() -> list[Counted]:
        AttemptCounter.objects.bulk_create(
            [AttemptCounter(bucket=name) for name in sorted(paces)], ignore_conflicts=True
        )
        return list(locks.held(rows))

    return _taken(locked, list(rows), paces)


def _taken(locked: Callable[[], list[Counted]], seen: list[Counted], paces: dict[str, Pace]) -> Attempt:
    """Refuse while any counter waits, otherwise count on all. Most of a flood ends at the first look, unlocked."""
    now = clock.now()

    def pace(one: Counted) -> Pace:
        return paces[getattr(one, "bucket", "")]

    def refuse(rows: list[Counted]) -> None:
        wait = max((pace(one).left(one.failures, one.failed_at, now) for one in rows), default=dt.timedelta(0))
        if wait:
            raise HeldUp(wait, strange="" not in paces)

    refuse(seen)
    with transaction.atomic():
        rows = locked()
        refuse(rows)
        for one in rows:
            old = one.failed_at is not None and now - one.failed_at > pace(one).forgotten_after
            one.failures = 1 if old else one.failures + 1
            one.failed_at = now
            one.save(update_fields=["failures", "failed_at"])
    return Attempt(rows)
