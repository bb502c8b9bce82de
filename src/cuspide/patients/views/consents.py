"""What a patient agreed to and opposed, and when."""

import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cuspide.core import clock
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.taking_back import take_back
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.patients import permissions, reach, selectors
from cuspide.patients.forms import ConsentForm, VoidConsentForm
from cuspide.patients.models import ConsentStatement
from cuspide.patients.models.consents import ConsentSubject
from cuspide.patients.services import consents as consent_service
from cuspide.patients.traces import trace_opened


@require_safe
@access(permissions.VIEW)
def consents(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Every subject as it stands, and all that was ever said."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.VIEW, uuid)
    trace_opened(actor, patient, "consents")
    context = {
        "patient": patient,
        "lines": selectors.consent_lines(patient),
        "history": selectors.consent_history(patient),
        "may_change": reach.may(actor, permissions.CHANGE, patient),
    }
    return render(request, "patients/consents.html", context)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def state(request: HttpRequest, uuid: uuids.UUID, about: str) -> HttpResponse:
    """Note what was said about one subject."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    if about not in ConsentSubject.values:
        raise Http404
    form = ConsentForm(request.POST or None, initial={"said_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            consent_service.state_consent(actor, patient, about, form.cleaned_data, key=key_in(request.POST))
        except FieldErrors as refused:
            for name in form.refuse(refused):
                form.add_error(None, refused.errors[name])
        except DomainError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Recorded."))
            return redirect("patients:consents", uuid=patient.uuid)
    if about == ConsentSubject.PARENTS:
        form.fields["said_by"].help_text = _("Only the minor asks for it, and only the minor takes it back.")
    trace_opened(actor, patient, "state_consent")
    deciding = selectors.who_decides(patient)
    context = {
        "patient": patient,
        "subject": ConsentSubject(about),
        "form": form,
        "deciders": [one.name for one in (*deciding.parents, *deciding.guardians)],
    }
    return render(request, "patients/state_consent.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def void(request: HttpRequest, uuid: uuids.UUID, consent: uuids.UUID) -> HttpResponse:
    """Take back what was noted by mistake, with the reason."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    rows = ConsentStatement.objects.select_related("patient").filter(ended_at__isnull=True)
    row = get_object_or_404(rows, uuid=consent, patient=patient)
    return take_back(
        request,
        VoidConsentForm(request.POST or None),
        lambda reason: consent_service.void_consent(actor, row, reason),
        said=_("It counts no more, and stays in the history."),
        destination=address("patients:consents", patient.uuid),
        template="patients/void_consent.html",
        context={"patient": patient, "row": row},
        opened=lambda: trace_opened(actor, patient, "void_consent"),
    )
