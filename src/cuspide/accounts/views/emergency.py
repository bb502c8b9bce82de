"""Emergency accesses: opened by whoever treats, ended by her, reviewed by the owner."""

import uuid as uuids
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.accounts import emergencies, services
from cuspide.accounts.forms import ReasonForm
from cuspide.accounts.permissions import EMERGENCY, REVIEW
from cuspide.audit import selectors as trace
from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import SIGNED_IN, Right, access, declared, emergency_rights

REFUSED = 422


@access(EMERGENCY)
@require_http_methods(["GET", "POST"])
def open_access(request: HttpRequest) -> HttpResponse:
    """Write the reason, and go on to what was refused. Of a patient nothing is looked up here."""
    actor = actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    right, patient = _asked(actor, given.get("right", ""), given.get("patient", ""))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_emergency(
                actor, reason=form.cleaned_data["reason"], right=right.code if right else "", patient=patient
            )
        except FieldErrors as refused:
            form.add_error("reason", refused.sentence)
        except DomainError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The emergency access is open for 30 minutes. The owner has been told."))
            return redirect(_back(given.get("next", "")))
    context = {
        "form": form,
        "right": right,
        "patient": patient,
        "next": _back(given.get("next", "")),
        "until": actor.emergency_until,
        "here": f"{request.path}?{urlencode({name: given.get(name, '') for name in ('right', 'patient', 'next')})}",
    }
    return render(request, "accounts/open_emergency.html", context, status=REFUSED if form.errors else 200)


def _asked(actor: Actor, right: str, patient: str) -> tuple[Right | None, uuids.UUID | None]:
    """One right that may be opened, or one patient. BadRequest for anything else; no page of ours writes it."""
    if right and not patient:
        if right not in emergency_rights():
            raise Forbidden(EMERGENCY.code)
        return declared()[right], None
    try:
        return None, uuids.UUID("" if right else patient)
    except ValueError:
        raise BadRequest("emergency") from None


def _back(back: str) -> str:
    """The page that was refused, when it is one of this practice; else today's."""
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return address("core:home")


@access(SIGNED_IN)
@require_POST
def end_access(request: HttpRequest) -> HttpResponse:
    """End one's own access before its half hour is over."""
    if services.end_emergency(actor_of(request)):
        messages.success(request, _("The emergency access has ended."))
    return redirect(_back(request.POST.get("next", "")))


@access(REVIEW)
@require_GET
def accesses(request: HttpRequest) -> HttpResponse:
    """Every emergency access, those first that nobody has reviewed."""
    return render(request, "accounts/emergencies.html", {"accesses": emergencies.listed()})


@access(REVIEW)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """One access: the reason, what was read and done while it was open, and the owner's note."""
    actor = actor_of(request)
    found = emergencies.one(uuid)
    if found is None:
        raise Http404
    form = ReasonForm(request.POST or None, label=_("What you found"))
    if request.method == "POST" and form.is_valid():
        try:
            services.review_emergency(actor, found, form.cleaned_data["reason"])
        except DomainError as refused:
            form.add_error("reason", refused.sentence)
        else:
            messages.success(request, _("The review is noted."))
            return redirect("accounts:emergencies")
    since, until = emergencies.span(found)
    lines, more = trace.during(actor, found.user_id, since, until)
    trail.reading(actor, "accounts.emergency_read", subject=found, patient_uuid=found.patient_uuid)
    context = {
        "access": found,
        "right": declared().get(found.right),
        "since": since,
        "until": until,
        "is_open": services.is_open(found),
        "lines": lines,
        "more": more,
        "form": form,
    }
    return render(request, "accounts/review_emergency.html", context, status=REFUSED if form.errors else 200)
