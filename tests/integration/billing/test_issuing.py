"""Done acts become an invoice: numbered without gaps, frozen, once."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cuspide.audit.models import Entry
from cuspide.billing.models import Invoice, InvoiceCounter, InvoiceLine
from cuspide.billing.services import cancel_invoice, issue_invoice
from cuspide.care.models import Act, ActState
from cuspide.care.services.acts import ActChanges, change_act, void_act
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, Forbidden
from cuspide.formats.pricing import ThirdParty
from cuspide.practice import services as practice_services

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


def test_an_invoice_adds_up_its_acts_and_says_who_pays(make_patient: Any, make_act: Any, actors: Any) -> None:
    patient = make_patient()
    acts = [make_act(patient), make_act(patient, fee="28.92", amo="17.35", amc="0.00")]
    invoice = issue_invoice(actors.secretary, patient, [act.uuid for act in acts], ThirdParty.AMO)
    invoice.refresh_from_db()
    said = (invoice.total, invoice.amo, invoice.amc, invoice.patient_share, invoice.due)
    assert [str(amount) for amount in said] == ["88.92", "53.35", "24.00", "11.57", "35.57"]
    assert [line.code for line in invoice.lines.all()] == ["HBMD049", "HBMD049"]
    assert invoice.lines.first().teeth == "16 O"
    assert invoice.number_text == f"{clock.today().year}-000001"
    trace = Entry.objects.get(action="billing.issue")
    assert (trace.patient_uuid, trace.actor_user_id) == (patient.uuid, actors.secretary.user_id)


@pytest.mark.parametrize(
    ("mode", "due"),
    [(ThirdParty.NONE, "60.00"), (ThirdParty.AMO, "24.00"), (ThirdParty.FULL, "0.00"), (ThirdParty.AMC, "36.00")],
)
def test_third_party_payment_leaves_the_patient_the_rest(make_invoice: Any, mode: ThirdParty, due: str) -> None:
    invoice = make_invoice(third_party=mode)
    assert str(invoice.due) == due
    assert invoice.expected.amo + invoice.expected.amc + invoice.expected.patient == invoice.total


def test_numbers_follow_each_other_by_entity_and_by_year_of_the_site(
    practice: Any, make_patient: Any, make_act: Any, moved_clock: Any
) -> None:
    patient = make_patient()
    # 23:30 on 31 December in Paris is 22:30 UTC; an hour later it is another year in Paris and not yet in UTC.
    moved_clock(dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC))
    old = issue_invoice(SYSTEM, patient, [make_act(patient).uuid])
    moved_clock(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC))
    new = issue_invoice(SYSTEM, patient, [make_act(patient).uuid])
    other_site = practice_services.create_practice(SYSTEM, name="Centre des Halles")
    other = issue_invoice(SYSTEM, patient, [make_act(patient, entity=other_site.entity, site=other_site).uuid])
    numbers = [old.number_text, new.number_text, other.number_text]
    assert numbers == ["2026-000001", "2027-000001", "2027-000001"]
    assert (old.issued_on, new.issued_on) == (dt.date(2026, 12, 31), dt.date(2027, 1, 1))


def test_a_refused_invoice_takes_no_number(make_patient: Any, make_act: Any, make_invoice: Any) -> None:
    first = make_invoice()
    patient = make_patient()
    act = make_act(patient)
    with transaction.atomic():
        issue_invoice(SYSTEM, patient, [act.uuid])
        transaction.set_rollback(True)
    with pytest.raises(DomainError):
        issue_invoice(SYSTEM, patient, [act.uuid, uuid.uuid4()])
    assert issue_invoice(SYSTEM, patient, [act.uuid]).number == first.number + 1


def test_an_act_is_invoiced_once(make_patient: Any, make_act: Any) -> None:
    patient = make_patient()
    act = make_act(patient)
    invoice = issue_invoice(SYSTEM, patient, [act.uuid])
    with pytest.raises(DomainError, match=invoice.number_text):
        issue_invoice(SYSTEM, patient, [act.uuid])
    line = InvoiceLine.objects.get(act=act)
    line.pk, line.position = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()


def test_what_cannot_be_invoiced_is_refused_and_nothing_is_written(
    practice: Any, make_patient: Any, make_act: Any
) -> None:
    patient, stranger = make_patient(), make_patient()
    fine = make_act(patient)
    other_site = practice_services.create_practice(SYSTEM, name="Centre des Halles")
    planned = make_act(patient, state=ActState.PLANNED)
    voided = make_act(patient)
    void_act(SYSTEM, voided, "erreur", expected_version=1)
    for bad in (
        [],
        [fine.uuid, fine.uuid],
        [make_act(stranger).uuid],
        [fine.uuid, make_act(patient, entity=other_site.entity, site=other_site).uuid],
        [fine.uuid, make_act(patient, practitioner=practice.dentists[1]).uuid],
        [fine.uuid, make_act(patient, site=practice_services.create_practice(SYSTEM, name="Annexe")).uuid],
        [planned.uuid],
        [voided.uuid],
        [uuid.uuid4()],
        [uuid.uuid4() for _each in range(201)],
    ):
        with pytest.raises(DomainError):
            issue_invoice(SYSTEM, patient, bad)
    assert not Invoice.objects.exists()
    assert not InvoiceCounter.objects.exists()


def test_a_form_sent_twice_makes_one_invoice(make_patient: Any, make_act: Any) -> None:
    patient = make_patient()
    act, key = make_act(patient), uuid.uuid4()
    first = issue_invoice(SYSTEM, patient, [act.uuid], submission=key)
    again = issue_invoice(SYSTEM, patient, [act.uuid], submission=key)
    assert first.uuid == again.uuid
    assert Invoice.objects.count() == 1


def test_an_invoiced_act_stands_still_until_the_invoice_is_cancelled(make_patient: Any, make_act: Any) -> None:
    patient = make_patient()
    act = make_act(patient)
    open_in_another_window = Act.objects.get(pk=act.pk)
    invoice = issue_invoice(SYSTEM, patient, [act.uuid])
    with pytest.raises(DomainError, match=invoice.number_text):
        void_act(SYSTEM, open_in_another_window, "erreur", expected_version=open_in_another_window.version)
    act.refresh_from_db()
    with pytest.raises(DomainError, match=invoice.number_text):
        change_act(SYSTEM, act, ActChanges(surfaces="M"), expected_version=act.version)
    cancel_invoice(SYSTEM, invoice, "Acte saisi sur la mauvaise dent")
    act.refresh_from_db()
    void_act(SYSTEM, act, "mauvaise dent", expected_version=act.version)


def test_the_invoice_says_what_it_said_whatever_changes_later(practice: Any, make_patient: Any, make_act: Any) -> None:
    patient = make_patient(birth_name="DURAND")
    act = make_act(patient)
    invoice = issue_invoice(SYSTEM, patient, [act.uuid])
    Act.objects.filter(pk=act.pk).update(label="changed", amo_share=0, patient_share=36)
    practice.entity.name = "changed"
    practice.entity.save()
    invoice.refresh_from_db()
    line = invoice.lines.get()
    assert (line.label[:12], str(line.amo)) == ("Restauration", "36.00")
    assert invoice.parties["issuer"]["name"] == "Cabinet des Tilleuls"
    assert invoice.parties["patient"]["name"].startswith("DURAND")
    assert invoice.parties["issuer"]["practitioner"]["rpps"] == "10000000017"


def test_a_cancelled_invoice_keeps_its_number_and_frees_its_acts(make_patient: Any, make_act: Any) -> None:
    patient = make_patient()
    act = make_act(patient)
    invoice = issue_invoice(SYSTEM, patient, [act.uuid])
    cancelled = cancel_invoice(SYSTEM, invoice, "  Patient sans \n mutuelle ")
    assert (cancelled.cancel_reason, str(cancelled.rest)) == ("Patient sans mutuelle", "0.00")
    assert cancel_invoice(SYSTEM, invoice, "encore").cancel_reason == "Patient sans mutuelle"
    again = issue_invoice(SYSTEM, patient, [act.uuid])
    assert again.number == invoice.number + 1
    assert Entry.objects.filter(action="billing.cancel").count() == 1


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 301])
def test_a_cancellation_wants_a_reason_that_fits(make_invoice: Any, reason: str) -> None:
    with pytest.raises(DomainError):
        cancel_invoice(SYSTEM, make_invoice(), reason)


@pytest.mark.parametrize("role", ["assistant", "bookkeeper", "technician"])
def test_who_may_not_issue_is_refused_before_anything_is_read(actors: Any, make_patient: Any, role: str) -> None:
    with pytest.raises(Forbidden):
        issue_invoice(actors[role], make_patient(), [uuid.uuid4()])


def test_a_secretary_does_not_cancel_invoices(actors: Any, make_invoice: Any) -> None:
    with pytest.raises(Forbidden):
        cancel_invoice(actors.secretary, make_invoice(), "non")


def test_somebody_with_rights_at_another_site_only_does_not_issue(
    practice: Any, make_patient: Any, make_act: Any
) -> None:
    elsewhere = practice_services.create_practice(SYSTEM, name="Centre des Halles")
    actor = Actor(user_id=1, label="x", rights_by_site={elsewhere.pk: frozenset({"billing.issue"})})
    patient = make_patient()
    with pytest.raises(Forbidden):
        issue_invoice(actor, patient, [make_act(patient).uuid])
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"total": "60.01"}, {"due": "59.00"}, {"paid": "60.01"}, {"paid": "-0.01"}, {"number": 0}, {"state": "cancelled"}],
)
def test_the_store_refuses_an_invoice_that_does_not_add_up(make_invoice: Any, change: dict[str, Any]) -> None:
    invoice = make_invoice()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**change)
