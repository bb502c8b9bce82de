"""The page of the backups: three lamps, the places, what was done; and what can be asked for."""

import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cuspide.continuity import checks, permissions, selectors, tasks
from cuspide.continuity.forms import PlaceForm
from cuspide.continuity.models import Destination
from cuspide.continuity.services import destinations, disks
from cuspide.core.errors import DomainError
from cuspide.core.marks import polled
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access


@access(permissions.SEE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return _page(request, PlaceForm())


def _page(request: HttpRequest, form: PlaceForm, status: int = 200) -> HttpResponse:
    return render(request, "continuity/overview.html", _state(request) | {"form": form}, status=status)


@polled
@access(permissions.SEE)
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """How it is now, for the page while something is under way."""
    return render(request, "continuity/parts/state.html", _state(request))


def _state(request: HttpRequest) -> dict[str, object]:
    states, actor = checks.states(), actor_of(request)
    return {
        "may": actor.everywhere(permissions.SET_UP),
        "may_restore": actor.everywhere(permissions.RESTORE),
        "states": states,
        "lamps": selectors.lamps(states),
        "turns": disks.turns(),
        "runs": selectors.last_runs(),
        "under_way": selectors.is_any_under_way(),
    }


@access(permissions.SET_UP)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made = destinations.add(actor_of(request), form.cleaned_data["name"], form.cleaned_data["place"])
    except DomainError as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=422)
    tasks.ask_for_copies()
    messages.success(request, _("Copies go to “%(name)s” from now on. The first one begins.") % {"name": made.name})
    return redirect("continuity:overview")


@access(permissions.SET_UP)
@require_POST
def copy_now(request: HttpRequest) -> HttpResponse:
    tasks.ask_for_copies()
    messages.success(request, _("The copy begins. What came of it is shown here."))
    return redirect("continuity:overview")


@access(permissions.SET_UP)
@require_POST
def try_now(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    tasks.ask_for_a_trial(_in_use(uuid))
    messages.success(request, _("The last copy is brought back to a place beside and proved. It is shown here."))
    return redirect("continuity:overview")


@access(permissions.SET_UP)
@require_POST
def end(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    destinations.end(actor_of(request), _in_use(uuid))
    messages.success(request, _("No more copies go there. What lies there stays."))
    return redirect("continuity:overview")


def _in_use(uuid: uuids.UUID) -> Destination:
    found = Destination.objects.filter(uuid=uuid, ended_at=None).first()
    if found is None:
        raise Http404
    return found
