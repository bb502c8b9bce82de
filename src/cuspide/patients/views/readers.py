"""Who saw this record: to look at, and to hand over to the patient."""

import datetime as dt
import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cuspide.core import clock, pdf
from cuspide.core.errors import DomainError
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.downloads import pdf_response
from cuspide.core.rights import access
from cuspide.patients import permissions, selectors
from cuspide.patients.forms.readers import HandOverForm
from cuspide.patients.selectors.readers import readings
from cuspide.patients.services.readers import Asked, hand_over
from cuspide.patients.traces import trace_opened

USUAL = dt.timedelta(days=365)
ON_PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
@access(permissions.READERS)
def readers(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The readings of the last year; posted with how the identity was checked, the document."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.READERS, uuid)
    today = clock.today()
    form = HandOverForm(request.POST or None, initial={"first": today - USUAL, "last": today})
    if request.method == "POST" and form.is_valid():
        try:
            content = hand_over(actor, patient, Asked(**form.cleaned_data))
        except pdf.DocumentError:
            messages.error(request, _("The document could not be made. Nothing was handed over."))
        except DomainError as refused:
            form.add_error("recipient", refused.sentence)
        else:
            return pdf_response(content, f"acces-dossier-{patient.number}.pdf", attachment=True)
    rows = readings(patient, today - USUAL, today)
    trace_opened(actor, patient, "readers")
    context = {"patient": patient, "form": form, "readings": rows[:ON_PAGE], "more": len(rows) > ON_PAGE}
    return render(request, "patients/readers.html", context, status=422 if form.is_bound else 200)
