"""The list of patients: search, or the newest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients import marking, permissions, selectors
from cuspide.patients.rules.query import LONGEST_QUERY
from cuspide.patients.traces import trace_found

ON_PAGE = 25


@require_http_methods(["GET", "POST"])
@access(permissions.VIEW_IDENTITY)
def patients(request: HttpRequest) -> HttpResponse:
    """Patients found by what was typed; without text those created last. The text is posted, never in the address."""
    actor = actor_of(request)
    text = request.POST.get("text", "").replace("\0", "")[:LONGEST_QUERY].strip()
    in_place = request.headers.get("HX-Request") == "true"
    if text:
        found = selectors.find_patients(actor, text, ON_PAGE + 1)
    else:
        found = selectors.newest_patients(actor)
    more = len(found) > ON_PAGE
    found = found[:ON_PAGE]
    trace_found(actor, [each.patient for each in found])
    return render(
        request,
        "patients/found.html" if in_place else "patients/list.html",
        {
            "text": text,
            "found": [marking.line(each) for each in found],
            "more": more,
            "total": None if in_place else selectors.count_patients(actor),
            "may_merge": actor.can(permissions.MERGE),
            "may_create": actor.can(permissions.CHANGE),
            "shows_phone": actor.can(permissions.VIEW),
        },
    )
