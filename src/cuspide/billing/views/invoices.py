"""Issue an invoice, read it, print it, cancel it."""

import uuid as uuids
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cuspide.audit import trail
from cuspide.billing import permissions, selectors
from cuspide.billing.forms import IssueForm, ReasonForm
from cuspide.billing.models import ThirdPartyMode
from cuspide.billing.rules import Dues, Shares, dues, likely_third_party, sum_of
from cuspide.billing.services import cancel_invoice, documents, issue_invoice
from cuspide.billing.views.common import (
    DOCUMENT_FAILURES,
    REFUSED,
    invoice_of,
    no_document,
    see_other,
    uuids_named,
)
from cuspide.care.models import Act
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.downloads import pdf_response
from cuspide.core.pages.taking_back import take_back
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.formats.pricing import ThirdParty
from cuspide.patients.models import Patient
from cuspide.patients.selectors import patient_by_uuid


@dataclass(frozen=True)
class Proposal:
    """The acts of one practitioner at one site: one invoice."""

    key: str
    acts: Sequence[Act]
    chosen: frozenset[str]
    mode: ThirdParty
    shares: Shares
    dues: Dues
    form: IssueForm | None = None

    @property
    def practitioner(self) -> Any:
        return self.acts[0].practitioner

    @property
    def site(self) -> Any:
        return self.acts[0].site


def _shares(act: Act) -> Shares:
    return Shares(act.fee, act.base, act.amo_share, act.amc_share, act.patient_share)


def _proposals(acts: Sequence[Act], posted: IssueForm | None, key: str) -> list[Proposal]:
    def place(act: Act) -> tuple[int, int, int]:
        return (act.entity_id, act.site_id, act.practitioner_id)

    found = []
    for _ids, group in groupby(sorted(acts, key=place), key=place):
        held = list(group)
        name = f"{held[0].practitioner.uuid}.{held[0].site.uuid}"
        mine = posted if posted is not None and name == key else None
        mode = likely_third_party([act.coverage.get("third_party", "00") for act in held])
        chosen = frozenset(str(act.uuid) for act in held)
        if mine is not None:
            chosen = frozenset(mine.data.getlist("acts")) & chosen  # type: ignore[attr-defined]
            if mine.data.get("third_party") in ThirdPartyMode.values:
                mode = ThirdParty(mine.data["third_party"])
        shares = sum_of(_shares(act) for act in held if str(act.uuid) in chosen)
        found.append(Proposal(name, held, chosen, mode, shares, dues(shares, mode), mine))
    # The newest care first: it is what somebody at the desk has just been given.
    return sorted(found, key=lambda each: max(act.day for act in each.acts), reverse=True)


@require_http_methods(["GET", "HEAD", "POST"])
@access(permissions.ISSUE)
def issue(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Choose the acts and the third-party payment, see the three shares, issue."""
    actor = actor_of(request)
    patient = patient_by_uuid(actor, permissions.ISSUE, uuid)
    acts = selectors.unbilled_acts(actor, permissions.ISSUE, patient)
    form = None
    if request.method == "POST":
        # Every act of the patient is a choice: one that somebody else invoiced meanwhile is refused by its number.
        form = IssueForm(request.POST, acts=uuids_named(request, "acts"))
        if form.is_valid():
            answer = _issue(request, actor, patient, form)
            if answer is not None:
                return answer
    trail.reading(actor, "billing.issue_page", subject=patient, patient_uuid=patient.uuid)
    context = {
        "patient": patient,
        "proposals": _proposals(acts, form, request.POST.get("group", "")),
        "form": form,
        "modes": ThirdPartyMode.choices,
        "may_take": actor.can(permissions.TAKE_PAYMENT),
    }
    return render(request, "billing/issue.html", context, status=REFUSED if form is not None else 200)


def _issue(request: HttpRequest, actor: Actor, patient: Patient, form: IssueForm) -> HttpResponse | None:
    wanted = [uuids.UUID(public) for public in form.cleaned_data["acts"]]
    try:
        made = issue_invoice(actor, patient, wanted, form.mode, key_in(request.POST))
    except DomainError as refused:
        form.add_error(None, refused.sentence)
        return None
    messages.success(request, _("Invoice %(number)s issued.") % {"number": made.number_text})
    if request.POST.get("next") == "pay" and made.rest and actor.can(permissions.TAKE_PAYMENT):
        return see_other(f"{address('billing:pay', patient.uuid)}?invoice={made.uuid}")
    return see_other(address("billing:invoice", made.uuid))


@require_safe
@access(permissions.VIEW)
def invoice(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """An invoice, what was paid of it and what can be done with it."""
    actor = actor_of(request)
    shown = invoice_of(actor, uuid)
    may_view_acts = permissions.reaches(actor, permissions.VIEW_ACTS, shown)
    trail.reading(actor, "billing.invoice", subject=shown, patient_uuid=shown.patient.uuid, site_id=shown.site_id)
    return render(
        request,
        "billing/invoice.html",
        {
            "patient": shown.patient,
            "invoice": shown,
            "lines": list(shown.lines.all()) if may_view_acts else [],
            "parts": selectors.payments_on(shown),
            "may_view_acts": may_view_acts,
            "may_take": permissions.reaches(actor, permissions.TAKE_PAYMENT, shown),
            "may_void": permissions.reaches(actor, permissions.VOID_PAYMENT, shown),
            "may_cancel": permissions.reaches(actor, permissions.CANCEL_INVOICE, shown),
        },
    )


@require_safe
@access(permissions.VIEW_ACTS)
def document(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The note of fees as a PDF."""
    actor = actor_of(request)
    shown = invoice_of(actor, uuid)
    permissions.require(actor, permissions.VIEW_ACTS, shown)
    try:
        content = documents.invoice_pdf(shown)
    except DOCUMENT_FAILURES as failure:
        return no_document(request, shown.patient, failure)
    trail.reading(actor, "billing.invoice_pdf", subject=shown, patient_uuid=shown.patient.uuid, site_id=shown.site_id)
    return pdf_response(content, documents.file_name(shown))


@require_http_methods(["GET", "HEAD", "POST"])
@access(permissions.CANCEL_INVOICE)
def cancel(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Cancel an invoice, with the reason."""
    actor = actor_of(request)
    shown = invoice_of(actor, uuid)
    form = ReasonForm(request.POST or None)
    return take_back(
        request,
        form,
        lambda reason: cancel_invoice(actor, shown, reason),
        said=_("Invoice %(number)s cancelled.") % {"number": shown.number_text},
        destination=address("billing:invoice", shown.uuid),
        template="billing/cancel.html",
        context={"patient": shown.patient, "invoice": shown},
        opened=lambda: trail.reading(
            actor, "billing.invoice", subject=shown, patient_uuid=shown.patient.uuid, site_id=shown.site_id
        ),
    )
