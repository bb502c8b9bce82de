"""`cuspide check` says whether the money adds up, and finds what does not."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cuspide.billing.checks import money
from cuspide.billing.models import Invoice, InvoiceCounter, InvoiceLine, PaymentAllocation, Receipt
from cuspide.billing.services import Tender, take_payment, void_payment
from cuspide.core.actor import Actor

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


@pytest.fixture
def invoice(make_invoice: Any) -> Any:
    """Three invoices, the last with a payment and a voided one."""
    make_invoice()
    make_invoice()
    made = make_invoice()
    void_payment(
        SYSTEM,
        take_payment(SYSTEM, made.patient, [made.uuid], [Tender("card", Decimal("60.00"))]).payments.get(),
        "erreur",
    )
    take_payment(SYSTEM, made.patient, [made.uuid], [Tender("card", Decimal("25.00"))])
    return made


def levels() -> set[str]:
    return {finding.level for finding in money()}


def test_a_sound_account_is_said_to_be_sound(invoice: Any) -> None:
    found = money()
    assert [finding.level for finding in found] == ["ok"]
    assert "3" in str(found[0].message)


def test_an_empty_practice_is_sound(db: None) -> None:
    assert levels() == {"ok"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda invoice: InvoiceCounter.objects.update(last=5),
        lambda invoice: Invoice.objects.filter(number=2).update(number=7),
        lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(year=2001),
        lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(base=Decimal("1.00")),
        lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(paid=Decimal("24.99")),
        lambda invoice: InvoiceLine.objects.filter(invoice=invoice).update(
            fee=Decimal("61.00"), patient_share=Decimal("1.00")
        ),
        lambda invoice: InvoiceLine.objects.filter(invoice=invoice).update(standing=False),
        lambda invoice: PaymentAllocation.objects.filter(payment__state="voided").update(amount=Decimal("61.00")),
        lambda invoice: Receipt.objects.filter(number=1).update(total=Decimal("1.00")),
        lambda invoice: Receipt.objects.filter(number=1).update(number=9),
    ],
)
def test_what_does_not_add_up_is_found(invoice: Any, damage: Any) -> None:
    damage(invoice)
    assert levels() == {"danger"}


def test_the_demo_practice_adds_up(practice: Any, make_patient: Any, make_act: Any, moved_clock: Any) -> None:
    from cuspide.billing.demo import build
    from cuspide.billing.models import Payment
    from cuspide.care.models import Act
    from cuspide.core.demo import DemoContext

    now = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    moved_clock(now)
    patients = [make_patient() for _each in range(10)]
    for number in range(400):
        day = dt.date(2026, 11, 24) - dt.timedelta(days=number * 2)
        at = dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)
        fee = ("60.00", "28.92", "550.00")[number % 3]
        patient = patients[number % 10]
        mode = {"third_party": "15" if number % 4 == 0 else "00"}
        make_act(patient, fee=fee, amo="12.34", amc="5.00", done_on=day, recorded_at=at, coverage=mode)
    acts = list(Act.objects.order_by("recorded_at"))
    build(DemoContext(now=now, shared={"acts": acts}))
    assert levels() == {"ok"}, [str(finding.message) for finding in money()]
    invoices = list(Invoice.objects.order_by("year", "number"))
    assert 380 <= len(invoices) <= 410
    assert [each.issued_at for each in invoices] == sorted(each.issued_at for each in invoices)
    states = {each.status for each in invoices}
    assert {"settled", "unpaid"} <= states
    assert Payment.objects.filter(held_until__isnull=False).exists()
    assert not Payment.objects.filter(received_on__gt=now.date()).exists()
