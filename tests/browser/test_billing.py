"""Billing in a real browser: what the desk sees while it types, by the keyboard, and what is printed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Desk
from tests.support.server import ask

# A patient of her own for a test, with acts that are done and not invoiced.
ACTS = """
import datetime as dt, uuid
from decimal import Decimal
from cuspide.care.models import Act, ActState
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.services.identity import create_patient
from cuspide.practice.models import Practitioner, Site
name = "Zf" + "".join(chr(97 + int(digit, 16)) for digit in uuid.uuid4().hex[:8])
typed = {"birth_name": name, "first_birth_given_name": "Anouk", "sex": "F", "birth_date": "07/03/1984"}
actor = Actor.system("test")
try:
    patient = create_patient(actor, typed).patient
except NeedsConfirmation as asked:
    known = frozenset({doubt.key for doubt in asked.doubts} | {asked.duplicates_key})
    patient = create_patient(actor, typed, confirmed=known).patient
site, dentist = Site.objects.first(), Practitioner.objects.first()
for fee, amo, amc in json.loads(sys.argv[1]):
    Act.objects.create(
        patient=patient, code="HBMD049", label="Restauration", short_name="Composite", teeth="16", surfaces="O",
        practitioner=dentist, site=site, entity=site.entity, recorded_by="test", state=ActState.DONE,
        planned_on=clock.today(), done_on=clock.today(), fee=Decimal(fee), base=Decimal(fee), amo_share=Decimal(amo),
        amc_share=Decimal(amc), patient_share=Decimal(fee) - Decimal(amo) - Decimal(amc),
        coverage={"third_party": "00"},
    )
answer = str(patient.uuid)
"""


@pytest.fixture
def patient(desk: Desk) -> str:
    """A filling at 60 € and a radiograph at 8 €, done today."""
    return str(ask(desk.practice.folder, ACTS, '[["60.00", "36.00", "24.00"], ["8.00", "4.80", "0.00"]]'))


def issue(page: Page, patient: str) -> None:
    page.goto(f"/billing/patients/{patient}/")
    page.keyboard.press("f")
    page.wait_for_url("**/issue/")


def due(page: Page, who: str) -> Any:
    return page.locator(f"[data-due={who}]")


def test_the_shares_follow_what_is_chosen(desk: Desk, patient: str) -> None:
    page = desk.as_role("secretary")
    issue(page, patient)
    expect(due(page, "patient")).to_have_text(re.compile("^68,00"))
    page.locator("label", has_text="Part AMO").first.click()
    expect(due(page, "patient")).to_have_text(re.compile("^27,20"))
    expect(due(page, "amo")).to_have_text(re.compile("^40,80"))
    page.locator("input[name=acts]").nth(1).uncheck()
    expect(due(page, "patient")).to_have_text(re.compile("^24,00"))
    page.locator("label", has_text="Parts AMO et AMC").click()
    # Others pay everything: there is nothing to take.
    expect(due(page, "patient")).to_have_text(re.compile("^0,00"))
    expect(page.locator("button[value=pay]")).to_be_hidden()
    page.locator("input[name=acts]").nth(0).uncheck()
    expect(page.locator("button[value=show]")).to_be_disabled()


def test_from_the_account_to_the_receipt_without_the_mouse(desk: Desk, patient: str) -> None:
    page = desk.as_role("secretary")
    issue(page, patient)
    page.keyboard.press("Enter")  # issue and take the payment
    page.wait_for_url("**/pay/?invoice=*")
    amount = page.locator("[data-first]")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("68,00")
    page.keyboard.type("20")
    expect(page.locator("[data-sum=left]")).to_have_text(re.compile("^48,00"))
    second = page.locator("[data-row]").nth(1)
    expect(second).to_be_visible()
    page.keyboard.press("Tab")  # to the means of the second row, a cheque
    page.keyboard.press("Tab")
    page.keyboard.press("=")  # what is left
    expect(second.locator(".tender-amount input")).to_have_value("48,00")
    expect(second.locator(".tender-cheque")).to_be_visible()
    expect(page.locator("[data-sum=left]")).to_have_text(re.compile("^0,00"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing/receipts/*/")
    expect(page.locator("main")).to_contain_text("68,00")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"**/billing/patients/{patient}/")
    expect(page.locator("main")).to_contain_text("Réglée")


def test_too_much_is_said_at_once_and_refused_by_the_server(
    desk: Desk, patient: str, expected_complaints: list[str]
) -> None:
    expected_complaints.append("422")
    page = desk.as_role("secretary")
    issue(page, patient)
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/?invoice=*")
    page.keyboard.type("1 000,00")
    expect(page.locator("[data-too-much]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("1 000,00".replace(" ", "\u202f"))
    expect(page.locator("[data-first]")).to_have_value("1 000,00")


def test_the_forms_work_without_script(desk: Desk, patient: str) -> None:
    signed_in = desk.as_role("secretary").context.storage_state()
    page = desk.visitor(storage_state=signed_in, java_script_enabled=False)
    page.goto(f"/billing/patients/{patient}/issue/")
    page.locator("button[value=pay]").click()
    rows = page.locator("[data-row]")
    rows.nth(0).locator(".tender-amount input").fill("60")
    rows.nth(2).locator(".tender-amount input").fill("8")
    page.get_by_role("button", name="Encaisser").click()
    assert "/billing/receipts/" in page.url
    assert "Espèces" in page.inner_text("main")


def test_a_payment_is_voided_in_a_dialog(desk: Desk, patient: str) -> None:
    page = desk.as_role("secretary")
    issue(page, patient)
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/?invoice=*")
    page.keyboard.press("Enter")
    page.wait_for_url("**/billing/receipts/*/")
    page.get_by_role("link", name=re.compile("Annuler le règlement")).click()
    page.get_by_label("Motif").fill("Saisi deux fois")
    page.get_by_role("button", name="Annuler le règlement").click()
    expect(page.locator("main")).to_contain_text("Saisi deux fois")
    page.goto(f"/billing/patients/{patient}/")
    expect(page.locator("main")).to_contain_text("Impayée")


def test_the_document_opens_in_the_browser(desk: Desk, patient: str) -> None:
    page = desk.as_role("secretary")
    issue(page, patient)
    page.get_by_role("button", name="Émettre la facture").click()
    page.wait_for_url("**/billing/invoices/*/")
    answer = page.request.get(page.url + "document/")
    assert answer.body().startswith(b"%PDF-")
    assert re.search(r'inline; filename="facture-\d{4}-\d{6}\.pdf"', answer.headers["content-disposition"])


def test_axe_finds_nothing_serious_where_money_is_taken(desk: Desk, patient: str) -> None:
    page = desk.as_role("secretary")
    page.goto(f"/billing/patients/{patient}/issue/")
    assert desk.serious_faults(page) == []
    page.locator("button[value=pay]").click()
    page.wait_for_url("**/pay/?invoice=*")
    assert desk.serious_faults(page) == []
