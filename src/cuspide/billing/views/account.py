"""The tab Account of the record: to invoice, invoiced, paid."""

import uuid as uuids

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cuspide.audit import trail
from cuspide.billing import permissions, selectors
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients import reach
from cuspide.patients.selectors import patient_by_uuid


@require_safe
@access(permissions.VIEW)
def account(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """What a patient owes, and why."""
    actor = actor_of(request)
    patient = patient_by_uuid(actor, permissions.VIEW, uuid)
    shown = selectors.account_of(actor, patient, permissions.VIEW)
    trail.reading(actor, "billing.account", subject=patient, patient_uuid=patient.uuid)
    return render(
        request,
        "billing/account.html",
        {
            "patient": patient,
            "account": shown,
            "may_issue": reach.may(actor, permissions.ISSUE, patient),
            "may_take": reach.may(actor, permissions.TAKE_PAYMENT, patient),
            "may_view_acts": reach.may(actor, permissions.VIEW_ACTS, patient),
        },
    )
