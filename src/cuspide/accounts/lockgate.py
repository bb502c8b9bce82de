"""Asked of every request before its view: is somebody there, and is the workstation open?"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from cuspide.accounts import seats, stations
from cuspide.accounts.services import locking
from cuspide.accounts.services.stations import seen
from cuspide.core.actor import Actor
from cuspide.core.marks import is_open_when_locked, is_polled
from cuspide.core.pages.addresses import address

# What a page's own scripts say when nobody touched it: they ask by themselves.
UNATTENDED = "X-Unattended"
LOCKED = 423


class LockMiddleware:
    """Gives the request its `seat`; a locked one reaches the lock and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.seat = seats.find(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if getattr(request, "_station_renewed", False):
            stations.give_token(response, stations.token_of(request))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        if is_open_when_locked(view):
            return None
        seat = seats.take(request)
        if seat is None:
            return None
        if locking.is_locked(seat):
            if seat.locked_at is None:
                actor: Actor = request.actor  # type: ignore[attr-defined]
                locking.lock(actor, seat, locking.BY_TIME)
            return _to_lock(request)
        if not is_polled(view) and UNATTENDED not in request.headers:
            _note(request, seat)
        return None


def _note(request: HttpRequest, seat: Any) -> None:
    """A store that cannot be written shows its pages all the same; it locks when the time is over."""
    try:
        station = seat.workstation
        if locking.note_activity(seat) and station is not None:
            renew = station.last_seen_at is None or (seat.active_at - station.last_seen_at).days >= 1
            request._station_renewed = renew  # type: ignore[attr-defined]
            seen(station, seat.user, str(request.META.get("REMOTE_ADDR", "")))
    except DatabaseError:
        return


def _to_lock(request: HttpRequest) -> HttpResponseBase:
    """A script is told, a page leads to the lock. A form that was sent is not kept: the lock page says so."""
    if request.headers.get("HX-Request") == "true" or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return HttpResponse(status=LOCKED)
    if request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(lock_address(request.get_full_path()))
    return HttpResponseRedirect(lock_address(page_before(request), lost=True))


def page_before(request: HttpRequest) -> str:
    """The page of this practice that the request came from; "" when it does not say."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host():
        return ""
    return came.path + (f"?{came.query}" if came.query else "")


def lock_address(back: str, *, lost: bool = False) -> str:
    """The lock page, and from there back to a page of this practice."""
    asked = {"next": back} if safe(back) != "/" else {}
    if lost:
        asked["lost"] = "1"
    lock = address("accounts:lock")
    return f"{lock}?{urlencode(asked)}" if asked else lock


def safe(back: str) -> str:
    """A page that a GET shows, of this practice and not the lock itself; the first page otherwise."""
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        return "/"
    return "/" if back.startswith(address("accounts:lock")) else back
