"""Several people at the desk at the same moment: no gap, no double, no euro too much, on both stores."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from cuspide.billing.models import Invoice, InvoiceCounter, Payment, ReceiptCounter
from cuspide.billing.services import Tender, cancel_invoice, issue_invoice, take_payment, void_payment
from cuspide.care.models import Act
from cuspide.care.services.acts import void_act
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor.system("test")


class Undone(Exception):
    """A workstation that dies before its transaction is committed."""


def together(works: list[Callable[[], Any]], at_once: int = 20) -> list[Any]:
    """Run all at the same moment, each on a connection of its own; results or exceptions in their order."""
    gate = threading.Barrier(min(at_once, len(works)), timeout=60)

    def run(work: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(run, works))


def test_twenty_invoices_at_once_with_rollbacks_between_leave_no_gap(make_patient: Any, make_act: Any) -> None:
    acts = [(patient := make_patient(), make_act(patient)) for _each in range(20)]

    def issue(index: int) -> Callable[[], Any]:
        patient, act = acts[index]

        def work() -> Any:
            with transaction.atomic():
                invoice = issue_invoice(SYSTEM, patient, [act.uuid])
                if index % 3 == 0:
                    raise Undone
            return invoice.number

        return work

    results = together([issue(index) for index in range(20)])
    assert sum(isinstance(result, Undone) for result in results) == 7
    numbers = sorted(result for result in results if isinstance(result, int))
    assert numbers == list(range(1, 14)), results
    assert sorted(Invoice.objects.values_list("number", flat=True)) == numbers
    assert InvoiceCounter.objects.get().last == 13
    # Those that were undone come in again, and take the next numbers.
    again = together(
        [(lambda i=i: issue_invoice(SYSTEM, acts[i][0], [acts[i][1].uuid]).number) for i in range(0, 20, 3)]
    )
    assert sorted(again) == list(range(14, 21))


def test_the_same_act_invoiced_by_ten_people_is_invoiced_once(make_patient: Any, make_act: Any) -> None:
    patient = make_patient()
    acts = [make_act(patient) for _each in range(3)]
    orders = [[act.uuid for act in (acts if index % 2 else reversed(acts))] for index in range(10)]
    results = together([(lambda o=order: issue_invoice(SYSTEM, patient, o)) for order in orders])
    made = [result for result in results if isinstance(result, Invoice)]
    assert len(made) == 1
    assert all(isinstance(result, DomainError | Invoice) for result in results), results
    assert InvoiceCounter.objects.get().last == 1


def test_a_double_click_from_ten_windows_makes_one_invoice(make_patient: Any, make_act: Any) -> None:
    patient, key = make_patient(), uuid.uuid4()
    act = make_act(patient)
    results = together([lambda: issue_invoice(SYSTEM, patient, [act.uuid], submission=key).uuid] * 10)
    assert len(set(results)) == 1, results
    assert Invoice.objects.count() == 1


def test_two_cashiers_take_the_same_invoice_once(make_invoice: Any) -> None:
    invoice = make_invoice()
    take = [lambda: take_payment(SYSTEM, invoice.patient, [invoice.uuid], [Tender("card", Decimal("60.00"))])] * 8
    results = together(take)
    assert sum(isinstance(result, DomainError) for result in results) == 7, results
    invoice.refresh_from_db()
    assert invoice.paid == invoice.due
    assert Payment.objects.count() == 1
    assert ReceiptCounter.objects.get().last == 1


def test_small_payments_at_once_add_up_and_never_beyond(make_patient: Any, make_invoice: Any) -> None:
    patient = make_patient()
    first, second = make_invoice(patient), make_invoice(patient)
    orders = [[first.uuid, second.uuid], [second.uuid, first.uuid]]
    take = [
        (lambda o=orders[index % 2]: take_payment(SYSTEM, patient, o, [Tender("cash", Decimal("11.00"))]))
        for index in range(20)
    ]
    results = together(take)
    taken = [result for result in results if not isinstance(result, Exception)]
    assert len(taken) == 10, results  # 120 € are due: ten times 11 €, and 10 € left
    for invoice in (first, second):
        invoice.refresh_from_db()
    assert first.paid + second.paid == Decimal("110.00")


def test_paying_and_voiding_and_cancelling_at_once_leave_a_sound_account(make_invoice: Any) -> None:
    invoice = make_invoice()
    payment = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [Tender("card", Decimal("60.00"))]).payments.get()
    works: list[Callable[[], Any]] = [
        lambda: void_payment(SYSTEM, payment, "erreur"),
        lambda: cancel_invoice(SYSTEM, invoice, "erreur"),
        lambda: take_payment(SYSTEM, invoice.patient, [invoice.uuid], [Tender("cash", Decimal("60.00"))]),
    ]
    results = together(works * 4)
    assert all(not isinstance(result, Exception) or isinstance(result, DomainError) for result in results), results
    invoice.refresh_from_db()
    standing = sum(p.amount for p in Payment.objects.filter(state="received"))
    assert invoice.paid == standing
    assert not (invoice.is_cancelled and standing)


def test_an_act_is_not_taken_back_while_it_is_invoiced(make_patient: Any, make_act: Any) -> None:
    patient = make_patient()
    for _round in range(5):
        act = make_act(patient)
        results = together(
            [
                lambda a=act: issue_invoice(SYSTEM, patient, [a.uuid]),
                lambda a=act: void_act(SYSTEM, a, "erreur", expected_version=1),
            ]
        )
        kinds = [type(result) for result in results]
        assert sum(issubclass(kind, Invoice | Act) for kind in kinds) == 1, results
        act.refresh_from_db()
        assert (act.state == "void") == (not act.invoice_lines.filter(standing=True).exists())
