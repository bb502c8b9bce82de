"""The record's first page and the history of cover."""

import uuid as uuids

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cuspide.core import clock, registry
from cuspide.core.forms import DayField, asked
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients import permissions, reach, selectors
from cuspide.patients.models.coverage import LearntFrom
from cuspide.patients.rules.cover import READ_FROM
from cuspide.patients.traces import trace_opened


@require_safe
@access(permissions.VIEW_IDENTITY)
def record(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The summary: a card of each room, as far as the viewer may see them."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.VIEW_IDENTITY, uuid)
    cards = []
    for card in registry.summary_cards.for_actor(reach.held_on(actor, patient)):
        context = card.context(actor, patient)
        if context is not None:
            content = render_to_string(card.template, {**context, "patient": patient}, request)
            cards.append({"key": card.key, "label": card.label, "context": context, "content": content})
    trace_opened(actor, patient, "record")
    return render(request, "patients/summary.html", {"patient": patient, "cards": cards})


@require_safe
@access(permissions.VIEW)
def coverage(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """All cover there was, is and will be; and what applied on the day that the address asks for (`on`)."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.VIEW, uuid)
    history = selectors.coverage_history(patient)
    today = clock.today()
    due = selectors.cover_to_check(selectors.coverage_on(history, today), today)
    day, wrong = asked(DayField(required=False), request.GET.get("on", ""))
    trace_opened(actor, patient, "coverage")
    return render(
        request,
        "patients/coverage.html",
        {
            "patient": patient,
            "history": history,
            "today": today,
            "to_check": due,
            "checkable": [row for row in due if (getattr(row, "rights_to", None) or today) >= today],
            "read_from": [(one.value, one.label) for one in LearntFrom if one in READ_FROM],
            "typed": day or request.GET.get("on", ""),
            "wrong": wrong,
            "day": day,
            "on_day": selectors.coverage_on(history, day) if day else None,
            "may_change": reach.may(actor, permissions.CHANGE, patient),
        },
    )
