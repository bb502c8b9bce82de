"""A messy file is imported in a real browser: its columns corrected by the keyboard, rehearsed, imported, undone."""

import re
import uuid
from pathlib import Path

from playwright.sync_api import Page

from tests.integration.portability.dental import dump
from tests.support.browser import Desk

IMPORT = re.compile(r"/portability/[0-9a-f-]{36}/$")


def messy(place: Path, name: str, lines: int = 3) -> Path:
    """Latin-1, semicolons, a column that nobody can guess, a date that is none, a quote that is never closed."""
    rows = [
        "Réf;Machin;Prénom;Né le;Portable",
        f"1;{name};Gaëlle;07/03/1984;06 39 98 12 34",
        f'2;"{name};Paul;08/03/1984;',
        f"3;{name};Zoé;hier;",
        *(f"{n};{name};Anne;{n % 28 + 1:02}/01/1990;{'x' * 900}" for n in range(4, lines + 1)),
    ]
    file = place / "export.csv"
    file.write_bytes("\r\n".join(rows).encode("cp1252"))
    return file


def wait_for(page: Page, heading: str) -> None:
    page.get_by_role("heading", name=heading, exact=True).wait_for(timeout=60_000)


def family_name() -> str:
    return "ZI" + "".join(chr(ord("A") + int(digit, 16)) for digit in uuid.uuid4().hex[:8])


def test_a_messy_file_is_corrected_rehearsed_imported_and_undone_by_keyboard(desk: Desk, tmp_path: Path) -> None:
    name = family_name()
    page = desk.as_role("owner", language="fr")
    page.goto("/portability/")
    page.set_input_files("#id_file", messy(tmp_path, name))
    page.focus("#id_source")
    page.keyboard.type("Vieux logiciel")
    page.keyboard.press("Enter")
    page.wait_for_url(IMPORT)
    assert page.input_value("#id_column_2") == "given_name"
    assert page.input_value("#id_column_3") == "birth_date"
    assert page.input_value("#id_column_1") == ""
    page.focus("#id_column_1")
    page.keyboard.type("Nom de naissance")  # a select is chosen by typing
    page.keyboard.press("Tab")
    assert page.input_value("#id_column_1") == "birth_name"
    page.focus("#id_source")
    page.keyboard.press("Enter")
    wait_for(page, "Ce que dit la répétition")
    refused = page.locator("#lines").inner_text()
    assert "guillemet" in refused
    assert f"{name} Zoé · hier" in refused
    page.locator("h1").click()
    page.keyboard.press("i")
    wait_for(page, "Rapport")
    page.goto("/patients/")
    page.fill("#id_text", name)
    page.locator("#found .row-link", has_text=name).wait_for()
    assert f"{name} Gaëlle" in page.locator("#found").inner_text()
    page.goto("/portability/")
    page.locator("table .row-link").first.click()
    page.get_by_role("button", name="Annuler l’import").click()
    page.locator("dialog button.danger, dialog button.primary").first.click()
    wait_for(page, "Annulé")
    page.goto("/patients/")
    page.fill("#id_text", name)
    page.get_by_role("heading", name="Personne").wait_for()


def test_a_file_of_several_pieces_arrives(desk: Desk, tmp_path: Path) -> None:
    file = messy(tmp_path, family_name(), lines=5_000)
    assert file.stat().st_size > 4_000_000
    page = desk.as_role("owner", language="fr")
    page.goto("/portability/")
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="Regarder le fichier").click()
    page.wait_for_url(IMPORT, timeout=60_000)
    assert "export.csv" in page.locator("h1").inner_text()
    page.get_by_role("button", name="Oublier ce fichier").click()
    page.wait_for_url(re.compile(r"/portability/$"))


def test_a_dump_of_open_dental_brings_its_appointments_and_acts(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "opendental.sql"
    file.write_text(dump().replace("'Smith'", f"'{family_name()}'"), encoding="utf-8")
    page = desk.as_role("owner", language="fr")
    page.goto("/portability/")
    page.set_input_files("#id_file", file)
    page.focus("#id_source")
    page.keyboard.type("Open Dental")
    page.keyboard.press("Enter")
    page.wait_for_url(IMPORT)
    for place, chosen in (("operatory_0", 1), ("operatory_1", 2), ("provider_0", 1), ("provider_1", 2)):
        page.select_option(f"#id_place_{place}", index=chosen)
    assert desk.serious_faults(page) == []
    page.focus("#id_source")
    page.keyboard.press("Enter")
    wait_for(page, "Ce que dit la répétition")
    page.locator("h1").click()
    page.keyboard.press("i")
    wait_for(page, "Rapport")
    page.locator("nav.tabs a", has_text="Créé").click()
    page.locator("#lines tr", has_text="D2392 16").locator("a").click()
    page.locator("nav a", has_text="Schéma dentaire").click()
    page.locator("[data-tooth='16']").first.click()
    page.locator(".chart-history", has_text="two-surface filling").wait_for()
    page.go_back()
    page.goto("/portability/")
    page.locator("table .row-link").first.click()
    page.get_by_role("button", name="Annuler l’import").click()
    page.locator("dialog button.danger, dialog button.primary").first.click()
    wait_for(page, "Annulé")
    assert "Tout ce que cet import" in page.locator("main").inner_text()
