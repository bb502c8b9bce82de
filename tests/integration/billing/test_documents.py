"""The note of fees and the receipt on paper: complete, frozen, the same file whenever they are printed again."""

import datetime as dt
import shutil
import subprocess
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.urls import reverse

from cuspide.billing.models import Invoice, InvoiceDocument, Receipt
from cuspide.billing.services import Tender, cancel_invoice, documents, issue_invoice, take_payment, void_payment
from cuspide.core import blobs
from cuspide.core.actor import Actor
from cuspide.formats.pricing import ThirdParty

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")
CARD = Tender("card", Decimal("24.00"))


def text_of(document: bytes) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler) is not installed")
    done = subprocess.run([tool, "-layout", "-", "-"], input=document, capture_output=True, check=True)
    return done.stdout.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_the_note_of_fees_says_what_the_law_and_the_insurer_ask(
    practice: Any, make_patient: Any, make_act: Any
) -> None:
    practice.entity.siret = "73282932000074"
    practice.entity.address = "12 rue des Tilleuls\n69003 Lyon"
    practice.entity.save()
    patient = make_patient(birth_name="DURAND", first_birth_given_name="Léa", birth_date="07/03/1984")
    acts = [make_act(patient), make_act(patient, code="HBLD486", fee="550.00", base="0", amo="0", amc="0", teeth="24")]
    invoice = issue_invoice(SYSTEM, patient, [act.uuid for act in acts], ThirdParty.AMO)
    text = " ".join(text_of(documents.invoice_pdf(invoice)).split())
    wanted = [
        "Note d’honoraires",
        invoice.number_text,
        "Cabinet des Tilleuls",
        "69003 Lyon",
        "SIRET 732 829 320 00074",
        "Dr Claire AUBERT",
        "RPPS 10000000017",
        "DURAND Léa",
        "07/03/1984",
        f"{invoice.issued_on:%d/%m/%Y}",
        "HBMD049",
        "dent 16 O",
        "HBLD486",
        "NR",
        "610,00 €",
        "36,00 €",
        "Part AMO en tiers payant",
        "574,00 €",
        "Reste dû",
        "261-4-1°",
    ]
    assert [piece for piece in wanted if piece not in text] == []
    assert "ACQUITTÉE" not in text


def test_a_long_note_says_its_total_once_and_counts_the_teeth(make_patient: Any, make_act: Any) -> None:
    patient = make_patient(birth_name="DURAND")
    acts = [make_act(patient, teeth="11 12", surfaces="") for _ in range(30)]
    invoice = issue_invoice(SYSTEM, patient, [act.uuid for act in acts], ThirdParty.NONE)
    text = " ".join(text_of(documents.invoice_pdf(invoice)).split())
    assert "2/2" in text.replace(" ", "")
    assert text.count("dents 11 12") == 30
    assert text.count("Total 1 800,00 €") == 1, "a total under half of the lines is no total"


def test_printed_again_it_is_the_same_file_and_paid_it_says_so(make_invoice: Any, moved_clock: Any) -> None:
    moved_clock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    invoice = make_invoice(third_party=ThirdParty.AMO)
    unpaid = documents.invoice_pdf(invoice)
    moved_clock(dt.datetime(2027, 3, 2, 9, tzinfo=dt.UTC))
    assert documents.invoice_pdf(Invoice.objects.get(pk=invoice.pk)) == unpaid
    payment = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [CARD]).payments.get()
    paid = documents.invoice_pdf(invoice)
    text = text_of(paid)
    assert "ACQUITTÉE" in text
    assert "02/03/2027" in text
    assert "Carte" in text
    void_payment(SYSTEM, payment, "erreur")
    assert documents.invoice_pdf(invoice) == unpaid


def test_the_document_does_not_follow_what_changes_later(practice: Any, make_invoice: Any) -> None:
    invoice = make_invoice()
    practice.entity.name = "AUTRE NOM"
    practice.entity.save()
    type(invoice.patient).objects.filter(pk=invoice.patient_id).update(used_name="NOUVEAU")
    text = text_of(documents.invoice_pdf(Invoice.objects.get(pk=invoice.pk)))
    assert "AUTRE NOM" not in text
    assert "NOUVEAU" not in text


def test_a_cancelled_invoice_says_that_it_is_worth_nothing(make_invoice: Any) -> None:
    invoice = make_invoice()
    cancel_invoice(SYSTEM, invoice, "erreur")
    text = text_of(documents.invoice_pdf(invoice))
    assert "ANNULÉE" in text
    assert "sans valeur" in text


def test_the_receipt_says_who_paid_what_for_which_invoice(make_invoice: Any) -> None:
    invoice = make_invoice()
    cheque = Tender("cheque", Decimal("20.00"), "Crédit Agricole", "1234567", dt.date.today() + dt.timedelta(days=10))
    receipt = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [CARD, cheque])
    first = documents.receipt_pdf(receipt)
    text = " ".join(text_of(first).split())
    for piece in (
        receipt.number_text,
        "44,00 €",
        "Chèque n° 1234567",
        "Crédit Agricole",
        invoice.number_text,
        "16,00 €",
    ):
        assert piece in text
    void_payment(SYSTEM, receipt.payments.first(), "erreur")
    assert documents.receipt_pdf(Receipt.objects.get(pk=receipt.pk)) == first


def test_documents_are_made_once_the_writing_is_committed(make_invoice: Any) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        invoice = make_invoice()
    assert InvoiceDocument.objects.filter(invoice=invoice).count() == 1
    with TestCase.captureOnCommitCallbacks(execute=True):
        receipt = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [CARD])
    receipt.refresh_from_db()
    assert receipt.pdf is not None


def test_a_document_is_kept_in_every_state_that_a_write_leaves(make_invoice: Any) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        invoice = make_invoice()
    with TestCase.captureOnCommitCallbacks(execute=True):
        payment = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [CARD]).payments.get()
    assert InvoiceDocument.objects.filter(invoice=invoice).count() == 2
    with TestCase.captureOnCommitCallbacks(execute=True):
        void_payment(SYSTEM, payment, "erreur")
    assert InvoiceDocument.objects.filter(invoice=invoice).count() == 2, "unpaid again, it is the first file"
    with TestCase.captureOnCommitCallbacks(execute=True):
        cancel_invoice(SYSTEM, invoice, "erreur")
    assert InvoiceDocument.objects.filter(invoice=invoice).count() == 3


@pytest.mark.parametrize("kept", [True, False])
def test_reading_a_document_writes_nothing_but_its_trace(
    client_as: Any, make_invoice: Any, monkeypatch: Any, kept: bool
) -> None:
    """A disk that takes no more files, a store that is only read: what is there can be printed."""
    with TestCase.captureOnCommitCallbacks(execute=kept):
        invoice = make_invoice()
        receipt = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [CARD])
    desk = client_as("secretary")
    places = [
        reverse("billing:invoice_document", args=[invoice.uuid]),
        reverse("billing:receipt_document", args=[receipt.uuid]),
    ]
    desk.get("/")

    def no_write(execute: Any, sql: str, *rest: Any) -> Any:
        verb = sql.lstrip().split(" ", 1)[0].upper()
        assert verb in {"SELECT", "SAVEPOINT", "RELEASE"} or '"audit_' in sql, sql
        return execute(sql, *rest)

    monkeypatch.setattr(blobs, "put", lambda *_args: pytest.fail("a file was written"))
    with connection.execute_wrapper(no_write):
        shown = [desk.get(place) for place in places]
    assert [(answer.status_code, answer["Content-Type"]) for answer in shown] == [(200, "application/pdf")] * 2


def test_kept_or_not_it_is_the_same_file(make_invoice: Any, moved_clock: Any) -> None:
    moved_clock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    invoice = make_invoice()
    receipt = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [CARD])
    moved_clock(dt.datetime(2026, 9, 2, 9, tzinfo=dt.UTC))
    before = documents.invoice_pdf(invoice), documents.receipt_pdf(receipt)
    assert not InvoiceDocument.objects.exists()
    with TestCase.captureOnCommitCallbacks(execute=True):
        documents.keep_after_commit(receipt)
    assert InvoiceDocument.objects.count() == 1
    assert (documents.invoice_pdf(invoice), documents.receipt_pdf(receipt)) == before


def test_a_full_disk_loses_no_invoice_and_names_nobody(
    make_patient: Any, make_act: Any, monkeypatch: Any, caplog: Any
) -> None:
    def full(*_args: Any) -> None:
        raise OSError("No space left on device: DURAND")

    patient = make_patient(birth_name="DURAND")
    act = make_act(patient)
    monkeypatch.setattr(blobs, "put", full)
    with TestCase.captureOnCommitCallbacks(execute=True):
        invoice = issue_invoice(SYSTEM, patient, [act.uuid])
    assert Invoice.objects.filter(pk=invoice.pk).exists()
    assert "DURAND" not in caplog.text
    monkeypatch.undo()
    assert documents.invoice_pdf(invoice).startswith(b"%PDF")


def test_a_document_whose_file_is_gone_is_said_so_and_the_log_says_why(
    make_invoice: Any, client_as: Any, caplog: Any
) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        invoice = make_invoice()
    kept = InvoiceDocument.objects.get(invoice=invoice).pdf
    blobs._place(kept.digest).unlink()
    answer = client_as("secretary").get(reverse("billing:invoice_document", args=[invoice.uuid]))
    assert answer.status_code == 503
    assert "cuspide check" in answer.content.decode()
    assert kept.digest in caplog.text
    assert invoice.patient.birth_name not in caplog.text
