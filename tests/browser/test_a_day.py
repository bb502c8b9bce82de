"""A whole day of the practice, lived in a real browser: from the phone call to the receipt, and a power cut."""

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Desk, forgiven
from tests.support.server import LivePractice, ask, cuspide

# Born on 7 March 1984 in Valence; the key of this number is 30.
NIR_WITHOUT_KEY = "2 84 03 26 362 148"
SEEN = Path(__file__).parents[2] / ".cache" / "test" / "a_day"
BIRTH_NAME, GIVEN_NAME = "ZAGORSKI", "Léopoldine"


@pytest.fixture
def day(chromium: Browser, own_practice: LivePractice) -> Iterator[Desk]:
    """Desks of everybody, on a practice that this test may kill."""
    with own_practice:
        desk = Desk(chromium, own_practice)
        yield desk
        desk.photograph(SEEN)
        # Chromium notes a refused form and a server that is gone; nothing else may be said.
        cut = [r"net::ERR_", "status of 422", "status of 409"]
        assert list(forgiven(desk.close(), cut)) == []


def press_main(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(name)).first.click()


def the_owner_signs_in_with_her_second_factor(desk: Desk) -> Page:
    account = desk.practice.accounts["owner"]
    page = desk.visitor()
    page.goto("/")
    page.locator("input[name=login]").fill(account.email)
    page.locator("input[name=password]").fill(account.password)
    page.keyboard.press("Enter")
    expect(page.locator("input[name=code]")).to_be_visible()
    page.goto("/patients/")  # the password alone opens nothing
    expect(page).to_have_url(re.compile("/account/"))
    page.context.close()
    owner = desk.as_role("owner")
    expect(owner.get_by_role("heading", level=1)).to_be_visible()
    return owner


def the_secretary_creates_a_patient(page: Page) -> str:
    page.goto("/patients/")
    page.keyboard.press("Control+k")
    page.keyboard.type("nouveau patient")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients/new/")
    page.locator("[name=birth_name]").fill(BIRTH_NAME)
    page.locator("[name=first_birth_given_name]").fill(GIVEN_NAME)
    page.locator("label", has_text="Féminin").click()
    page.locator("[name=birth_date]").fill("07/03/1984")
    page.locator("[name=nir]").fill(NIR_WITHOUT_KEY + " 12")
    page.locator("[name=mobile]").fill("06 39 98 12 34")
    page.locator("[name=regime]").select_option("01")
    page.locator("[name=caisse]").fill("261")
    page.locator("[name=centre]").fill("0000")
    page.locator("[name=organisation]").fill("Mutuelle des Monts")
    page.locator("[name=organisation_number]").fill("99910045")
    page.locator("[name=guarantee]").fill("100")
    press_main(page, "Créer")
    # The wrong key is refused with its reason, and what was typed is still there.
    expect(page.locator("body")).to_contain_text("clé")
    expect(page.locator("[name=birth_name]")).to_have_value(BIRTH_NAME)
    expect(page.locator("[name=mobile]")).to_have_value("06 39 98 12 34")
    page.locator("[name=nir]").fill(NIR_WITHOUT_KEY)
    press_main(page, "Créer")
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"))
    expect(page.locator("body")).to_contain_text(BIRTH_NAME)
    assert BIRTH_NAME.lower() not in page.url.lower()
    return page.url.rstrip("/").rsplit("/", 1)[1]


def she_books_her(page: Page, patient: str) -> None:
    page.keyboard.press("r")
    page.wait_for_url(re.compile("/agenda/book/"))
    # In the evening the form proposes the next day.
    page.locator("input[name=day]").fill(f"{dt.datetime.now(ZoneInfo('Europe/Paris')):%d/%m/%Y}")
    page.locator("input[name=time]").fill("20:00")
    press_main(page, "Prendre|Réserver|Enregistrer")
    warning = page.get_by_role("button", name=re.compile("quand même"))
    if warning.count():
        warning.first.click()
    page.goto(f"/agenda/patients/{patient}/")
    expect(page.locator("main")).to_contain_text("20:00")


def she_arrives(page: Page, patient: str) -> None:
    page.goto(f"/agenda/patients/{patient}/")
    page.locator("main a[href*='/agenda/appointments/']").first.click()
    press_main(page, "Arriv")
    expect(page.locator("main")).to_contain_text(re.compile(f"{BIRTH_NAME}.*arrivé", re.DOTALL))
    page.goto("/agenda/reception/")
    expect(page.locator("main")).to_contain_text(BIRTH_NAME)


def the_dentist_charts_and_treats(page: Page, patient: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(BIRTH_NAME[:5].lower())
    page.get_by_role("option", name=re.compile(BIRTH_NAME)).first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/patients/{patient}/**")
    page.get_by_role("link", name="Schéma dentaire").first.click()
    line = page.locator("#chart-line")
    line.fill("16 mo c")
    line.press("Enter")
    panel = page.locator("#chart")
    expect(panel).to_contain_text(re.compile("carie mésiale et occlusale", re.IGNORECASE))
    # The filling is proposed with its three shares; one key does it.
    done = page.locator("[data-chart-first]")
    proposal = page.locator("li", has=done)
    expect(proposal).to_contain_text("52,00 €")
    expect(proposal).to_contain_text("AMO 31,20 €")
    done.click()
    expect(page.locator("#chart")).to_contain_text(re.compile("restauration mésiale et occlusale, fait"))
    line = page.locator("#chart-line")
    line.fill("détartrage")
    line.press("Enter")
    expect(page.locator("#chart")).to_contain_text("Détartrage")
    # Typed words plan an act; it is done when the dentist says so.
    page.goto(f"/care/{patient}/acts/")
    row = page.locator("tr", has_text="HBJD001")
    row.locator("button").first.click()
    expect(page.locator("tr", has_text="HBJD001")).not_to_contain_text("À faire")
    page.goto(f"/care/{patient}/acts/")
    sheet = page.locator("main")
    for words in ("HBMD049", "HBJD001", "52,00 €", "31,20 €", "28,92 €", "17,35 €"):
        expect(sheet).to_contain_text(words)


def she_pays_by_card_and_by_cheque(page: Page, patient: str) -> str:
    page.goto(f"/patients/{patient}/")
    page.keyboard.press("e")
    page.wait_for_url(re.compile("/billing/"))
    page.get_by_role("link", name=re.compile("Établir|facture", re.IGNORECASE)).first.click()
    page.locator("input[name=third_party][value='00']").check()
    press_main(page, "encaisser|Encaisser")
    page.wait_for_url(re.compile("/pay/"))
    expect(page.locator("[data-sum=due]")).to_have_text(re.compile(r"80,92"))
    rows = page.locator("[data-row]")
    rows.nth(0).locator("input[value=card]").check()
    rows.nth(0).locator("input.num").first.fill("50,92")
    if not rows.nth(1).is_visible():
        page.locator("[data-more]").click()
    rows.nth(1).locator("input[value=cheque]").check()
    rows.nth(1).locator("input.num").first.fill("30")
    expect(page.locator("[data-sum=left]")).to_have_text(re.compile(r"^0,00"))
    press_main(page, "Encaisser")
    page.wait_for_url(re.compile("/billing/receipts/"))
    expect(page.locator("main")).to_contain_text("80,92 €")
    return page.url


def the_receipt_is_a_pdf(page: Page, receipt_url: str, folder: str) -> None:
    answer = page.request.get(receipt_url + "document/")
    assert answer.ok
    assert answer.headers["content-type"].startswith("application/pdf")
    assert BIRTH_NAME.lower() not in answer.headers.get("content-disposition", "").lower()
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine (Debian: poppler-utils)")
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.body(), capture_output=True, check=True)
    words = re.sub(r"[\u00a0\u202f]", " ", text.stdout.decode())
    for piece in (BIRTH_NAME, "80,92 €", "50,92 €", "30,00 €", "Carte", "Chèque"):
        assert piece in words, piece


def test_a_day(day: Desk) -> None:
    owner = the_owner_signs_in_with_her_second_factor(day)
    secretary = day.as_role("secretary")
    patient = the_secretary_creates_a_patient(secretary)
    she_books_her(secretary, patient)
    she_arrives(secretary, patient)
    dentist = day.as_role("dentist")
    the_dentist_charts_and_treats(dentist, patient)

    # The power goes in the middle of the day, and comes back.
    day.practice.kill()
    day.practice.start()

    receipt = she_pays_by_card_and_by_cheque(secretary, patient)
    the_receipt_is_a_pdf(secretary, receipt, patient)
    the_trace_tells_the_day(owner, patient)

    day.practice.kill()
    day.practice.start()
    nothing_is_missing(day.practice, patient)


def the_trace_tells_the_day(page: Page, patient: str) -> None:
    page.goto(f"/audit/?patient={patient}")
    told = page.locator("main")
    for who in ("Nadia Benali", "Hugo Lefèvre"):
        expect(told).to_contain_text(re.compile(who, re.IGNORECASE))
    for what in ("a créé", "rendez-vous", "acte", "facture", "règlement"):
        expect(told).to_contain_text(re.compile(what, re.IGNORECASE))


def nothing_is_missing(practice: LivePractice, patient: str) -> None:
    found = ask(
        practice.folder,
        """
        from decimal import Decimal
        from cuspide.agenda.models import Appointment
        from cuspide.billing.models import Invoice, Payment
        from cuspide.care.models import Act, Finding
        from cuspide.patients.models import Patient

        patient = Patient.objects.get(uuid=sys.argv[1])
        answer = {
            "nir": patient.nir,
            "appointments": [one.state for one in Appointment.objects.filter(patient=patient)],
            "caries": [f"{one.tooth} {one.surfaces}" for one in Finding.objects.filter(patient=patient, kind="caries")],
            "acts": sorted(one.code for one in Act.objects.filter(patient=patient)),
            "invoiced": [str(one.total) for one in Invoice.objects.filter(patient=patient)],
            "paid": sorted(str(one.amount) for one in Payment.objects.filter(payer=patient)),
        }
        """,
        patient,
    )
    assert found == {
        "nir": "284032636214830",
        "appointments": ["arrived"],
        "caries": ["16 MO"],
        "acts": ["HBJD001", "HBMD049"],
        "invoiced": ["80.92"],
        "paid": ["30.00", "50.92"],
    }
    checked = cuspide("audit", "verify", home=practice.folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    checked = cuspide("check", home=practice.folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
