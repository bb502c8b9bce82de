"""The pages of the way back: a calendar of points, what lies beside and would be lost, the switch. The owner alone."""

import datetime as dt
import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuspide.audit import trail
from cuspide.continuity import lost, permissions, points, selectors, switching, tasks
from cuspide.continuity.forms import SheetForm
from cuspide.continuity.models import Destination
from cuspide.continuity.services import beside, drills, kit
from cuspide.core import keystore
from cuspide.core.errors import DomainError, Refusal
from cuspide.core.marks import polled
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.downloads import pdf_response
from cuspide.core.rights import access


@access(permissions.SET_UP)
@require_POST
def print_kit(request: HttpRequest) -> HttpResponse:
    return pdf_response(kit.printed(actor_of(request)), f"cuspide-kit-{keystore.practice_home().key_id}.pdf")


@access(permissions.RESTORE)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("lines")
def try_sheet(request: HttpRequest) -> HttpResponse:
    """The owner types the sheet; it opens a place, or not, and is forgotten."""
    form, run = SheetForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        try:
            run = drills.try_with_the_sheet(actor_of(request), form.cleaned_data["place"], form.cleaned_data["lines"])
        except Refusal as refused:
            form.add_error("lines", str(refused))
    status = 422 if form.errors else 200
    shown = {"form": form if form.errors else SheetForm(), "run": run}
    return render(request, "continuity/try_sheet.html", shown, status=status)


@access(permissions.RESTORE)
@require_safe
def calendar(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The points of one place: a month of days, and the hours of one of them."""
    place = get_object_or_404(Destination, uuid=uuid)
    day = _day(request.GET.get("day", "")) or points.last_day(place)
    shown = {
        "place": place,
        "places": Destination.objects.order_by("ended_at", "name"),
        "day": day,
        "month": points.month_of(place, day),
        "points": points.of_day(place, day),
        "may_bring": keystore.practice_home().engine == "sqlite",
    }
    return render(request, "continuity/points.html", shown)


def _day(said: str) -> dt.date | None:
    try:
        found = parse_date(said)
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2200 else None


@access(permissions.RESTORE)
@require_POST
def bring(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    place = get_object_or_404(Destination, uuid=uuid)
    snapshot = request.POST.get("snapshot", "")
    try:
        beside.known(place, snapshot)
    except DomainError as refused:
        raise Http404 from refused
    tasks.ask_for_a_point(actor_of(request), place, snapshot)
    return redirect("continuity:earlier")


@access(permissions.RESTORE)
@require_safe
def earlier(request: HttpRequest) -> HttpResponse:
    """What lies beside, and by name what would be lost by switching to it."""
    home = keystore.practice_home()
    point = beside.standing(home)
    found = lost.since(point.marks) if point else []
    if point:
        trail.reading(
            actor_of(request),
            "continuity.lost",
            detail={"at": point.at[:19], "shown": sum(len(one.lines) for one in found)},
        )
    shown = {
        "point": point,
        "lost": found,
        "deeds": lost.deeds_since(point.marks) if point else [],
        "last": switching.last(home),
        "home": home.folder,
    }
    return render(request, "continuity/earlier.html", shown | _state())


@polled
@access(permissions.RESTORE)
@require_safe
def earlier_state(request: HttpRequest) -> HttpResponse:
    """Whether it is still under way; the page is asked for anew when it is not."""
    state = _state()
    answer = render(request, "continuity/parts/earlier_state.html", state)
    if not state["under_way"]:
        answer["HX-Refresh"] = "true"
    return answer


def _state() -> dict[str, object]:
    return {"under_way": selectors.is_point_under_way(), "said": selectors.said_of_point()}


@access(permissions.RESTORE)
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    if beside.standing(keystore.practice_home()) is None:
        messages.error(request, _("Nothing lies beside the practice. Bring a point back first."))
    else:
        tasks.ask_for_the_switch(actor_of(request))
    return redirect("continuity:earlier")


@access(permissions.RESTORE)
@require_POST
def switch_back(request: HttpRequest) -> HttpResponse:
    if switching.last(keystore.practice_home()) is None:
        messages.error(request, _("There is no store from before a switch."))
    else:
        tasks.ask_for_the_switch(actor_of(request), back=True)
    return redirect("continuity:earlier")


@access(permissions.RESTORE)
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    beside.drop(actor_of(request))
    messages.success(request, _("What lay beside the practice is removed. The copy stays where it is."))
    return redirect("continuity:overview")
