"""What a page needs to cover itself: whose it is, when, and what it leaves in sight."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import seats
from cuspide.accounts.models import Workstation
from cuspide.accounts.services import locking

HOW: dict[str, Any] = {
    locking.BY_KEY: _("By key or button"),
    locking.BY_TIME: _("Nobody did anything for too long"),
    locking.BY_CHANGE: _("Somebody else took over"),
    locking.BY_PIN: _("With the PIN"),
    locking.BY_PASSWORD: _("With the password"),
    locking.BY_PASSKEY: _("With a passkey"),
}


def context(request: HttpRequest) -> dict[str, Any] | None:
    """Of a signed-in person's page; None for a visitor's."""
    seat = seats.take(request) if hasattr(request, "user") else None
    if seat is None:
        return None
    station = seat.workstation
    return {
        "person": seat.user.uuid,
        "words": _words(),
        "after": int(seat.lock_after.total_seconds()),
        # Without scripts nothing covers the page: it leaves for the lock by itself, once the server locks too.
        "leave_after": int((seat.lock_after + locking.NOTED_EVERY + locking.GRACE).total_seconds()) + 5,
        "shows": station is not None and station.shows == Workstation.Shows.PICTURE,
    }


def _words() -> str:
    return json.dumps(
        {
            "locked": gettext("Locked"),
            "lock-unreachable": gettext(
                "The program does not answer. The page stays covered; it tries again by itself."
            ),
            "lock-aside": gettext("This page waits for its person: another one is at work in another tab."),
        },
        ensure_ascii=False,
    )
