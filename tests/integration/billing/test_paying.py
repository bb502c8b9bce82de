"""Money at the desk: several means at once, never more than what is due, taken back with a reason."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cuspide.audit.models import Entry
from cuspide.billing.models import Payment, PaymentAllocation, Receipt
from cuspide.billing.selectors import balance_of
from cuspide.billing.services import Tender, cancel_invoice, take_payment, void_payment
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.submissions import AlreadyRecorded
from cuspide.patients.models import Household, Patient
from cuspide.practice import services as practice_services

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


def card(amount: str) -> Tender:
    return Tender("card", Decimal(amount))


def test_part_by_card_and_part_by_cheque(make_invoice: Any, actors: Any) -> None:
    invoice = make_invoice()
    cheque = Tender("cheque", Decimal("20.00"), cheque_bank="Crédit Agricole", cheque_number="1234567")
    receipt = take_payment(actors.secretary, invoice.patient, [invoice.uuid], [card("30.00"), cheque])
    invoice.refresh_from_db()
    assert (str(invoice.paid), str(invoice.rest), invoice.status) == ("50.00", "10.00", "part")
    assert str(balance_of(Actor.system("test"), invoice.patient).due) == "10.00"
    assert [payment.means for payment in receipt.payments.all()] == ["card", "cheque"]
    assert receipt.number_text == f"R{clock.today().year}-000001"
    assert receipt.content["invoices"][0]["rest"] == "10.00"
    assert Entry.objects.get(action="billing.take_payment").patient_uuid == invoice.patient.uuid


def test_one_card_pays_two_invoices_oldest_first_in_the_order_given(make_patient: Any, make_invoice: Any) -> None:
    patient = make_patient()
    first, second = make_invoice(patient), make_invoice(patient, fee="48.00", amo="0", amc="0")
    receipt = take_payment(SYSTEM, patient, [first.uuid, second.uuid], [card("100.00")])
    parts = {part.invoice_id: str(part.amount) for part in receipt.payments.get().allocations.all()}
    assert parts == {first.pk: "60.00", second.pk: "40.00"}
    second.refresh_from_db()
    assert str(second.rest) == "8.00"


def test_too_much_is_refused_in_words_and_nothing_is_written(make_invoice: Any) -> None:
    invoice = make_invoice()
    with pytest.raises(FieldErrors) as refused:
        take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("40.00"), card("20.01")])
    assert "60,01" in str(refused.value)
    assert "60,00" in str(refused.value)
    take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("60.00")])
    with pytest.raises(DomainError):
        take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("0.01")])
    assert Payment.objects.count() == 1
    assert str(balance_of(Actor.system("test"), invoice.patient).due) == "0.00"


@pytest.mark.parametrize(
    "tender",
    [
        card("0"),
        card("-5.00"),
        card("NaN"),
        card("Infinity"),
        card("0.001"),
        card("1E9"),
        Tender("gold", Decimal(1)),
        Tender("", Decimal(1)),
        Tender("card", 5.0),  # type: ignore[arg-type]
        Tender("card", Decimal(1), held_until=dt.date(2030, 1, 1)),
        Tender("cheque", Decimal(1), held_until=dt.date(2000, 1, 1)),
        Tender("cheque", Decimal(1), held_until=dt.date(2999, 1, 1)),
        Tender("cheque", Decimal(1), cheque_number="1" * 21),
        Tender("transfer", Decimal(1), reference="x" * 61),
        Tender("cash", Decimal("1000.01")),
    ],
)
def test_hostile_tenders_are_refused_in_words(make_invoice: Any, tender: Tender) -> None:
    invoice = make_invoice(fee="5000.00", amo="0", amc="0")
    with pytest.raises(DomainError):
        take_payment(SYSTEM, invoice.patient, [invoice.uuid], [tender])
    assert not Payment.objects.exists()


def test_cash_is_limited_over_all_its_rows(make_invoice: Any) -> None:
    invoice = make_invoice(fee="5000.00", amo="0", amc="0")
    rows = [Tender("cash", Decimal("600.00")), Tender("cash", Decimal("400.01"))]
    with pytest.raises(DomainError):
        take_payment(SYSTEM, invoice.patient, [invoice.uuid], rows)
    take_payment(SYSTEM, invoice.patient, [invoice.uuid], [Tender("cash", Decimal("1000.00"))])


def test_days_that_cannot_be_are_refused(make_invoice: Any) -> None:
    invoice = make_invoice()
    today = clock.today()
    for day in (today + dt.timedelta(days=1), today - dt.timedelta(days=400), dt.date(1, 1, 1)):
        with pytest.raises(FieldErrors):
            take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("1.00")], day)
    yesterday = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("1.00")], today - dt.timedelta(days=1))
    assert yesterday.payments.get().received_on == today - dt.timedelta(days=1)


def test_control_characters_of_a_cheque_are_not_kept(make_invoice: Any) -> None:
    invoice = make_invoice()
    tender = Tender("cheque", Decimal(1), cheque_bank="Crédit\x00\n Agricole ", cheque_number="\u202f123 ")
    payment = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [tender]).payments.get()
    assert payment.cheque_bank == "Crédit Agricole"
    assert payment.cheque_number == "123"


def test_a_payment_sent_twice_is_taken_once(make_invoice: Any) -> None:
    invoice, key = make_invoice(), uuid.uuid4()
    first = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("30.00")], submission=key)
    again = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("30.00")], submission=key)
    assert first.uuid == again.uuid
    invoice.refresh_from_db()
    assert str(invoice.paid) == "30.00"


def test_a_payment_sent_again_with_other_amounts_is_told_and_not_taken(make_patient: Any, make_invoice: Any) -> None:
    patient, key = make_patient(), uuid.uuid4()
    first, second = make_invoice(patient), make_invoice(patient)
    yesterday = clock.today() - dt.timedelta(days=1)
    take_payment(SYSTEM, patient, [first.uuid], [card("30.00")], clock.today(), submission=key)
    for invoices, tenders, day in (
        ([first.uuid], [card("20.00")], clock.today()),
        ([first.uuid], [Tender("cash", Decimal("30.00"))], clock.today()),
        ([second.uuid], [card("30.00")], clock.today()),
        ([first.uuid], [card("30.00")], yesterday),
        ([first.uuid], [], clock.today()),
    ):
        with pytest.raises(AlreadyRecorded) as told:
            take_payment(SYSTEM, patient, invoices, tenders, day, submission=key)
        assert Receipt.objects.get().number_text in str(told.value.errors["submission"])
    assert Payment.objects.get().amount == Decimal("30.00")


def test_an_invoice_of_strangers_is_not_paid_on_this_account(make_patient: Any, make_invoice: Any) -> None:
    """The service says it, not only the page: an import or another page cannot pay across households."""
    payer, stranger, child, ward = (make_patient() for _each in range(4))
    theirs = make_invoice(stranger)
    with pytest.raises(FieldErrors) as refused:
        take_payment(SYSTEM, payer, [make_invoice(payer).uuid, theirs.uuid], [card("70.00")])
    assert "invoices" in refused.value.errors
    assert not Payment.objects.exists()
    household = Household.objects.create()
    Patient.objects.filter(pk__in=[payer.pk, child.pk]).update(household=household)
    Patient.objects.filter(pk=ward.pk).update(guarantor=payer)
    payer.refresh_from_db()
    both = [make_invoice(child).uuid, make_invoice(ward).uuid]
    assert take_payment(SYSTEM, payer, both, [card("120.00")]).total == Decimal("120.00")


def test_a_refused_form_may_be_sent_again(make_invoice: Any) -> None:
    invoice, key = make_invoice(), uuid.uuid4()
    with pytest.raises(FieldErrors):
        take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("600.00")], submission=key)
    assert take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("60.00")], submission=key).number == 1


def test_void_with_a_reason_makes_it_due_again(make_patient: Any, make_invoice: Any, actors: Any) -> None:
    patient = make_patient()
    first, second = make_invoice(patient), make_invoice(patient)
    payment = take_payment(SYSTEM, patient, [first.uuid, second.uuid], [card("100.00")]).payments.get()
    void_payment(actors.secretary, payment, "Saisi deux fois")
    void_payment(actors.secretary, payment, "encore")
    assert str(balance_of(Actor.system("test"), patient).due) == "120.00"
    payment.refresh_from_db()
    assert (payment.state, payment.void_reason) == ("voided", "Saisi deux fois")
    assert PaymentAllocation.objects.filter(payment=payment).count() == 2
    assert Entry.objects.filter(action="billing.void_payment").count() == 1
    cancel_invoice(SYSTEM, first, "tout annuler")


@pytest.mark.parametrize("reason", ["", " ", "y" * 301])
def test_a_void_wants_a_reason(make_invoice: Any, reason: str) -> None:
    invoice = make_invoice()
    payment = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("1.00")]).payments.get()
    with pytest.raises(FieldErrors):
        void_payment(SYSTEM, payment, reason)


def test_an_invoice_with_payments_is_not_cancelled(make_invoice: Any) -> None:
    invoice = make_invoice()
    take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("1.00")])
    with pytest.raises(DomainError):
        cancel_invoice(SYSTEM, invoice, "non")


def test_cancelled_unknown_doubled_or_mixed_invoices_are_not_paid(
    make_patient: Any, make_invoice: Any, practice: Any
) -> None:
    patient = make_patient()
    cancelled, fine = make_invoice(patient), make_invoice(patient)
    cancel_invoice(SYSTEM, cancelled, "erreur")
    site = practice_services.create_practice(SYSTEM, name="Centre des Halles")
    other = make_invoice(patient, entity=site.entity, site=site)
    for wanted in (
        [],
        [cancelled.uuid],
        [uuid.uuid4()],
        [fine.uuid, fine.uuid],
        [fine.uuid, other.uuid],
        [uuid.uuid4() for _each in range(51)],
    ):
        with pytest.raises(DomainError):
            take_payment(SYSTEM, patient, wanted, [card("1.00")])
    with pytest.raises(DomainError):
        take_payment(SYSTEM, patient, [fine.uuid], [])
    with pytest.raises(DomainError):
        take_payment(SYSTEM, patient, [fine.uuid], [card("1.00")] * 13)
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("role", ["assistant", "bookkeeper", "technician"])
def test_who_may_not_take_money_is_refused(actors: Any, make_invoice: Any, role: str) -> None:
    invoice = make_invoice()
    payment = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("1.00")]).payments.get()
    with pytest.raises(Forbidden):
        take_payment(actors[role], invoice.patient, [invoice.uuid], [card("1.00")])
    with pytest.raises(Forbidden):
        void_payment(actors[role], payment, "non")


def test_the_store_refuses_money_that_cannot_be(make_invoice: Any) -> None:
    invoice = make_invoice()
    payment = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [card("1.00")]).payments.get()
    for change in ({"amount": 0}, {"means": "gold"}, {"cheque_number": "1"}, {"state": "voided"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAllocation.objects.filter(payment=payment).update(amount=0)
