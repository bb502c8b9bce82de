"""The documents of invoices and receipts, kept in the blob store in each state that a write leaves them in.

They are in the practice's language, not in that of whoever prints them: the patient, the insurer and the tax office
read them. A write keeps its documents after its commit. Reading writes nothing: a document that could not be kept (a
full disk, a kill) is made from the same frozen facts and the same instant, so it is the same file.
"""

import contextlib
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cuspide.billing.models import (
    Invoice,
    InvoiceDocument,
    InvoiceLine,
    Means,
    Payment,
    PaymentAllocation,
    PaymentState,
    Receipt,
)
from cuspide.billing.rules import number_text
from cuspide.core import blobs, clock, pdf
from cuspide.core.money import ZERO, total
from cuspide.core.pages.typography import MINUS, day, euros
from cuspide.practice.models import Practitioner

logger = logging.getLogger(__name__)

PDF = "application/pdf"


def keep_after_commit(*records: Invoice | Receipt) -> None:
    """Keep the documents of what was just written, once it is committed; with a receipt those of the invoices that it
    paid. A failure here loses nothing: the page makes the document when it is asked for."""

    def keep() -> None:
        for record in records:
            try:
                if isinstance(record, Invoice):
                    _keep_invoice(record)
                    continue
                _keep_receipt(record)
                for invoice in Invoice.objects.filter(allocations__payment__receipt=record).distinct():
                    _keep_invoice(invoice)
            except (pdf.DocumentError, blobs.BlobError, OSError) as error:
                logger.warning("document of %s not kept yet: %s", record._meta.model_name, type(error).__name__)

    transaction.on_commit(keep)


def invoice_pdf(invoice: Invoice) -> bytes:
    """The invoice as it now stands, with what was paid of it. In the same state it is the same file. Writes nothing.

    Raises DocumentError or BlobError.
    """
    payments = _standing(invoice)
    kept = _kept_invoice(invoice, _digest_of(invoice, payments))
    return blobs.get(kept.pdf) if kept is not None else _make_invoice(invoice, payments)


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt, as it was given out. Writes nothing. Raises DocumentError or BlobError."""
    receipt.refresh_from_db(fields=["pdf"])
    return blobs.get(receipt.pdf) if receipt.pdf is not None else _make_receipt(receipt)


def _keep_invoice(invoice: Invoice) -> None:
    payments = _standing(invoice)
    state = _digest_of(invoice, payments)
    if _kept_invoice(invoice, state) is not None:
        return
    blob = blobs.put(_make_invoice(invoice, payments), PDF)
    # Two who write at the same moment keep one document: it is the same file.
    with contextlib.suppress(IntegrityError), transaction.atomic():
        InvoiceDocument.objects.create(invoice=invoice, payments=state, created_at=clock.now(), pdf=blob)


def _keep_receipt(receipt: Receipt) -> None:
    receipt.refresh_from_db(fields=["pdf"])
    if receipt.pdf is None:
        Receipt.objects.filter(pk=receipt.pk, pdf__isnull=True).update(pdf=blobs.put(_make_receipt(receipt), PDF))


def _standing(invoice: Invoice) -> list[PaymentAllocation]:
    """What is paid of the invoice as the store holds it now, oldest first."""
    invoice.refresh_from_db(fields=["state", "paid", "cancelled_at"])
    paid = PaymentAllocation.objects.filter(invoice=invoice, payment__state=PaymentState.RECEIVED)
    return list(paid.select_related("payment", "payment__receipt").order_by("payment__received_on", "payment_id"))


def _kept_invoice(invoice: Invoice, state: str) -> InvoiceDocument | None:
    return InvoiceDocument.objects.filter(invoice=invoice, payments=state).select_related("pdf").first()


def _make_invoice(invoice: Invoice, payments: Sequence[PaymentAllocation]) -> bytes:
    # The instant at which the invoice came into this state: made again a year later, it is the same file.
    reached = [invoice.issued_at, invoice.cancelled_at, *(each.payment.receipt.taken_at for each in payments)]
    with translation.override(settings.LANGUAGE_CODE):
        said = _invoice_data(invoice, list(invoice.lines.all()), payments)
        return pdf.render(
            "billing/pdf/invoice.typ",
            said,
            title=f"{said['title']} {invoice.number_text}",
            author=str(invoice.parties["issuer"]["name"]),
            language=settings.LANGUAGE_CODE,
            created=max(instant for instant in reached if instant is not None),
        )


def _make_receipt(receipt: Receipt) -> bytes:
    with translation.override(settings.LANGUAGE_CODE):
        said = _receipt_data(receipt, list(receipt.payments.all()))
        return pdf.render(
            "billing/pdf/receipt.typ",
            said,
            title=f"{said['title']} {receipt.number_text}",
            author=str(receipt.content["issuer"]["name"]),
            language=settings.LANGUAGE_CODE,
            created=receipt.taken_at,
        )


def _digest_of(invoice: Invoice, payments: Sequence[PaymentAllocation]) -> str:
    facts = [invoice.state, *(f"{each.payment.uuid} {each.amount}" for each in payments)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _siret(value: str) -> str:
    return f"{value[:3]} {value[3:6]} {value[6:9]} {value[9:]}" if len(value) == 14 else value


def _letterhead(issuer: Mapping[str, Any]) -> dict[str, Any]:
    practitioner = issuer.get("practitioner") or {}
    phone = _("Tel. %(number)s") % {"number": issuer["phone"]} if issuer.get("phone") else ""
    specialty = dict(Practitioner.Specialty.choices).get(practitioner.get("specialty", ""), "")
    identifiers = [
        ["SIRET", _siret(issuer.get("siret", ""))],
        ["FINESS", issuer.get("finess", "")],
    ]
    return {
        "name": issuer["name"],
        "lines": [*issuer.get("address", []), phone, issuer.get("email", "")],
        "practitioner": practitioner.get("name", ""),
        "practitioner_lines": [
            str(specialty),
            f"RPPS {practitioner['rpps']}" if practitioner.get("rpps") else "",
            _("AM number %(number)s") % {"number": practitioner["am_number"]} if practitioner.get("am_number") else "",
        ],
        "identifiers": [[issuer["name"], ""], *(pair for pair in identifiers if pair[1])],
    }


def _invoice_data(
    invoice: Invoice, lines: Sequence[InvoiceLine], payments: Sequence[PaymentAllocation]
) -> dict[str, Any]:
    patient = invoice.parties["patient"]
    facts = [
        [_("Born:"), patient.get("birth_date", "")],
        [_("Name at birth:"), patient.get("birth_name", "")],
        ["NIR", patient.get("nir", "")],
        [_("Record no."), str(patient.get("number", ""))],
    ]
    expected = invoice.expected
    paid = total(each.amount for each in payments)
    stamp = ""
    if invoice.is_cancelled:
        stamp = _("CANCELLED")
    elif invoice.due > ZERO and paid == invoice.due:
        stamp = _("PAID")
    summary = [[_("Total of fees"), euros(invoice.total)]]
    if expected.amo:
        summary.append([_("AMO part, third-party payment"), MINUS + euros(expected.amo)])
    if expected.amc:
        summary.append([_("AMC part, third-party payment"), MINUS + euros(expected.amc)])
    if expected.amo or expected.amc:
        summary.append([_("To be paid by the patient"), euros(invoice.due)])
    summary.append([_("Paid"), euros(paid)])
    rest = ZERO if invoice.is_cancelled else invoice.due - paid
    return {
        "letterhead": _letterhead(invoice.parties["issuer"]),
        "words": {
            "number": _("No."),
            "issued_on": _("Issued on"),
            "patient": _("Patient"),
            "date": _("Date"),
            "act": _("Act"),
            "teeth": pgettext("before a tooth’s number", "tooth"),
            "several_teeth": pgettext("before the numbers of several teeth", "teeth"),
            "fee": _("Fee"),
            "base": _("AMO base"),
            "amo": _("AMO part"),
            "amc": _("AMC part"),
            "patient_share": _("Patient’s part"),
            "total": _("Total"),
            "payments": _("Payments received"),
            "means": _("Means"),
            "amount": _("Amount"),
            "summary": _("Account"),
        },
        "title": _("Invoice for fees"),
        "number": invoice.number_text,
        "issued_on": day(invoice.issued_on),
        "stamp": stamp,
        "patient_name": patient["name"],
        "patient_lines": patient.get("address", []),
        "patient_facts": [pair for pair in facts if pair[1]],
        "lines": [_line_data(line) for line in lines],
        "totals": [
            euros(amount) for amount in (invoice.total, invoice.base, invoice.amo, invoice.amc, invoice.patient_share)
        ],
        "payments": [
            [day(each.payment.received_on), str(Means(each.payment.means).label), euros(each.amount)]
            for each in payments
        ],
        "summary": summary,
        "rest": [_("Still due"), euros(rest)],
        "notes": _invoice_notes(invoice),
    }


def _line_data(line: InvoiceLine) -> dict[str, str]:
    label = f"{line.quantity} × {line.label}" if line.quantity > 1 else line.label
    modifiers = f" {line.modifiers}" if line.modifiers else ""
    return {
        "date": day(line.done_on),
        "code": f"{line.code}{modifiers}",
        "teeth": line.teeth,
        "label": label,
        "fee": euros(line.fee),
        "base": euros(line.base) if line.base else pgettext("base of reimbursement", "NR"),
        "amo": euros(line.amo),
        "amc": euros(line.amc),
        "patient": euros(line.patient_share),
    }


def _invoice_notes(invoice: Invoice) -> list[str]:
    notes = [_("Care exempt from VAT, article 261-4-1° of the French general tax code (CGI).")]
    if any(line.base == ZERO for line in invoice.lines.all()):
        notes.append(_("NR: not reimbursed by compulsory health insurance."))
    notes.append(
        _(
            "AMO: compulsory health insurance. AMC: complementary insurance; its part is worked out from the guarantee "
            "the patient made known."
        )
    )
    if invoice.is_cancelled and invoice.cancelled_at is not None:
        notes.insert(0, _("Cancelled on %(day)s: this document is worth nothing.") % {"day": day(invoice.cancelled_at)})
    return notes


def _receipt_data(receipt: Receipt, payments: Sequence[Payment]) -> dict[str, Any]:
    payer = receipt.content["payer"]
    return {
        "letterhead": _letterhead(receipt.content["issuer"]),
        "words": {
            "number": _("No."),
            "received_on": _("Received on"),
            "received_from": _("Received from"),
            "means": _("Means of payment"),
            "amount": _("Amount"),
            "total": _("Total"),
            "invoices": _("Invoices paid"),
            "invoice": _("Invoice"),
            "issued_on": _("Issued on"),
            "paid_now": _("Paid by this receipt"),
            "rest": _("Still due"),
        },
        "title": _("Receipt"),
        "number": receipt.number_text,
        "received_on": day(receipt.received_on),
        "stamp": "",
        "patient_name": payer["name"],
        "patient_lines": payer.get("address", []),
        "sentence": _("We received the sum of %(amount)s from %(name)s.")
        % {"amount": euros(receipt.total), "name": payer["name"]},
        "payments": [[_means_in_words(payment), euros(payment.amount)] for payment in payments],
        "total": euros(receipt.total),
        "invoices": [
            [each["number"], day(each["issued_on"]), euros(each["paid"]), euros(each["rest"])]
            for each in receipt.content["invoices"]
        ],
        "notes": [_("Care exempt from VAT, article 261-4-1° of the French general tax code (CGI).")],
    }


def _means_in_words(payment: Payment) -> str:
    """`Cheque no. 1234567, Crédit Agricole, held until 02/12/2026`."""
    words = [str(Means(payment.means).label)]
    if payment.cheque_number:
        words[0] = _("Cheque no. %(number)s") % {"number": payment.cheque_number}
    if payment.cheque_bank:
        words.append(payment.cheque_bank)
    if payment.held_until:
        words.append(_("to be cashed on %(day)s") % {"day": day(payment.held_until)})
    return ", ".join(words)


def file_name(record: Invoice | Receipt) -> str:
    """`facture-2026-000123.pdf`: a number and nobody's name."""
    if isinstance(record, Invoice):
        return f"facture-{record.number_text}.pdf"
    return f"recu-{number_text(record.year, record.number, prefix='R')}.pdf"


__all__ = ["file_name", "invoice_pdf", "keep_after_commit", "receipt_pdf"]
