"""What the pages of billing share."""

import logging
import uuid as uuids
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from cuspide.billing import permissions
from cuspide.billing.models import Invoice, Payment, Receipt
from cuspide.billing.selectors import at_sites, received_at_sites
from cuspide.billing.services.payments import TAKE_PAYMENT
from cuspide.core import blobs, pdf, submissions
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient

REFUSED = 422
# Why a document may be neither read nor made just now.
DOCUMENT_FAILURES = (pdf.DocumentError, blobs.BlobError, OSError)
logger = logging.getLogger(__name__)
M = TypeVar("M", bound=Model)


def no_document(request: HttpRequest, patient: Patient, failure: Exception) -> HttpResponse:
    """Says that the document is not to be had now, and the cause to the log: file names and templates, no person."""
    cause = failure.strerror if isinstance(failure, OSError) else failure
    logger.error("no document: %s: %s", type(failure).__name__, cause)
    return render(request, "billing/no_document.html", {"patient": patient}, status=503)


def uuids_named(request: HttpRequest, field: str) -> list[str]:
    """The uuids that a form names in `field`, 500 at most; what is none is left out."""
    named = []
    for text in request.POST.getlist(field)[:500]:
        try:
            named.append(str(uuids.UUID(text)))
        except ValueError:
            continue
    return named


def has_taken(submission: uuids.UUID | None, actor: Actor) -> bool:
    """Whether this sending of the form took its payment before: a double click whose first half paid everything."""
    return submissions.made_before(submission, TAKE_PAYMENT, actor=actor) is not None


def see_other(address: str) -> HttpResponseRedirect:
    """Go and see: what was sent has been done."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _found(rows: "QuerySet[M]", reached: Q, public: uuids.UUID) -> M:
    """A plain 404 for what is not there and for what is at a site of others: they look the same."""
    row = rows.filter(reached, uuid=public).first()
    if row is None:
        raise Http404
    return row


def invoice_of(actor: Actor, public: uuids.UUID) -> Invoice:
    return _found(
        Invoice.objects.select_related("patient", "practitioner", "entity", "site"),
        at_sites(actor, permissions.VIEW),
        public,
    )


def receipt_of(actor: Actor, public: uuids.UUID) -> Receipt:
    reached = received_at_sites(actor, permissions.VIEW, "payment__receipt_id")
    return _found(Receipt.objects.select_related("payer", "entity", "site"), reached, public)


def payment_of(actor: Actor, public: uuids.UUID) -> Payment:
    reached = received_at_sites(actor, permissions.VIEW, "payment_id")
    return _found(Payment.objects.select_related("payer", "receipt", "site"), reached, public)
