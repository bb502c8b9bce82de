"""Who stands around a patient, what she agreed to and with whom the practice corresponds, in a real browser."""

import re
import uuid
from typing import TYPE_CHECKING

from tests.browser.test_patients import create, letters
from tests.support.browser import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

OF_SCHOOL_AGE = "03/05/2017"


def banner(page: "Page") -> str:
    return page.locator(".banner").inner_text()


def child(page: "Page") -> str:
    """A child's record, and its address."""
    return create(page, letters(), given="Noé", born=OF_SCHOOL_AGE)


def note_a_parent(page: "Page", record: str, name: str, decides: str) -> None:
    """From the page of the people, by keyboard once its link has the focus."""
    page.goto(f"{record}people/")
    page.get_by_role("link", name="Ajouter Titulaire de l’autorité parentale").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/people/new/parental/$"))
    page.focus("#id_name")
    page.keyboard.type(name)
    page.select_option("#id_decides", decides)
    page.focus("#id_name")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/people/$"))


def test_who_decides_for_a_child_is_noted_and_ended(desk: Desk, expected_complaints: list[str]) -> None:
    expected_complaints.append("422")
    page = desk.as_role("secretary")
    record = child(page)
    assert "Autorité parentale" in banner(page), "that nobody is known is said"
    note_a_parent(page, record, "MARTIN Léa", "jointly")
    note_a_parent(page, record, "DURAND Paul", "jointly")
    said = page.locator(".notice.info").inner_text()
    assert "MARTIN Léa" in said
    assert "DURAND Paul" in said, "both sign what is not usual"

    page.get_by_role("link", name="Mettre fin DURAND Paul").click()
    page.locator("main button.primary").click()
    page.locator("#id_reason_error").wait_for()
    page.fill("#id_reason", "Autorité retirée par jugement")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/people/$"))
    history = page.locator(".timeline").inner_text()
    assert "DURAND Paul" in history
    assert "Autorité retirée par jugement" in history
    assert "MARTIN Léa signe" in page.locator(".notice.info").inner_text()
    assert not desk.serious_faults(page)


def test_what_a_minor_keeps_from_the_parents_is_in_the_banner_and_can_be_taken_back(
    desk: Desk, expected_complaints: list[str]
) -> None:
    expected_complaints.append("422")
    page = desk.as_role("secretary")
    record = create(page, letters(), given="Zoé", born="03/05/2011")
    page.goto(f"{record}consents/")
    page.get_by_role("link", name="Noter une réponse Parents informés").click()
    assert "L1111-5" in page.locator("main").inner_text()
    page.get_by_label("Refuse").check()
    page.fill("#id_said_by", "Sa mère")
    page.locator("main button.primary").click()
    page.locator("#id_said_by_error").wait_for()
    page.fill("#id_said_by", "")
    page.fill("#id_remark", "Soin de la 36, venue avec sa tante")
    page.locator("main button.primary").click()
    page.wait_for_url(re.compile("/consents/$"))
    assert "Soins tenus secrets envers les parents" in banner(page)
    page.goto(record)
    assert "Soins tenus secrets envers les parents" in banner(page), "on every page of the record"

    page.get_by_role("link", name="Soins tenus secrets").click()
    page.get_by_role("link", name=re.compile("Noté par erreur")).click()
    page.fill("#id_reason", "Autre patiente")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/consents/$"))
    assert "Soins tenus secrets" not in banner(page)
    assert "Autre patiente" in page.locator("main").inner_text(), "it stays in the history"
    assert not desk.serious_faults(page)


def test_a_correspondent_is_entered_while_a_patient_is_tied_and_found_again(
    desk: Desk, expected_complaints: list[str]
) -> None:
    expected_complaints.append("422")
    page = desk.as_role("secretary")
    record = create(page, letters())
    doctor = letters()
    page.goto(f"{record}people/correspondents/")
    page.locator("h1").click()  # out of the search field
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/correspondents/new/"))
    page.fill("#id_family_name", doctor)
    page.fill("#id_speciality", "Cardiologue")
    page.fill("#id_mss", "cabinet@example.org")
    page.keyboard.press("Enter")
    page.locator("#id_mss_error").wait_for()
    assert page.input_value("#id_family_name") == doctor, "what was typed is kept"
    page.fill("#id_mss", f"{uuid.uuid4().hex}@medecin.mssante.fr")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/people/correspondents/"))

    page.fill("#id_text", f"cardio {doctor[:5].lower()}")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(f"Choisir {doctor.upper()}")).click()
    page.wait_for_url(re.compile("/people/$"))
    assert doctor.upper() in page.locator("main").inner_text()
    assert not desk.serious_faults(page)

    page.goto("/patients/correspondents/")
    page.fill("#id_text", doctor)
    page.keyboard.press("Enter")
    page.get_by_role("cell", name=doctor.upper(), exact=True).wait_for()
    assert doctor.lower() not in page.url.lower(), "no name stands in an address"
    assert not desk.serious_faults(page)


def test_an_allergy_warns_of_its_class_and_cover_is_read_again(desk: Desk) -> None:
    page = desk.as_role("dentist")
    record = create(page, letters(), organisation="Mutuelle Vercors")
    page.goto(f"{record}alerts/new/")
    page.get_by_label("Allergie", exact=True).check()
    page.fill("#id_label", "Clamoxyl")
    page.locator("main button.primary").click()
    page.wait_for_url(re.compile("/alerts/$"))
    assert "Clamoxyl (pénicillines)" in banner(page)
    page.fill("#id_given", "Oracilline")
    page.keyboard.press("Enter")
    page.locator(".notice.danger").wait_for()
    assert "même classe" in page.locator(".notice.danger").inner_text()
    assert not desk.serious_faults(page)

    page.get_by_role("link", name="Couverture à vérifier").click()
    page.get_by_role("button", name="Relu aujourd’hui").click()
    page.wait_for_load_state()
    assert "Couverture à vérifier" not in banner(page)
    assert not desk.serious_faults(page)


def test_these_pages_work_without_scripts_and_fit_the_tablet(desk: Desk) -> None:
    page = desk.as_role("secretary", own=True, java_script_enabled=False, viewport={"width": 820, "height": 1180})
    record = child(page)
    for path in ("people/", "people/new/emergency/", "people/correspondents/", "consents/", "coverage/rights/new/"):
        page.goto(record + path)
        assert page.locator("h1").count() == 1
        assert page.locator("main").inner_text()
    page.goto(f"{record}people/new/emergency/")
    page.fill("#id_name", "Mme Voisine")
    page.fill("#id_phone", "06 39 98 12 34")
    page.locator("main button.primary").click()
    page.wait_for_url(re.compile("/people/$"))
    assert "Mme Voisine" in page.locator("main").inner_text()
