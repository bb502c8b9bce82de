"""The seats of a browser: whose session is in use, whose wait behind the lock, and how one takes the other's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare

from cuspide.accounts import passkeys, stations
from cuspide.accounts.models import Pin, Seat
from cuspide.accounts.services import locking
from cuspide.accounts.sessions import SessionStore
from cuspide.core import clock
from cuspide.core.db.prepared import prepared


@dataclass(frozen=True)
class Held:
    """A seat that may be taken again in this browser."""

    seat: Seat
    in_use: bool
    by_pin: bool
    by_passkey: bool

    @property
    def initials(self) -> str:
        """Two letters for the tile; titles are nobody's name."""
        words = [word for word in self.seat.user.display_name.split() if word.rstrip(".").lower() not in {"dr", "pr"}]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@prepared
def _seat_of(session_key: Any) -> QuerySet[Seat]:
    return Seat.objects.select_related("workstation", "user").filter(session_key=session_key)


def find(request: HttpRequest) -> Seat | None:
    """The seat of the session that the request comes with; None when it has none yet.

    One that has ended, or that was opened at a named workstation and comes from another browser, is set aside: the
    request goes on as a visitor's.
    """
    key = request.session.session_key
    if not key:
        return None
    seat = next(iter(_seat_of(key)), None)
    if seat is None:
        return None
    station = seat.workstation
    if station is not None and stations.digest(stations.token_of(request)) == station.digest:
        request._station = None if station.retired_at else station  # type: ignore[attr-defined]
    elsewhere = station is not None and stations.station_of(request) != station
    if seat.ended_at is not None or elsewhere:
        request.session = SessionStore()
        return None
    return seat


def take(request: HttpRequest) -> Seat | None:
    """The seat of a signed-in person, made at her first page; None for a visitor."""
    seat: Seat | None = getattr(request, "seat", None)
    if not request.user.is_authenticated:
        # Her session was ended from elsewhere: what was hers at this workstation is nobody's.
        request.seat = None  # type: ignore[attr-defined]
        return None
    if seat is None and request.session.session_key:
        seat = locking.open_seat(
            request.user,
            request.session.session_key,
            stations.station_of(request),
            instead_of=stations.parked_keys(request),
        )
        request.seat = seat  # type: ignore[attr-defined]
    return seat


def here(request: HttpRequest) -> Sequence[Held]:
    """Whoever may take a seat again in this browser, the one in use first: sessions that the browser itself holds, that
    are good still, and that were opened where it is."""
    in_use = getattr(request, "seat", None)
    keys = [*([in_use.session_key] if in_use else []), *stations.parked_keys(request)]
    if not keys:
        return []
    station = stations.station_of(request)
    found = (
        Seat.objects.filter(session_key__in=keys, ended_at__isnull=True, user__is_active=True)
        .filter(workstation=station)
        .select_related("user", "workstation")
        .annotate(by_pin=Exists(Pin.objects.filter(user=OuterRef("user"))), by_passkey=passkeys.good_at(request))
    )
    takes_passkeys = not passkeys.refusal(request)
    live = {
        row.session_key: SessionStore().decode(row.session_data)
        for row in Session.objects.filter(session_key__in=keys, expire_date__gt=clock.machine())
    }
    held: dict[int, Held] = {}
    for seat in sorted(found, key=lambda one: keys.index(one.session_key)):
        proof = str(live.get(seat.session_key, {}).get(HASH_SESSION_KEY, ""))
        if constant_time_compare(proof, seat.user.get_session_auth_hash()):
            is_in_use = in_use is not None and seat.pk == in_use.pk
            by_pin, by_passkey = bool(seat.by_pin and station is not None), bool(seat.by_passkey and takes_passkeys)
            held.setdefault(seat.user_id, Held(seat, is_in_use, by_pin, by_passkey))
    return list(held.values())


def switch(request: HttpRequest, response: HttpResponseBase, to: Seat | None) -> None:
    """Put the seat `to` in use and the one that was behind the lock; None leaves the browser to a visitor."""
    in_use: Seat | None = getattr(request, "seat", None)
    if to is not None and in_use is not None and in_use.pk == to.pk:
        return
    waiting = [key for key in stations.parked_keys(request) if to is None or key != to.session_key]
    if in_use is not None and in_use.ended_at is None:
        waiting = [in_use.session_key, *(key for key in waiting if key != in_use.session_key)]
    stations.keep_parked(response, waiting)
    # Another store in its place: the session that was in use stays as it is, for when its person comes back.
    request.session = SessionStore(session_key=to.session_key if to else None)
    if to is not None:
        # Django sends the cookie of a session that was changed.
        request.session.modified = True
    request.seat = to  # type: ignore[attr-defined]
    request.seat_changed = True  # type: ignore[attr-defined]
