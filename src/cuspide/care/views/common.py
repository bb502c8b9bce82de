"""What the pages of care share: the patient of an address, who treats, and how a refusal is shown."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.forms import DayField, asked
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import Right
from cuspide.patients.models import Patient
from cuspide.patients.selectors.record import patient_by_uuid

CONFLICT = 409
REFUSED = 422


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def patient_of(request: HttpRequest, right: Right, uuid: uuid.UUID) -> Patient:
    """The patient of an address whom the right reaches, or a plain 404."""
    return patient_by_uuid(actor_of(request), right, uuid)


def sentences(error: DomainError) -> list[str]:
    """What a refusal says, in the user's language."""
    if isinstance(error, FieldErrors):
        return [str(sentence) for sentence in error.errors.values()]
    return [str(error)]


def record_page(
    request: HttpRequest, patient: Patient, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A tab of the patient's record."""
    return render(request, template, {"patient": patient, **context}, status=status)


def answered(request: HttpRequest) -> HttpRequest:
    """The request once what it sent has been done: forms of the answer are new ones, with names of their own."""
    request.method = "GET"
    request.POST = QueryDict()
    return request


def see_other(address: str) -> HttpResponseRedirect:
    """Go and see: what was sent has been done."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def typed_day(text: str, field: str) -> dt.date | None:
    """A day typed in a form, None for an empty field. FieldErrors on `field` for what is no day: another day than the
    one that was meant must not be kept for it."""
    day, wrong = asked(DayField(required=False), text)
    if wrong:
        raise FieldErrors({field: wrong})
    found: dt.date | None = day
    return found


def said_in(request: HttpRequest, patient: Patient) -> tuple[int, list[tuple[str, list[str]]]]:
    """What a form says and of whom, without the tokens of its sending."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return patient.pk, sent
