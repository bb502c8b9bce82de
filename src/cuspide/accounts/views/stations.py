"""Workstations: what this browser is called and how it locks, the list of all, and one's own PIN."""

import uuid as uuids
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.accounts import seats, selectors, stations
from cuspide.accounts.forms_stations import PinForm, StationForm
from cuspide.accounts.models import Pin, User, Workstation
from cuspide.accounts.permissions import STATIONS
from cuspide.accounts.services import locking
from cuspide.accounts.services import stations as services
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from cuspide.core.rights import SIGNED_IN, access
from cuspide.core.submissions import key_in


@access(SIGNED_IN)
@require_GET
def this_one(request: HttpRequest) -> HttpResponse:
    """What this browser is called, when it locks, and who is signed in at it."""
    return _this_one(request, _form_of(stations.station_of(request)))


@access(STATIONS)
@require_POST
def name_this_one(request: HttpRequest) -> HttpResponse:
    """Make this browser a workstation, or change the one it is."""
    station = stations.station_of(request)
    form = StationForm(request.POST)
    if form.is_valid():
        try:
            if station is not None:
                return _changed(request, station, form, redirect("accounts:station"))
            sessions = [one.seat.session_key for one in seats.here(request)]
            made, token = services.name_workstation(
                request.actor,  # type: ignore[attr-defined]
                form.described(),
                sessions=sessions,
                submission=key_in(request.POST),
            )
        except DomainError as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, _("This workstation is called %(name)s now.") % {"name": made.name})
            response = redirect("accounts:station")
            stations.give_token(response, token)
            return response
    return _this_one(request, form, status=422)


@access(STATIONS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All workstations, with who was last seen at each."""
    context = {"stations": selectors.workstations(request.actor), "mine": stations.station_of(request)}  # type: ignore[attr-defined]
    return render(request, "accounts/stations.html", context)


@access(STATIONS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Rename a workstation from anywhere, or have it lock sooner or later."""
    station = _found(request, uuid)
    form = StationForm(request.POST) if request.method == "POST" else _form_of(station)
    if request.method == "POST" and form.is_valid():
        try:
            return _changed(request, station, form, redirect("accounts:stations"))
        except DomainError as refused:
            _add_errors(form, refused)
    return render(
        request, "accounts/station_edit.html", {"station": station, "form": form}, status=422 if form.errors else 200
    )


@access(STATIONS)
@require_POST
def retire(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The workstation is gone: its sessions end at once."""
    station = _found(request, uuid)
    services.retire_workstation(request.actor, station)  # type: ignore[attr-defined]
    messages.success(request, _("%(name)s is retired. Whoever was signed in there is signed out.") % {"name": station})
    return redirect("accounts:stations")


@access(SIGNED_IN)
@sensitive_post_parameters("pin", "again")
@reauthentication_required
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """Choose one's PIN; asked for the password again before, unless that was a moment ago."""
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            locking.set_pin(request.actor, _user(request), form.cleaned_data["pin"])  # type: ignore[attr-defined]
        except DomainError as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, _("Your PIN is set. It unlocks the workstations where you are signed in."))
            return redirect("accounts:me")
    context = {"form": form, "held": Pin.objects.filter(user=_user(request)).first()}
    return render(request, "accounts/pin.html", context, status=422 if form.errors else 200)


@access(SIGNED_IN)
@require_POST
def remove_pin(request: HttpRequest) -> HttpResponse:
    """Do without a PIN again."""
    locking.remove_pin(request.actor, _user(request))  # type: ignore[attr-defined]
    messages.success(request, _("Your PIN is gone. You unlock with your password."))
    return redirect("accounts:me")


def _this_one(request: HttpRequest, form: StationForm, status: int = 200) -> HttpResponse:
    station = stations.station_of(request)
    context = {
        "station": station,
        "form": form,
        "here": seats.here(request),
        "place": stations.place(request),
        "seat": request.seat,  # type: ignore[attr-defined]
        "may_name": request.actor.can(STATIONS),  # type: ignore[attr-defined]
    }
    return render(request, "accounts/station.html", context, status=status)


def _changed(request: HttpRequest, station: Workstation, form: StationForm, response: HttpResponse) -> HttpResponse:
    version = form.cleaned_data["version"] or 0
    services.change_workstation(request.actor, station, form.described(), version)  # type: ignore[attr-defined]
    messages.success(request, _("Changed. It counts from the next page on."))
    return response


def _form_of(station: Workstation | None) -> StationForm:
    if station is None:
        first = selectors.first_site()
        return StationForm(initial={"site": first.uuid if first else None})
    return StationForm(
        initial={
            "name": station.name,
            "kind": station.kind,
            "site": station.site.uuid,
            "lock_after": station.lock_after,
            "shows": station.shows,
            "version": station.version,
        }
    )


def _found(request: HttpRequest, uuid: uuids.UUID) -> Workstation:
    station = selectors.workstation(request.actor, uuid)  # type: ignore[attr-defined]
    if station is None:
        raise Http404
    return station


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _add_errors(form: forms.Form, refused: DomainError) -> None:
    if isinstance(refused, EditConflict):
        form.add_error(None, _("Somebody else changed this workstation meanwhile. Open the page again."))
        return
    errors: dict[str, Any] = refused.errors if isinstance(refused, FieldErrors) else {"": refused.sentence}
    for name, sentence in errors.items():
        form.add_error(name if name in form.fields else None, sentence)
