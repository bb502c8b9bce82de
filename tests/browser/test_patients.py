"""Patients in a real browser: created by the keyboard, found as one types, edited by two people."""

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

RECORD = re.compile(r"/patients/[0-9a-f-]{36}/$")


def letters() -> str:
    """A family name that no other test has."""
    return "Zy" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:8])


def create(page: "Page", name: str, **fields: str) -> str:
    """Create a patient by the form; the address of the record."""
    page.goto("/patients/new/")
    page.fill("#id_birth_name", name)
    page.fill("#id_first_birth_given_name", fields.pop("given", "Zoé"))
    page.locator("label", has_text="Féminin").first.click()
    page.fill("#id_birth_date", fields.pop("born", "07/03/1984"))
    for field, value in fields.items():
        page.fill(f"#id_{field}", value)
    page.locator("main button.primary").click()
    page.wait_for_url(RECORD)
    return page.url


def test_a_patient_is_created_without_the_mouse(desk: Desk, expected_complaints: list[str]) -> None:
    expected_complaints.append("422")
    name = letters()
    page = desk.as_role("secretary")
    page.goto("/patients/")
    page.locator("h1").click()  # out of the search field
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/patients/new/"))
    page.focus("#id_birth_name")
    keyboard = page.keyboard
    keyboard.type(name)
    keyboard.press("Tab")
    keyboard.type("anne-laure")
    keyboard.press("Tab")
    keyboard.press("Space")  # the first of the sexes
    keyboard.press("Tab")
    keyboard.type("07031984")
    keyboard.press("Tab")
    keyboard.type("2 84 03 26 362 123 99")
    keyboard.press("Enter")

    error = page.locator("#id_nir_error")
    error.wait_for()
    assert "55" in error.inner_text()
    assert page.input_value("#id_birth_name") == name
    assert page.input_value("#id_nir") == "2 84 03 26 362 123 99"
    assert page.evaluate("document.activeElement.id") == "id_nir"
    keyboard.press("Control+a")
    keyboard.type("2 84 03 26 362 123")
    keyboard.press("Enter")
    page.wait_for_url(RECORD)
    banner = page.locator(".banner")
    assert name.upper() + " Anne-Laure" in banner.inner_text()
    assert "née le 07/03/1984" in banner.inner_text()
    assert "Alertes\u00a0: non demandées" in banner.inner_text()
    assert "55" in page.locator("main").inner_text()
    assert name.casefold() not in page.url
    assert name.casefold() not in page.title().casefold()


def test_somebody_is_found_as_one_types_and_no_address_tells_whom(desk: Desk) -> None:
    page = desk.as_role("secretary")
    name = letters()
    record = create(page, name, mobile="06 39 98 76 54")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    for typed in (f"zoe {name[:6].lower()}", "06 39 98 76 54", f"{name.upper()} 07/03/1984"):
        page.goto("/patients/")
        page.fill("#id_text", typed)
        link = page.locator("#found a.row-link", has_text=name.upper())
        link.first.wait_for()
        assert (link.first.get_attribute("href") or "") in record
    assert not [url for url in seen if name.casefold() in url.casefold() or "0639" in url]

    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type(f"{name} zoe")
    page.locator("#search-panel .search-hit", has_text=name.upper()).first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(RECORD)
    assert page.url == record


def test_somebody_is_found_the_hard_way_by_keyboard_alone(desk: Desk) -> None:
    page = desk.as_role("secretary")
    name = letters()
    record = create(page, name, given="Marguerite")
    swapped = name[:4] + name[5] + name[4] + name[6:]
    for typed in (f"{swapped} marg", name[:-1] + "x", f"mme {name[3:]}", f"{name} margeurite", f"{name} 7 mars 1984"):
        page.goto("/agenda/")
        page.keyboard.press("Control+k")
        page.keyboard.type(typed)
        hit = page.locator("#search-panel .search-hit", has_text=name.upper())
        hit.first.wait_for()
        assert hit.locator("mark").count() > 0, typed
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_url(RECORD)
        assert page.url == record, typed


def test_two_browsers_edit_one_patient(desk: Desk, expected_complaints: list[str]) -> None:
    expected_complaints.append("409")
    secretary, dentist = desk.as_role("secretary"), desk.as_role("dentist")
    record = create(secretary, letters())
    secretary.goto(record + "identity/")
    dentist.goto(record + "identity/")
    dentist.fill("#id_used_name", "Durand")
    dentist.locator("main button.primary").click()
    dentist.wait_for_url(RECORD)

    secretary.fill("#id_used_name", "Marchand")
    secretary.fill("#id_note", "Préfère le matin")
    secretary.locator("main button.primary").click()
    table = secretary.locator("table.conflict")
    table.wait_for()
    assert "Marchand" in table.inner_text()
    assert "DURAND" in table.inner_text()
    secretary.locator("label", has_text="DURAND").click()
    secretary.locator("main button.primary").click()
    secretary.wait_for_url(RECORD)
    assert "DURAND" in secretary.locator(".banner").inner_text()
    assert "Préfère le matin" in secretary.locator("main").inner_text()


def test_somebody_alike_is_shown_first(desk: Desk, expected_complaints: list[str]) -> None:
    expected_complaints.append("409")
    page = desk.as_role("secretary")
    name = letters()
    first = create(page, name)
    page.goto("/patients/new/")
    page.fill("#id_birth_name", name)
    page.fill("#id_first_birth_given_name", "zoe")
    page.locator("label", has_text="Féminin").first.click()
    page.fill("#id_birth_date", "7/3/1984")
    page.locator("main button.primary").click()
    warning = page.locator(".notice.watch")
    warning.wait_for()
    assert (warning.locator("a").get_attribute("href") or "") in first
    warning.locator("input[name=confirmed]").check()
    page.locator("main button.primary").click()
    page.wait_for_url(RECORD)
    assert page.url != first


def test_an_alert_is_in_the_banner_of_every_page_of_the_record(desk: Desk) -> None:
    page = desk.as_role("dentist")
    record = create(page, letters())
    page.goto(record + "alerts/new/")
    page.locator("label", has_text="Allergie").click()
    page.fill("#id_label", "Pénicilline")
    page.locator("main button.primary").click()
    page.wait_for_url(re.compile("/alerts/$"))
    for tab in [link.get_attribute("href") for link in page.locator(".banner-tabs a").all()]:
        page.goto(str(tab))
        assert "Allergie\u00a0: Pénicilline" in page.locator(".banner").inner_text(), tab


def test_it_works_without_scripts(desk: Desk) -> None:
    page = desk.as_role("secretary", java_script_enabled=False)
    name = letters()
    record = create(page, name)
    page.goto("/patients/")
    page.fill("#id_text", name)
    page.press("#id_text", "Enter")
    page.locator("#found a.row-link", has_text=name.upper()).click()
    page.wait_for_url(RECORD)
    assert page.url == record


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (768, 1024), (390, 844)])
def test_nothing_is_wider_than_the_window(desk: Desk, width: int, height: int) -> None:
    page = desk.as_role("dentist", viewport={"width": width, "height": height})
    record = create(page, "".join(letters() for _ in range(7)), given=letters() * 7, email="x" * 60 + "@example.fr")
    for address in (record, record + "identity/", record + "coverage/", record + "coverage/edit/", record + "alerts/",
                    "/patients/"):  # fmt: skip
        page.goto(address)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 1, f"{address} is {wider} px wider than the window"


def test_two_records_of_one_person_are_found_compared_merged_and_separated_by_keyboard(
    desk: Desk, expected_complaints: list[str]
) -> None:
    expected_complaints.append("422")
    name = letters()
    page = desk.as_role("secretary")
    first = create(page, name, mobile="06 39 98 45 45")
    second = create(page, name, born="07/03/1948", mobile="06 39 98 45 45")
    page.goto("/patients/")
    page.get_by_role("link", name="Doublons possibles").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/patients/duplicates/$"))
    page.get_by_role("button", name="Rechercher maintenant").focus()
    page.keyboard.press("Enter")
    row = page.locator("tr", has_text=name.upper()).first
    for _wait in range(60):
        if row.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert "Dates de naissance à un chiffre près" in row.inner_text()
    assert "Même téléphone" in row.inner_text()
    row.get_by_role("link", name="Comparer").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Fusionner deux dossiers").wait_for()
    # Without a word the merge is not made, and nothing chosen is lost.
    page.locator("input[name=choose_identity][value=kept]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("#id_reason_error").wait_for()
    assert page.locator("input[name=choose_identity][value=lost]").is_checked()
    page.focus("#id_sure")
    page.keyboard.press("Space")
    page.focus("#id_reason")
    page.keyboard.type("Année mal tapée")
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Annuler la fusion")
    undo.wait_for()
    assert "07/03/1948" in page.locator("body").inner_text()
    page.goto(second)
    assert page.url == first, "the old address leads to the record that is kept"
    page.goto(first + "duplicates/")
    undo.focus()
    page.keyboard.press("Enter")
    page.get_by_text("de nouveau séparés").wait_for()
    page.goto(second)
    assert page.url == second
    assert "Doublon possible" in page.locator("main").inner_text()
    page.goto("/patients/duplicates/")
    row.get_by_role("button", name="Ce n’est pas la même personne").focus()
    page.keyboard.press("Enter")
    page.get_by_text("C’est noté").wait_for()
    assert row.count() == 0
    page.get_by_role("link", name="Deux personnes distinctes").click()
    row.get_by_role("button", name="Remettre").focus()
    page.keyboard.press("Enter")
    page.get_by_text("de nouveau parmi les doublons").wait_for()
