"""Pairs of records that may be of one person, as the search through the store found them."""

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cuspide.core.errors import DomainError
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients import permissions, selectors
from cuspide.patients.rules.blocking import MOST
from cuspide.patients.selectors import duplicates as found
from cuspide.patients.selectors.groups import STAGES
from cuspide.patients.services import duplicates as service
from cuspide.patients.traces import trace_shown


@require_safe
@access(permissions.MERGE)
def pairs(request: HttpRequest) -> HttpResponse:
    """The pairs to look at, or (`apart`) those said to be of two people; `after` is the last of the page before."""
    actor = actor_of(request)
    apart = request.GET.get("apart") == "1"
    shown, more = found.pairs_to_look_at(actor, apart=apart, after=_uuid(request.GET.get("after", "")))
    trace_shown(actor, list({one.pk: one for pair in shown for one in (pair.low, pair.high)}.values()))
    count = found.count_pairs(actor)
    context = {
        "pairs": shown,
        "following": shown[-1].stored.uuid if more and shown[-1].stored else "",
        "count": f"{found.MOST_COUNTED}+" if count > found.MOST_COUNTED else count,
        "apart": apart,
        "state": found.search_state(),
        "steps": len(STAGES),
        "most": MOST,
        "may_search": actor.everywhere(permissions.MERGE),
    }
    return render(request, "patients/possible_duplicates.html", context)


def _uuid(text: str) -> str:
    try:
        return str(uuids.UUID(text))
    except ValueError:
        return ""


@require_POST
@access(permissions.MERGE)
def search(request: HttpRequest) -> HttpResponse:
    """Go through the whole store now, or (`stop`) stop after what is being looked at."""
    if request.POST.get("stop"):
        if service.stop(actor_of(request)):
            messages.success(request, _("The search stops. It goes on from there the next time."))
        else:
            messages.info(request, _("No search is under way."))
        return redirect("patients:possible_duplicates")
    service.start(actor_of(request))
    messages.success(request, _("The search has begun. The page can be left; what is found stands here."))
    return redirect("patients:possible_duplicates")


@require_POST
@access(permissions.MERGE)
def apart(request: HttpRequest, uuid: uuids.UUID, other: uuids.UUID) -> HttpResponse:
    """Say that two records are of two people, or take it back (`apart` is 0)."""
    actor = actor_of(request)
    one = selectors.patient_by_uuid(actor, permissions.MERGE, uuid)
    another = selectors.patient_by_uuid(actor, permissions.MERGE, other)
    try:
        if request.POST.get("apart") == "0":
            service.bring_back(actor, one, another)
            messages.success(request, _("The two records stand among the possible duplicates again."))
        else:
            service.set_apart(actor, one, another)
            messages.success(
                request, _("Noted: two people. They are proposed no more until one of the identities changes.")
            )
    except DomainError as refused:
        messages.error(request, refused.sentence)
    if request.POST.get("from") == "list":
        return redirect("patients:possible_duplicates")
    return redirect("patients:duplicates", uuid=one.uuid)
