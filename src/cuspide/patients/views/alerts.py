"""Medical alerts: standing, ended, and the days on which it was said that there are none."""

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.taking_back import take_back
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.patients import permissions, reach, selectors
from cuspide.patients.forms import AlertForm, EndAlertForm, MayBeGivenForm, ToldAlertForm
from cuspide.patients.forms.alerts import proposed
from cuspide.patients.models import Alert
from cuspide.patients.rules.substances import AS_OF, names_offered
from cuspide.patients.services import alerts as alert_service
from cuspide.patients.traces import trace_opened


@require_http_methods(["GET", "HEAD", "POST"])
@access(permissions.VIEW_ALERT_DETAILS)
def alerts(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Everything known, with severity, source and history; of what is typed, whether an allergy warns of it."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.VIEW_ALERT_DETAILS, uuid)
    trace_opened(actor, patient, "alerts")
    state = selectors.alert_state(patient)
    form = MayBeGivenForm(request.POST or None)
    given = form.cleaned_data["given"] if form.is_bound and form.is_valid() else ""
    context = {
        "patient": patient,
        "state": state,
        "given": given,
        "answer": selectors.warnings_about(state, given) if given else None,
        "known_substances": names_offered(),
        "listed_on": AS_OF,
        "ended": selectors.ended_alerts(patient),
        "statements": selectors.alert_statements(patient),
        "may_change": reach.may(actor, permissions.CHANGE_ALERTS, patient),
    }
    return render(request, "patients/alerts.html", context)


@require_http_methods(["GET", "POST"])
@access(permissions.NOTE_ALERTS)
def add(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Record an alert; whoever does not treat notes its words, for somebody who does to confirm."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.NOTE_ALERTS, uuid)
    treats = reach.may(actor, permissions.CHANGE_ALERTS, patient)
    form = (AlertForm if treats else ToldAlertForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alert_service.add_alert(actor, patient, form.cleaned_data, key=key_in(request.POST))
        except FieldErrors as refused:
            for name in form.refuse(refused):
                form.add_error(None, refused.errors[name])
        else:
            said = _("Alert recorded.") if treats else _("Alert noted. Those who treat are asked to confirm it.")
            messages.success(request, said)
            return redirect("patients:alerts" if treats else "patients:record", uuid=patient.uuid)
    trace_opened(actor, patient, "add_alert")
    context = {"patient": patient, "form": form, "frequent": proposed(), "treats": treats}
    return render(request, "patients/add_alert.html", context, status=422 if form.is_bound else 200)


@require_POST
@access(permissions.CHANGE_ALERTS)
def confirm(request: HttpRequest, uuid: uuids.UUID, alert: uuids.UUID) -> HttpResponse:
    """What was told on the telephone holds."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE_ALERTS, uuid)
    told = get_object_or_404(Alert.objects.select_related("patient"), uuid=alert, patient=patient)
    try:
        alert_service.confirm_alert(actor, told)
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Alert confirmed."))
    return redirect("patients:alerts", uuid=patient.uuid)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE_ALERTS)
def end(request: HttpRequest, uuid: uuids.UUID, alert: uuids.UUID) -> HttpResponse:
    """End an alert, with the reason."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE_ALERTS, uuid)
    ended = get_object_or_404(Alert.objects.select_related("patient"), uuid=alert, patient=patient)
    form = EndAlertForm(request.POST or None)
    return take_back(
        request,
        form,
        lambda reason: alert_service.end_alert(actor, ended, reason),
        said=_("Alert ended."),
        destination=address("patients:alerts", patient.uuid),
        template="patients/end_alert.html",
        context={"patient": patient, "alert": ended},
        opened=lambda: trace_opened(actor, patient, "end_alert"),
    )


@require_POST
@access(permissions.CHANGE_ALERTS)
def none_known(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The patient was asked and has nothing to say."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE_ALERTS, uuid)
    key = key_in(request.POST)
    try:
        alert_service.state_none_known(actor, patient, key=key)
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is noted that no alert is known as of today."))
    return redirect("patients:alerts", uuid=patient.uuid)
