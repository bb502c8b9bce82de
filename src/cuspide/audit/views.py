"""The page on which the owner reads the trace."""

import datetime as dt
import uuid as uuids
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cuspide.audit import gathering, naming, selectors, trail
from cuspide.audit.permissions import VIEW
from cuspide.core import clock
from cuspide.core.forms import DayField
from cuspide.core.forms import asked as typed_day
from cuspide.core.rights import access
from cuspide.formats.dates import read_day
from cuspide.formats.errors import FormatError


@access(VIEW)
@require_safe
def trace(request: HttpRequest) -> HttpResponse:
    """The trace by day, person, patient or action. To have read it is itself traced."""
    gathering.settle(everything=True)
    asked = _filters(request)
    wrong = typed_day(DayField(required=False), request.GET.get("day", ""))[1]
    page = selectors.entries(request.actor, asked)  # type: ignore[attr-defined]
    trail.reading(
        request.actor,  # type: ignore[attr-defined]
        "audit.trace",
        patient_uuid=asked.patient,
        detail={"shown": len(page.lines), **_asked(asked)},
    )
    day = asked.day or clock.today()
    return render(
        request,
        "audit/trace.html",
        {
            "asked": asked,
            "typed": request.GET["day"] if wrong else asked.day,
            "wrong": wrong,
            "today": clock.today(),
            "page": page,
            "persons": selectors.persons(),
            "actions": sorted(naming.actions().items(), key=lambda item: str(item[1]).casefold()),
            "yesterday": day - dt.timedelta(days=1),
            "tomorrow": day + dt.timedelta(days=1) if day < clock.today() else None,
            "older": _query(asked, page.next_before),
        },
    )


@access(VIEW)
@require_safe
def entry(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """One entry with its detail."""
    found = selectors.one_entry(request.actor, uuid)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    line, row, detail, as_kept = found
    trail.reading(
        request.actor,  # type: ignore[attr-defined]
        "audit.trace",
        subject=row,
        patient_uuid=row.patient_uuid,
    )
    context = {"line": line, "entry": row, "detail": detail, "as_kept": as_kept}
    return render(request, "audit/entry.html", context)


def _filters(request: HttpRequest) -> selectors.Filters:
    """What the address asks for; what is malformed there is not asked for."""
    person, patient = _uuid(request.GET.get("person", "")), _uuid(request.GET.get("patient", ""))
    day = _day(request.GET.get("day", ""))
    if day is None and person is None and patient is None:
        day = clock.today()
    action = request.GET.get("action", "")
    return selectors.Filters(
        day=day,
        person=person,
        patient=patient,
        action=action if action in naming.actions() else "",
        before=_uuid(request.GET.get("before", "")),
    )


def _asked(asked: selectors.Filters) -> dict[str, Any]:
    parts = {"day": asked.day, "person": asked.person, "patient": asked.patient, "action": asked.action}
    return {name: value for name, value in parts.items() if value}


def _query(asked: selectors.Filters, before: uuids.UUID | None) -> str:
    if before is None:
        return ""
    return urlencode({**_asked(asked), "before": before})


def _uuid(text: str) -> uuids.UUID | None:
    try:
        return uuids.UUID(text)
    except ValueError:
        return None


def _day(text: str) -> dt.date | None:
    try:
        day = read_day(text)
    except FormatError:
        return None
    return day if dt.date(2000, 1, 1) <= day <= dt.date(2200, 1, 1) else None
