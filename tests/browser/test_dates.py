"""Days, hours and months: typed as one likes, chosen from a calendar, by keys, by mouse and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import AXE, Desk
from tests.support.dates import DAYS, HOURS, MONTHS, NO_DAYS, NO_HOURS, NO_MONTHS

LONG_NAME = "DE LA ROCHEFOUCAULD-MONTMORENCY-LUXEMBOURG Marie-Charlotte-Bernadette-Philippine"


def french(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def read_by_the_page(page: Page, name: str, texts: list[str]) -> list[tuple[str, bool]]:
    """What a field holds, and whether it is marked as wrong, after each text was typed in it and left."""
    found: list[tuple[str, bool]] = page.evaluate(
        """([name, texts]) => texts.map((text) => { const field = document.querySelector(`input[name=${name}]`);
             field.value = text; field.dispatchEvent(new Event('change', {bubbles: true}));
             return [field.value, field.getAttribute('aria-invalid') === 'true']; })""",
        [name, texts],
    )
    return [(each[0], each[1]) for each in found]


def test_the_page_reads_what_is_typed_as_the_server_does(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.goto("/agenda/book/")
    assert read_by_the_page(page, "day", list(DAYS)) == [(french(meant), False) for meant in DAYS.values()]
    assert read_by_the_page(page, "time", list(HOURS)) == [(meant, False) for meant in HOURS.values()]
    for name, wrong in (("day", NO_DAYS), ("time", NO_HOURS)):
        # With a sign before it the browser counts from today.
        typed = [text for text in wrong if text and len(text) < 100 and text[0] not in "-+"]
        assert read_by_the_page(page, name, typed) == [(text, True) for text in typed]
    today = page.locator("#id_day").get_attribute("data-today") or ""
    assert read_by_the_page(page, "day", ["t", "+0"]) == [(french(today), False)] * 2
    page.goto("/billing/")
    page.locator("form:has(#month)").evaluate("form => form.removeAttribute('data-autosubmit')")
    assert read_by_the_page(page, "month", list(MONTHS)) == [(french(meant), False) for meant in MONTHS.values()]
    typed = [text for text in NO_MONTHS if text and len(text) < 100]
    assert read_by_the_page(page, "month", typed) == [(text, True) for text in typed]


def test_arrows_count_and_the_calendar_is_walked_by_keys(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.goto("/agenda/book/?day=2026-12-31&time=10:00")
    day, time = page.locator("#id_day"), page.locator("#id_time")
    expect(day).to_have_value("31/12/2026")
    day.focus()
    page.keyboard.press("ArrowUp")
    expect(day).to_have_value("01/01/2027")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    calendar = page.get_by_role("dialog")
    expect(calendar.get_by_role("heading")).to_have_text("Décembre 2026")
    expect(calendar.locator("[data-day='2026-12-31']")).to_be_focused()
    expect(calendar.get_by_role("columnheader").first).to_have_text("lu")
    for key in ("ArrowRight", "ArrowDown", "PageDown", "Home"):
        page.keyboard.press(key)
    expect(calendar.get_by_role("heading")).to_have_text("Février 2027")
    expect(calendar.locator("[data-day='2027-02-08']")).to_be_focused()
    page.keyboard.press("Escape")
    expect(calendar).to_have_count(0)
    expect(day).to_be_focused()
    expect(day).to_have_value("31/12/2026")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(day).to_have_value("30/12/2026")
    expect(day).to_be_focused()
    time.focus()
    page.keyboard.press("ArrowUp")
    expect(time).to_have_value("10:05")
    # What is no day is said under the field, and what was typed stays.
    day.fill("31/02/2026")
    time.focus()
    expect(day).to_have_value("31/02/2026")
    expect(page.locator(".field:has(#id_day) .error")).to_have_text("Écrivez une date, par exemple 22/11/2026.")


def test_the_agenda_goes_to_a_day_that_is_typed_or_chosen(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.goto("/agenda/day/2026-12-01/")
    field = page.locator("#go-day")
    field.fill("24 12 26")
    page.wait_for_timeout(300)  # half a day typed sends nothing
    expect(page).to_have_url(re.compile("/agenda/day/2026-12-01/$"))
    field.press("Enter")
    expect(page).to_have_url(re.compile("/agenda/day/2026-12-24/$"))
    expect(field).to_have_value("24/12/2026")
    page.locator(".page-actions .typed-day-open").click()
    page.locator("[data-day='2026-12-28']").click()
    expect(page).to_have_url(re.compile("/agenda/day/2026-12-28/$"))
    field.focus()
    for _press in range(3):
        page.keyboard.press("ArrowUp")
    expect(field).to_have_value("31/12/2026")
    expect(page).to_have_url(re.compile("/agenda/day/2026-12-28/$"))
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("/agenda/day/2026-12-31/$"))
    field.fill("31/02/2027")
    field.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Écrivez une date, par exemple 22/11/2026.")
    expect(page).to_have_url(re.compile("/agenda/day/2026-12-31/$"))
    expect(field).to_have_value("31/02/2027")


def test_a_day_is_typed_without_scripts(desk: Desk, expected_complaints: list[str]) -> None:
    page = desk.as_role("secretary", java_script_enabled=False)
    page.goto("/agenda/day/2026-12-01/")
    expect(page.locator(".typed-day-open").first).to_be_hidden()
    page.locator("#go-day").fill("241226")
    page.locator("form:has(#go-day) button.no-script").click()
    expect(page).to_have_url(re.compile("/agenda/day/2026-12-24/$"))
    expected_complaints.append("status of 422")
    page.locator("#go-day").fill("demain")
    page.locator("form:has(#go-day) button.no-script").click()
    expect(page.locator("#go-day")).to_have_value("demain")
    expect(page.locator("#go-day_error")).to_have_text("Écrivez une date, par exemple 22/11/2026.")


def test_the_chart_goes_back_to_a_day_that_is_typed(desk: Desk, expected_complaints: list[str]) -> None:
    page = desk.as_role("dentist")
    page.goto("/agenda/week/")
    while not page.locator(".rdv:not(.is-blocked) .rdv-link").count():
        page.locator("[data-agenda-previous]").click()
    page.locator(".rdv:not(.is-blocked) .rdv-link").first.click()
    page.locator("#agenda-panel a[data-key=o]").click()
    page.get_by_role("link", name="Schéma dentaire").first.click()
    field = page.locator("#chart-day")
    field.fill("010126")
    field.press("Enter")
    expect(page).to_have_url(re.compile("on=2026-01-01"))
    expect(page.locator("#chart-day")).to_have_value("01/01/2026")


@pytest.mark.one_drawn
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_open_calendar(desk: Desk, scheme: str) -> None:
    page = desk.as_role("secretary", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page.goto("/agenda/book/")
    page.locator(".typed-day-open").first.click()
    expect(page.get_by_role("grid")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [each["id"] for each in found["violations"] if each["impact"] in {"serious", "critical"}] == []


def test_a_booking_on_a_page_of_its_own_ends_on_the_new_appointment(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.goto("/agenda/book/?block=1&day=2027-03-02&time=11:00")
    page.locator("#id_note").fill("Stérilisation")
    page.locator("form.booking .button.primary").click()
    expect(page).to_have_url(re.compile("/agenda/day/2027-03-02/#rdv-"))
    expect(page.locator(".rdv.h11.m0 .rdv-link")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Réservé")


@pytest.mark.one_drawn
@pytest.mark.parametrize(("language", "name"), [("fr", LONG_NAME), ("en", LONG_NAME), ("en", "M" * 60)])
def test_booking_for_a_long_name_fits_a_tablet(desk: Desk, language: str, name: str) -> None:
    page = desk.as_role("secretary", language=language, viewport={"width": 768, "height": 1024}, has_touch=True)
    page.goto("/agenda/week/")
    while not page.locator(".rdv:not(.is-blocked) .rdv-link").count():
        page.locator("[data-agenda-previous]").click()
    page.locator(".rdv:not(.is-blocked) .rdv-link").first.click()
    page.locator("#agenda-panel a[data-key=o]").click()
    page.locator("a[href*='/book']").first.click()
    person = page.locator(".booking .person")
    person.evaluate("(person, name) => { person.textContent = name; }", name)
    expect(person).to_have_text(name)
    expect(page.locator("#id_day")).to_have_value(re.compile(r"^\d\d/\d\d/\d{4}$"))
    expect(page.locator("#id_time")).to_have_value(re.compile(r"^\d\d:\d\d$"))
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    desk.as_role("secretary", language="fr")
    assert wider <= 0, f"{wider} px wider than the window"
