"""Take a payment, read its receipt, void it."""

import uuid as uuids
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cuspide.audit import trail
from cuspide.billing import permissions, selectors
from cuspide.billing.forms import ROWS, PaymentForm, ReasonForm, TenderForm
from cuspide.billing.models import Invoice, Means
from cuspide.billing.services import Tender, documents, take_payment, void_payment
from cuspide.billing.views.common import (
    DOCUMENT_FAILURES,
    REFUSED,
    has_taken,
    no_document,
    payment_of,
    receipt_of,
    see_other,
    uuids_named,
)
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.money import ZERO, total
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.downloads import pdf_response
from cuspide.core.pages.taking_back import take_back
from cuspide.core.pages.typography import euros
from cuspide.core.rights import access
from cuspide.core.submissions import AlreadyRecorded, key_in
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.patients.selectors import housemates, patient_by_uuid

# The order in which the rows propose their means.
_USUAL = (Means.CARD, Means.CHEQUE, Means.CASH, Means.TRANSFER)


def _rows(request: HttpRequest, first: Any) -> list[TenderForm]:
    data = request.POST if request.method == "POST" else None
    return [
        TenderForm(
            data,
            prefix=f"row{number}",
            initial={"means": _USUAL[number - 1], "amount": first if number == 1 else None},
        )
        for number in range(1, ROWS + 1)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@access(permissions.TAKE_PAYMENT)
def pay(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Take what is handed over for what is due, by one means or several."""
    actor = actor_of(request)
    patient = patient_by_uuid(actor, permissions.TAKE_PAYMENT, uuid)
    household = housemates(actor, patient)
    owed = selectors.payable_invoices(actor, permissions.TAKE_PAYMENT, [patient, *household])
    # Asked once what is owed is known: the first half of a double click that pays between the two would else be missed.
    again = request.method == "POST" and has_taken(key_in(request.POST), actor)
    entity = _entity(request, patient, owed)
    payable = [invoice for invoice in owed if entity is None or invoice.entity_id == entity]
    chosen = _chosen(request, patient, payable)
    due = total(invoice.rest for invoice in payable if str(invoice.uuid) in chosen)
    form = PaymentForm(
        request.POST if request.method == "POST" else None,
        # What the first half of a double click paid is no choice any more; the service knows whether both say the same.
        invoices=uuids_named(request, "invoices") if again else [str(invoice.uuid) for invoice in payable],
        initial={"received_on": clock.today()},
    )
    rows = _rows(request, due or None)
    if request.method == "POST" and all([form.is_valid(), *(row.is_valid() for row in rows)]):
        answer = _take(request, actor, patient, form, rows)
        if answer is not None:
            return answer
    elif again:
        form.add_error(None, AlreadyRecorded().sentence)
    trail.reading(actor, "billing.account", subject=patient, patient_uuid=patient.uuid)
    typed = total(row.cleaned_data.get("amount") or ZERO for row in rows) if form.is_bound else due
    context = {
        "patient": patient,
        "form": form,
        "rows": rows,
        "means": Means.choices,
        "payable": payable,
        "chosen": chosen,
        "due": due,
        "left": due - typed,
        "others": [invoice for invoice in owed if invoice not in payable],
        "unbilled": selectors.unbilled_totals(actor, [patient.pk]).get(patient.pk, ZERO) if not owed else ZERO,
        "may_issue": reach.may(actor, permissions.ISSUE, patient),
        "errors": _errors(form, rows),
    }
    return render(request, "billing/pay.html", context, status=REFUSED if form.is_bound else 200)


def _entity(request: HttpRequest, patient: Patient, owed: Sequence[Invoice]) -> int | None:
    """The legal entity that is paid: that of the invoice asked for, else of the patient's oldest."""
    asked = {request.GET.get("invoice", ""), *request.POST.getlist("invoices")}
    named = [invoice for invoice in owed if str(invoice.uuid) in asked]
    own = [invoice for invoice in owed if invoice.patient_id == patient.pk]
    first = next(iter([*named, *own, *owed]), None)
    return first.entity_id if first else None


def _chosen(request: HttpRequest, patient: Patient, payable: Sequence[Invoice]) -> frozenset[str]:
    """What is ticked: what was sent; else the invoice asked for; else all of the patient's own."""
    if request.method == "POST":
        return frozenset(request.POST.getlist("invoices"))
    asked = request.GET.get("invoice", "")
    if asked in {str(invoice.uuid) for invoice in payable}:
        return frozenset([asked])
    own = [invoice for invoice in payable if invoice.patient_id == patient.pk]
    return frozenset(str(invoice.uuid) for invoice in own or payable)


def _take(
    request: HttpRequest, actor: Actor, patient: Patient, form: PaymentForm, rows: Sequence[TenderForm]
) -> HttpResponse | None:
    tenders: list[Tender] = [row.tender for row in rows if row.tender is not None]
    wanted = [uuids.UUID(public) for public in form.cleaned_data["invoices"]]
    try:
        made = take_payment(actor, patient, wanted, tenders, form.cleaned_data["received_on"], key_in(request.POST))
    except FieldErrors as refused:
        for name, sentence in refused.errors.items():
            form.add_error(name if name in form.fields else None, str(sentence))
        return None
    except DomainError as refused:
        form.add_error(None, refused.sentence)
        return None
    messages.success(request, _("%(amount)s taken.") % {"amount": euros(made.total)})
    return see_other(address("billing:receipt", made.uuid))


def _errors(form: PaymentForm, rows: Sequence[TenderForm]) -> list[str]:
    if not form.is_bound:
        return []
    said = [str(sentence) for errors in form.errors.values() for sentence in errors]
    said += [str(sentence) for row in rows for errors in row.errors.values() for sentence in errors]
    return list(dict.fromkeys(said))


@require_safe
@access(permissions.VIEW)
def receipt(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """What was received at one time."""
    actor = actor_of(request)
    shown = receipt_of(actor, uuid)
    trail.reading(actor, "billing.receipt", subject=shown, patient_uuid=shown.payer.uuid, site_id=shown.site_id)
    invoices = (
        Invoice.objects.filter(selectors.at_sites(actor, permissions.VIEW), allocations__payment__receipt=shown)
        .distinct()
        .select_related("patient")
    )
    return render(
        request,
        "billing/receipt.html",
        {
            "patient": shown.payer,
            "receipt": shown,
            "payments": list(shown.payments.all()),
            "invoices": list(invoices.order_by("pk")),
            "may_void": actor.can(permissions.VOID_PAYMENT, site=shown.site_id),
        },
    )


@require_safe
@access(permissions.VIEW)
def document(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The receipt as a PDF."""
    actor = actor_of(request)
    shown = receipt_of(actor, uuid)
    try:
        content = documents.receipt_pdf(shown)
    except DOCUMENT_FAILURES as failure:
        return no_document(request, shown.payer, failure)
    trail.reading(actor, "billing.receipt_pdf", subject=shown, patient_uuid=shown.payer.uuid, site_id=shown.site_id)
    return pdf_response(content, documents.file_name(shown))


@require_http_methods(["GET", "HEAD", "POST"])
@access(permissions.VOID_PAYMENT)
def void(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Void a payment, with the reason."""
    actor = actor_of(request)
    shown = payment_of(actor, uuid)
    form = ReasonForm(request.POST or None)
    return take_back(
        request,
        form,
        lambda reason: void_payment(actor, shown, reason),
        said=_("Payment voided: its invoices are due again."),
        destination=address("billing:receipt", shown.receipt.uuid),
        template="billing/void.html",
        context={"patient": shown.payer, "payment": shown},
        opened=lambda: trail.reading(
            actor, "billing.receipt", subject=shown, patient_uuid=shown.payer.uuid, site_id=shown.site_id
        ),
    )
