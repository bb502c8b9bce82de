"""What pages know of emergency accesses: where one is offered, the strip while it is open, what waits for review."""

import datetime as dt
import uuid as uuids
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from cuspide.accounts.models import EmergencyAccess
from cuspide.accounts.permissions import EMERGENCY
from cuspide.accounts.services.emergency import is_open
from cuspide.core import clock, registry
from cuspide.core.actor import Actor
from cuspide.core.pages.addresses import address
from cuspide.core.rights import Right, access_of, emergency_rights

SHOWN = 5
ON_PAGE = 100


def offer(request: HttpRequest, right: str) -> str:
    """The address of the page that opens an access, for whoever treats; "" for everybody else.

    Who lacks a right altogether is offered the right; who asked for a patient that nothing was found of is offered that
    patient, whoever she may be: an address of somebody of another site and one of nobody are answered alike.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or request.method not in {"GET", "HEAD"} or not actor.can(EMERGENCY):
        return ""
    match = request.resolver_match
    if right:
        asked = {"right": right} if right in emergency_rights() else {}
    else:
        needed = access_of(match.func) if match else None
        opens = isinstance(needed, Right) and needed.emergency and match is not None and match.view_name in _records()
        asked = {"patient": str(match.kwargs["uuid"])} if opens and match is not None else {}
    back = {"next": request.path}
    return f"{address('accounts:open_emergency')}?{urlencode(asked | back)}" if asked else ""


def _records() -> set[str]:
    """The pages of a record, whose address names the patient alone."""
    return {one.url_name for one in (*registry.record_tabs, *registry.record_actions)}


def strip(actor: Actor) -> Mapping[str, Any] | None:
    """Until when an access is open; the server asks again at every request whether it still is."""
    if actor.emergency_until is None:
        return None
    left = actor.emergency_until - clock.now()
    return {"until": clock.local(actor.emergency_until), "minutes": -(-left // dt.timedelta(minutes=1))}


def card(_actor: Actor, _request: Any) -> Mapping[str, Any] | None:
    """For the owner: what is open and what nobody has reviewed; no card without any. Two queries."""
    waiting = EmergencyAccess.objects.filter(reviewed_at__isnull=True).select_related("user")
    shown = list(waiting[: SHOWN + 1])
    if not shown:
        return None
    return {"accesses": _with_state(shown[:SHOWN]), "more": len(shown) > SHOWN}


def listed() -> Sequence[tuple[EmergencyAccess, bool]]:
    """The latest accesses, those that wait for review first. One query."""
    rows = EmergencyAccess.objects.select_related("user", "reviewed_by")
    waiting = list(rows.filter(reviewed_at__isnull=True)[:ON_PAGE])
    return _with_state([*waiting, *rows.filter(reviewed_at__isnull=False)[:ON_PAGE]])


def _with_state(accesses: Sequence[EmergencyAccess]) -> list[tuple[EmergencyAccess, bool]]:
    return [(one, is_open(one)) for one in accesses]


def one(public: uuids.UUID) -> EmergencyAccess | None:
    return EmergencyAccess.objects.select_related("user", "reviewed_by").filter(uuid=public).first()


def span(access: EmergencyAccess) -> tuple[dt.datetime, dt.datetime]:
    """From when until when it held, or holds."""
    return access.opened_at, min(access.ended_at or access.ends_at, access.ends_at)
