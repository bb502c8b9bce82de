"""One appointment: seen, moved, amended, called off, and its steps."""

import uuid
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.agenda import services
from cuspide.agenda.conflicts import Warned
from cuspide.agenda.forms import AmendForm, CancelForm, MoveForm
from cuspide.agenda.models import Appointment
from cuspide.agenda.permissions import BOOK, VIEW
from cuspide.agenda.rules import Action
from cuspide.agenda.views.booking import said_where
from cuspide.agenda.views.shown import actor_of, answer, around, details, find, is_fragment, trace_one
from cuspide.core import clock
from cuspide.core.errors import DomainError, EditConflict
from cuspide.core.rights import access


@access(VIEW)
@require_GET
def appointment(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """All there is to say of one appointment, and what may be done next."""
    found = find(request, uuid)
    return _show(request, found, "appointment")


@access(BOOK)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """Put an appointment elsewhere. A drag sends what it changed; the form sends all."""
    found = find(request, uuid)
    whom = actor_of(request).practitioners_of(BOOK)
    if request.method == "GET":
        return _show(request, found, "move", form=MoveForm(appointment=found, whom=whom))
    form = MoveForm(_completed(request.POST, found), appointment=found, whom=whom)
    if not form.is_valid():
        return _show(request, found, "move", status=422, form=form)
    wish = form.cleaned_data
    before: dict[str, Any] = {
        "version": found.version + 1,
        "starts_at": found.starts_at,
        "minutes": found.minutes,
        "chair": found.chair,
        "practitioner": found.practitioner,
    }
    try:
        moved = services.move(
            actor_of(request),
            found,
            expected_version=wish["version"],
            starts_at=wish["starts_at"],
            minutes=wish["minutes"],
            chair=wish["chair"],
            practitioner=wish["practitioner"],
            confirmed=form.confirmed,
        )
    except Warned as warned:
        return _show(request, found, "move", status=409, form=form, warnings=warned.warnings)
    except EditConflict as conflict:
        return _somebody_else(request, conflict)
    except DomainError as refused:
        form.refuse(refused)
        return _show(request, found, "move", status=422, form=form)
    zone = moved.site.time_zone
    place = {
        **before,
        "day": clock.local(before["starts_at"], zone).date().isoformat(),
        "time": f"{clock.local(before['starts_at'], zone):%H:%M}",
    }
    return answer(request, moved, said_where(moved, _("Moved")), before=place)


def _completed(posted: QueryDict, found: Appointment) -> QueryDict:
    """What a drag left out, as the appointment has it: a form that comes back with a question says all of it."""
    data = posted.copy()
    stays = {
        "chair": str(found.chair.uuid),
        "practitioner": str(found.practitioner.uuid) if found.practitioner else "",
        "minutes": str(found.minutes),
    }
    for name, value in stays.items():
        if name not in data:
            data[name] = value
    return data


@access(BOOK)
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """Change the type and the note."""
    found = find(request, uuid)
    if request.method == "GET":
        return _show(request, found, "amend", form=AmendForm(appointment=found))
    form = AmendForm(request.POST, appointment=found)
    if not form.is_valid():
        return _show(request, found, "amend", status=422, form=form)
    try:
        changed = services.amend(
            actor_of(request),
            found,
            expected_version=form.cleaned_data["version"],
            type=form.cleaned_data.get("type"),
            note=form.cleaned_data["note"],
        )
    except EditConflict as conflict:
        return _somebody_else(request, conflict)
    except DomainError as refused:
        form.add_error(None, str(refused))
        return _show(request, found, "amend", status=422, form=form)
    return answer(request, changed, _("The appointment was changed."))


@access(BOOK)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """Call an appointment off."""
    found = find(request, uuid)
    if request.method == "GET":
        return _show(request, found, "cancel", form=CancelForm(initial={"version": found.version}))
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _show(request, found, "cancel", status=422, form=form)
    try:
        called_off = services.cancel(
            actor_of(request),
            found,
            expected_version=form.cleaned_data["version"],
            by=form.cleaned_data["by"],
            reason=form.cleaned_data["reason"],
        )
    except EditConflict as conflict:
        return _somebody_else(request, conflict)
    except DomainError as refused:
        form.add_error(None, str(refused))
        return _show(request, found, "cancel", status=422, form=form)
    return answer(request, called_off, _("The appointment was cancelled; the time is free again."))


@access(BOOK)
@require_POST
def state(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """One step of a visit."""
    found = find(request, uuid)
    try:
        action = Action(request.POST.get("action", ""))
        version = int(request.POST.get("version", ""))
    except ValueError as error:
        raise BadRequest("action") from error
    try:
        changed = services.set_state(
            actor_of(request), found, action, expected_version=version, confirmed=request.POST.getlist("confirm")
        )
    except Warned as warned:
        return _show(request, found, "appointment", status=409, warnings=warned.warnings, action=action)
    except EditConflict as conflict:
        return _somebody_else(request, conflict)
    except DomainError as refused:
        return _show(request, found, "appointment", status=422, refusal=str(refused))
    return answer(request, changed, _("State: %(state)s.") % {"state": changed.state_label.lower()})


def _somebody_else(request: HttpRequest, conflict: EditConflict) -> HttpResponse:
    """The second of two editors is told, and sees what now stands."""
    current = find(request, conflict.current.uuid)
    return _show(request, current, "appointment", status=409, refusal=str(conflict))


def _show(request: HttpRequest, found: Appointment, name: str, status: int = 200, **more: Any) -> HttpResponse:
    trace_one(request, found)
    context = details(request, found, **more)
    if not is_fragment(request):
        return render(request, f"agenda/{name}.html", context, status=status)
    if request.method == "POST":
        # A drag that was refused goes back to where the store has it.
        context |= around(request) | {"may_book": context["may_book"]}
    return render(request, f"agenda/answers/{name}.html", context, status=status)
