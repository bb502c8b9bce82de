"""Follows each signed-in session: when it was last used, and under which key it goes on."""

import datetime as dt

from django.http import HttpRequest, HttpResponseBase

from cuspide.accounts import services
from cuspide.accounts.middleware import GetResponse
from cuspide.core import clock

# "Last seen" is right to five minutes: one small write in five minutes a screen, not one a page.
SEEN_EVERY = dt.timedelta(minutes=5)
_KEPT_LIMIT = 5_000
_seen: dict[str, dt.datetime] = {}


class OpenSessionMiddleware:
    """Beside the list of one's sessions; asks nothing of the store for most requests."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = request.session.session_key
        request.session_key_before = before  # type: ignore[attr-defined]
        response = self.get_response(request)
        now = request.session.session_key
        if now and request.user.is_authenticated:
            # Somebody else took her seat in this browser: both sessions go on under their own keys.
            changed_hands = getattr(request, "seat_changed", False)
            if before and now != before and not changed_hands:
                services.follow_session(before, now)
            self._see(now)
        return response

    def _see(self, key: str) -> None:
        now = clock.now()
        last = _seen.get(key)
        if last is not None and dt.timedelta(0) <= now - last < SEEN_EVERY:
            return
        if last is not None:
            services.see_session(key)
        if len(_seen) >= _KEPT_LIMIT:
            _seen.clear()
        _seen[key] = now
