"""The pages of billing, as somebody at the desk, a bookkeeper or a stranger meets them."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.billing.models import Invoice, Payment, Receipt
from cuspide.billing.services import Tender, cancel_invoice, issue_invoice, take_payment, void_payment
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")
SECRETARY = Role.SECRETARY


def text_of(response: Any) -> str:
    return str(response.content.decode())


def rows(*typed: tuple[str, str], **more: str) -> dict[str, Any]:
    """The rows of the payment form: means and amount as typed."""
    data: dict[str, Any] = {"received_on": clock.today().isoformat(), "submission": str(uuid.uuid4())}
    for number, (means, amount) in enumerate(typed, start=1):
        data |= {f"row{number}-means": means, f"row{number}-amount": amount}
    return data | {name.replace("__", "-"): value for name, value in more.items()}


def test_from_the_finished_act_to_the_receipt(client_as: Any, make_patient: Any, make_act: Any) -> None:
    desk, patient = client_as(SECRETARY), make_patient(birth_name="DURAND")
    acts = [make_act(patient), make_act(patient, fee="28.92", amo="17.35", amc="0.00")]
    account = text_of(desk.get(reverse("billing:account", args=[patient.uuid])))
    assert "88,92\u00a0€" in account
    sent = desk.post(
        reverse("billing:issue", args=[patient.uuid]),
        {"acts": [act.uuid for act in acts], "third_party": "05", "next": "pay", "submission": str(uuid.uuid4())},
    )
    invoice = Invoice.objects.get()
    assert sent.status_code == 303
    assert sent["Location"].endswith(f"?invoice={invoice.uuid}")
    assert f'value="{str(invoice.due).replace(".", ",")}"' in text_of(desk.get(sent["Location"]))
    paid = desk.post(
        reverse("billing:pay", args=[patient.uuid]),
        rows(("card", "20"), ("cheque", "15,57"), row2__cheque_bank="LCL") | {"invoices": [invoice.uuid]},
    )
    receipt = Receipt.objects.get()
    assert paid["Location"] == reverse("billing:receipt", args=[receipt.uuid])
    shown = text_of(desk.get(paid["Location"]))
    assert "LCL" in shown
    assert "35,57\u00a0€" in shown
    invoice.refresh_from_db()
    assert invoice.rest == 0


def test_the_third_party_mode_of_the_acts_is_proposed(client_as: Any, make_patient: Any, make_act: Any) -> None:
    patient = make_patient()
    make_act(patient, coverage={"third_party": "15"})
    page = text_of(client_as(SECRETARY).get(reverse("billing:issue", args=[patient.uuid])))
    assert 'name="third_party" value="15" checked' in page
    assert 'data-due="patient" aria-live="polite">0,00\u00a0€' in page


def test_an_act_that_was_invoiced_meanwhile_is_refused_in_words(
    client_as: Any, make_patient: Any, make_act: Any
) -> None:
    patient = make_patient()
    act, other = make_act(patient), make_act(patient)
    issue_invoice(SYSTEM, patient, [act.uuid])
    sent = client_as(SECRETARY).post(
        reverse("billing:issue", args=[patient.uuid]), {"acts": [act.uuid, other.uuid], "third_party": "00"}
    )
    assert sent.status_code == 422
    assert f"{clock.today().year}-000001" in text_of(sent)
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [{}, {"acts": "x"}, {"acts": ["' OR 1=1 --"], "third_party": "00"}, {"acts": [str(uuid.uuid4())]},
     {"acts": [str(uuid.uuid4())], "third_party": "99"}, {"acts": ["🦷"] * 3, "third_party": ["00", "05"]}],
)  # fmt: skip
def test_hostile_issue_forms_come_back_with_a_sentence(
    client_as: Any, make_patient: Any, make_act: Any, data: dict[str, Any]
) -> None:
    patient = make_patient()
    make_act(patient)
    sent = client_as(SECRETARY).post(reverse("billing:issue", args=[patient.uuid]), data)
    assert sent.status_code == 422
    assert 'role="alert"' in text_of(sent)
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    "amount",
    [
        "-5",
        "1e9",
        "1,2.3",
        "NaN",
        "💶",
        "0",
        "60,01",
        "99999999999999999999",
        "1\x00",
        "<b>5</b>",
        "٣",
        "0,001",
        "5 €€x",
    ],
)
def test_hostile_amounts_come_back_as_typed_with_a_sentence(client_as: Any, make_invoice: Any, amount: str) -> None:
    invoice = make_invoice()
    data = rows(("card", amount)) | {"invoices": [invoice.uuid]}
    sent = client_as(SECRETARY).post(reverse("billing:pay", args=[invoice.patient.uuid]), data)
    assert sent.status_code == 422
    assert 'role="alert"' in text_of(sent)
    assert data["submission"] in text_of(sent)
    assert "<b>5" not in text_of(sent)
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"row1-means": "gold"},
        {"row1-means": ""},
        {"received_on": "demain"},
        {"received_on": "2999-01-01"},
        {"received_on": ""},
        {"invoices": []},
        {"invoices": ["x"]},
        {"row1-amount": ""},
        {"row1-means": "cheque", "row1-held_until": "0000-00-00"},
        {"row1-means": "cheque", "row1-cheque_number": "9" * 500},
        {"submission": "not a uuid", "row1-amount": "1000000"},
    ],
)
def test_hostile_payment_forms_come_back(client_as: Any, make_invoice: Any, change: dict[str, Any]) -> None:
    invoice = make_invoice()
    data = rows(("card", "5,00")) | {"invoices": [invoice.uuid]} | change
    sent = client_as(SECRETARY).post(reverse("billing:pay", args=[invoice.patient.uuid]), data)
    assert sent.status_code == 422
    assert 'role="alert"' in text_of(sent)
    assert not Payment.objects.exists()


def test_an_invoice_of_somebody_else_is_not_paid_from_this_record(
    client_as: Any, make_patient: Any, make_invoice: Any
) -> None:
    patient, stranger = make_patient(), make_patient()
    own, other = make_invoice(patient), make_invoice(stranger)
    data = rows(("card", "5,00")) | {"invoices": [own.uuid, other.uuid]}
    sent = client_as(SECRETARY).post(reverse("billing:pay", args=[patient.uuid]), data)
    assert sent.status_code == 422
    assert not Payment.objects.exists()


def test_a_double_click_takes_the_payment_once(client_as: Any, make_invoice: Any) -> None:
    invoice, desk = make_invoice(), client_as(SECRETARY)
    data = rows(("card", "30,00")) | {"invoices": [invoice.uuid]}
    address = reverse("billing:pay", args=[invoice.patient.uuid])
    first, again = desk.post(address, data), desk.post(address, data)
    assert first["Location"] == again["Location"]
    assert Payment.objects.count() == 1


def test_a_double_click_that_paid_everything_still_leads_to_the_receipt(client_as: Any, make_invoice: Any) -> None:
    invoice, desk = make_invoice(), client_as(SECRETARY)
    data = rows(("card", "60,00")) | {"invoices": [invoice.uuid]}
    address = reverse("billing:pay", args=[invoice.patient.uuid])
    first, again = desk.post(address, data), desk.post(address, data)
    assert (first["Location"], again.status_code) == (again["Location"], 303)
    assert Payment.objects.count() == 1


def test_void_and_cancel_ask_for_a_reason(client_as: Any, make_invoice: Any) -> None:
    invoice, dentist = make_invoice(), client_as(Role.DENTIST)
    receipt = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [Tender("card", Decimal("60.00"))])
    payment = receipt.payments.get()
    void, cancel = (
        reverse("billing:void_payment", args=[payment.uuid]),
        reverse("billing:cancel_invoice", args=[invoice.uuid]),
    )
    assert dentist.post(cancel, {"reason": "erreur"}).status_code == 422
    assert dentist.post(void, {"reason": " "}).status_code == 422
    assert dentist.post(void, {"reason": "Saisi deux fois"}).status_code == 303
    assert "Saisi deux fois" in text_of(dentist.get(reverse("billing:receipt", args=[receipt.uuid])))
    assert dentist.post(cancel, {"reason": "Mauvais patient"}).status_code == 303
    assert "Mauvais patient" in text_of(dentist.get(reverse("billing:invoice", args=[invoice.uuid])))


PAGES = {
    "billing:invoices": None,
    "billing:payments": None,
    "billing:unpaid": None,
    "billing:account": "patient",
    "billing:issue": "patient",
    "billing:pay": "patient",
    "billing:invoice": "invoice",
    "billing:invoice_document": "invoice",
    "billing:cancel_invoice": "invoice",
    "billing:receipt": "receipt",
    "billing:receipt_document": "receipt",
    "billing:void_payment": "payment",
}
READS = {"billing:invoices", "billing:payments", "billing:unpaid", "billing:account", "billing:invoice"}
READS |= {"billing:receipt", "billing:receipt_document"}
MAY = {
    Role.OWNER: set(PAGES),
    Role.DENTIST: set(PAGES),
    Role.SECRETARY: set(PAGES) - {"billing:cancel_invoice"},
    Role.ASSISTANT: READS | {"billing:invoice_document"},
    Role.BOOKKEEPER: READS,
    Role.TECHNICIAN: set(),
}


@pytest.mark.parametrize("role", list(MAY))
def test_each_role_reaches_its_pages_and_no_other(client_as: Any, make_invoice: Any, role: Role) -> None:
    invoice = make_invoice()
    receipt = take_payment(SYSTEM, invoice.patient, [invoice.uuid], [Tender("card", Decimal("10.00"))])
    things = {
        "patient": invoice.patient.uuid,
        "invoice": invoice.uuid,
        "receipt": receipt.uuid,
        "payment": receipt.payments.get().uuid,
    }
    client = client_as(role)
    for name, kind in PAGES.items():
        arguments = [things[kind]] if kind else []
        answer = client.get(reverse(name, args=arguments)).status_code
        assert answer == (200 if name in MAY[role] else 403), (role, name)
        if kind:
            # A record that does not exist looks the same to whoever may not see it.
            unknown = client.get(reverse(name, args=[uuid.uuid4()])).status_code
            assert unknown == (404 if name in MAY[role] else 403), (role, name)


def test_the_bookkeeper_sees_names_and_amounts_and_nothing_medical(
    client_as: Any, make_patient: Any, make_invoice: Any
) -> None:
    patient = make_patient(birth_name="DURAND")
    invoice = make_invoice(patient)
    reader = client_as(Role.BOOKKEEPER)
    pages = [
        reverse("billing:invoices"),
        reverse("billing:unpaid"),
        reverse("billing:account", args=[patient.uuid]),
        reverse("billing:invoice", args=[invoice.uuid]),
    ]
    for address in pages:
        page = text_of(reader.get(address))
        assert "DURAND" in page
        assert "60,00\u00a0€" in page
        for medical in ("HBMD049", "Restauration", "16 O"):
            assert medical not in page, address


def test_no_page_says_a_name_in_an_address(client_as: Any, make_patient: Any, make_invoice: Any) -> None:
    patient = make_patient(birth_name="DURAND")
    invoice = make_invoice(patient)
    document = client_as(SECRETARY).get(reverse("billing:invoice_document", args=[invoice.uuid]))
    assert document["Content-Type"] == "application/pdf"
    assert document["Content-Disposition"] == f'inline; filename="facture-{invoice.number_text}.pdf"'
    assert document["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in document["Cache-Control"]


def test_reading_leaves_its_trace(client_as: Any, make_invoice: Any) -> None:
    invoice, desk = make_invoice(), client_as(SECRETARY)
    Entry.objects.filter(action="never").count()
    for name, action in (("invoice", "billing.invoice"), ("invoice_document", "billing.invoice_pdf")):
        desk.get(reverse(f"billing:{name}", args=[invoice.uuid]))
        assert Entry.objects.filter(action=action, patient_uuid=invoice.patient.uuid).count() == 1
    desk.get(reverse("billing:invoices"))
    assert Entry.objects.filter(action="billing.list").count() == 1


def test_lists_show_what_they_say(client_as: Any, make_patient: Any, make_invoice: Any) -> None:
    desk = client_as(SECRETARY)
    unpaid = make_invoice(make_patient(birth_name="IMPAYE"))
    paid = make_invoice(make_patient(birth_name="REGLE"))
    receipt = take_payment(SYSTEM, paid.patient, [paid.uuid], [Tender("cash", Decimal("60.00"))])
    cancelled = make_invoice(make_patient(birth_name="ANNULE"))
    cancel_invoice(SYSTEM, cancelled, "erreur")
    wanted = {"": {"IMPAYE", "REGLE", "ANNULE"}, "unpaid": {"IMPAYE"}, "settled": {"REGLE"}, "cancelled": {"ANNULE"}}
    for state, names in wanted.items():
        page = text_of(desk.get(reverse("billing:invoices"), {"state": state}))
        assert {name for name in ("IMPAYE", "REGLE", "ANNULE") if name in page} == names, state
    sums = desk.get(reverse("billing:invoices"), {"state": "cancelled"}).context["list"].sums
    assert (sums.total, sums.rest) == (Decimal("60.00"), Decimal(0)), "nothing is due on a cancelled invoice"
    owed = text_of(desk.get(reverse("billing:unpaid")))
    assert "IMPAYE" in owed
    assert "REGLE" not in owed
    day = desk.get(reverse("billing:payments"))
    assert day.context["list"].total == Decimal("60.00")
    void_payment(SYSTEM, receipt.payments.get(), "erreur")
    after = desk.get(reverse("billing:payments"))
    assert (after.context["list"].total, after.context["list"].voided) == (Decimal(0), 1)
    assert unpaid.number_text in owed


@pytest.mark.parametrize("query", ["month=9999-12", "month=0001-01", "month=x&state=y&page=-4", "day=x", "page=99999"])
def test_strange_addresses_of_lists_show_the_usual_page(client_as: Any, make_invoice: Any, query: str) -> None:
    make_invoice()
    for name in ("invoices", "payments", "unpaid"):
        assert client_as(SECRETARY).get(f"{reverse(f'billing:{name}')}?{query}").status_code == 200


def _queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_pages_ask_the_store_as_often_with_many_rows_as_with_few(
    client_as: Any, make_patient: Any, make_act: Any, practice: Any
) -> None:
    desk, patient = client_as(SECRETARY), make_patient()

    def add(count: int) -> None:
        for _each in range(count):
            act = make_act(patient, done_on=clock.today() - dt.timedelta(days=1))
            invoice = issue_invoice(SYSTEM, patient, [act.uuid])
            take_payment(SYSTEM, patient, [invoice.uuid], [Tender("card", Decimal("10.00"))])
            make_act(patient)

    addresses = [
        reverse("billing:account", args=[patient.uuid]),
        reverse("billing:issue", args=[patient.uuid]),
        reverse("billing:pay", args=[patient.uuid]),
        *(reverse(f"billing:{name}") for name in ("invoices", "payments", "unpaid")),
    ]
    add(3)
    few = [_queries(desk, address) for address in addresses]
    add(30)
    many = [_queries(desk, address) for address in addresses]
    assert few == many
    assert max(few) <= 30, dict(zip(addresses, few, strict=True))


def test_the_banner_the_reception_and_the_search_know_of_money(
    client_as: Any, make_patient: Any, make_invoice: Any, make_act: Any, actors: Any
) -> None:
    from cuspide.billing import cards

    patient, calm = make_patient(birth_name="DURAND"), make_patient()
    invoice = make_invoice(patient)
    make_act(patient)
    assert cards.balance(actors.secretary, patient)[0].value == "60,00\u00a0€"
    flags = cards.reception(actors.secretary, [patient.pk, calm.pk])
    assert [item.tone for item in flags[patient.pk]] == ["watch", "info"]
    assert calm.pk not in flags
    hits = cards.find(actors.secretary, invoice.number_text, 5)
    assert [hit.url for hit in hits] == [reverse("billing:invoice", args=[invoice.uuid])]
    assert cards.find(actors.secretary, "DURAND", 5) == []
    page = text_of(client_as(SECRETARY).get(reverse("patients:record", args=[patient.uuid])))
    assert "60,00\u00a0€" in page
