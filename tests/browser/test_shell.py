"""The frame as somebody uses it: by the keyboard, without scripts, with a lost connection, in two languages."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

PANEL = "#search-panel"


def chosen(page: "Page") -> str:
    return page.locator(f"{PANEL} [aria-selected=true]").inner_text()


def test_a_command_is_reached_without_the_mouse(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "search-text"
    page.keyboard.type("agenda")
    page.wait_for_selector(f"{PANEL} [data-answer=agenda] .search-hit")
    assert page.get_attribute("#search-text", "aria-expanded") == "true"
    first = chosen(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == first
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/agenda"))


def test_escape_closes_the_answers_then_leaves_the_box(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.keyboard.press("/")
    page.keyboard.type("agenda")
    page.wait_for_selector(f"{PANEL} [data-answer=agenda]")
    page.keyboard.press("Escape")
    assert page.locator(PANEL).is_hidden()
    assert page.input_value("#search-text") == "agenda"
    page.keyboard.press("Escape")
    assert page.input_value("#search-text") == ""
    assert page.evaluate("document.activeElement.id") != "search-text"


def test_enter_before_the_answer_does_not_open_what_was_found_before(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.keyboard.press("Control+k")
    page.keyboard.type("agenda")
    page.wait_for_selector(f"{PANEL} [data-answer=agenda] .search-hit")
    page.keyboard.press("Control+a")
    page.keyboard.type("zzzzqqq")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{PANEL} [data-answer=zzzzqqq]")
    assert page.url.rstrip("/").count("/") == 2  # still at the first page
    assert page.locator(f"{PANEL} .search-hit:not([data-offer])").count() == 0


def test_a_name_that_is_searched_stands_in_no_address(desk: Desk) -> None:
    page = desk.as_role("secretary")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.keyboard.press("Control+k")
    page.keyboard.type("dupontel")
    page.wait_for_selector(f"{PANEL} [data-answer=dupontel]")
    assert any("/search" in url for url in seen)
    assert not any("dupontel" in url.casefold() for url in seen)


def test_the_search_works_without_scripts(desk: Desk) -> None:
    page = desk.as_role("secretary", java_script_enabled=False)
    page.fill("#search-text", "agenda")
    page.press("#search-text", "Enter")
    page.wait_for_url(re.compile("/search$"))
    assert page.locator("main a.list-link").first.is_visible()
    assert "agenda" not in page.url


def test_the_shortcuts_of_a_page_are_listed_and_work(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.keyboard.press("?")
    listed = page.locator("#shortcuts .shortcuts").inner_text()
    assert "Ctrl" in listed
    assert "Aller à" in listed
    page.keyboard.press("Escape")
    assert page.locator("#shortcuts").is_hidden()
    second = page.locator(".rail-link").nth(1).get_attribute("href")
    page.keyboard.press("g")
    page.keyboard.press("2")
    page.wait_for_url(re.compile(f"{second}"))


def test_a_key_typed_in_a_field_is_a_letter(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.keyboard.press("Control+k")
    page.keyboard.type("g2?/")
    assert page.input_value("#search-text") == "g2?/"
    assert page.locator("#shortcuts").is_hidden()


def test_language_light_and_density_are_remembered_for_the_person(desk: Desk) -> None:
    page = desk.as_role("bookkeeper")
    for name, value, attribute in [
        ("theme", "dark", "data-theme"),
        ("density", "compact", "data-density"),
        ("language", "en", "lang"),
    ]:
        page.click(".topbar details.menu summary")
        page.click(f".topbar button[name={name}][value={value}]")
        page.wait_for_selector(f"html[{attribute}={value}]")
    elsewhere = desk.visitor()
    desk.sign_in(elsewhere, "bookkeeper")
    elsewhere.goto("/")
    html = elsewhere.locator("html")
    assert html.get_attribute("data-theme") == "dark"
    assert html.get_attribute("data-density") == "compact"
    assert html.get_attribute("lang") == "en"
    desk.prefer(elsewhere)


def test_a_browser_set_up_in_english_still_opens_in_french(desk: Desk) -> None:
    page = desk.visitor(locale="en-GB")
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "fr"
    page.click("button[name=language][value=en]")
    page.wait_for_selector("html[lang=en]")


def test_a_lost_connection_is_told_and_so_is_its_return(desk: Desk, expected_complaints: list[str]) -> None:
    expected_complaints.append("ERR_INTERNET_DISCONNECTED")
    page = desk.as_role("secretary", own=True)
    lamp = page.locator("[data-module=connection]")
    assert lamp.inner_text() == "Connecté"
    page.context.set_offline(True)
    page.wait_for_selector("[data-module=connection].danger:has-text('Connexion perdue')")
    assert "perdue" in page.locator("#toasts").inner_text()
    page.context.set_offline(False)
    page.wait_for_selector("[data-module=connection].sound:has-text('Connecté')")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nowhere", 404, "Il n’y a rien à cette adresse"),
        ("/preferences", 405, "Cette adresse ne s’ouvre pas ainsi"),
    ],
)
def test_an_error_says_what_to_do_in_the_users_language(
    desk: Desk, expected_complaints: list[str], address: str, status: int, words: str
) -> None:
    expected_complaints.append(f"status of {status}")
    page = desk.as_role("secretary")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status
    assert words in page.inner_text("h1")
    assert page.locator("main a.button").count() >= 1


def test_a_form_without_its_token_changes_nothing_and_says_so(desk: Desk, expected_complaints: list[str]) -> None:
    expected_complaints.append("status of 403")
    page = desk.as_role("secretary")
    page.evaluate("document.querySelectorAll('input[name=csrfmiddlewaretoken]').forEach((i) => i.value = 'x')")
    page.click(".topbar details.menu summary")
    page.click(".topbar button[name=theme][value=dark]")
    page.wait_for_selector("h1:has-text('trop ancien')")
    page.goto("/")
    assert page.locator("html").get_attribute("data-theme") != "dark"


def test_the_skip_link_is_the_first_thing_tab_finds(desk: Desk) -> None:
    page = desk.as_role("secretary")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (768, 1024), (390, 844)])
def test_the_first_page_fits_its_window(desk: Desk, size: tuple[int, int]) -> None:
    page = desk.as_role("secretary", viewport={"width": size[0], "height": size[1]})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1


def test_targets_are_large_enough_for_a_finger(desk: Desk) -> None:
    page = desk.as_role("secretary", viewport={"width": 768, "height": 1024}, has_touch=True, is_mobile=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".button, .rail-link, .search-box, .list-link, .input")]
            .filter((e) => e.checkVisibility())
            .map((e) => [e.className, e.textContent.trim().slice(0, 30), e.getBoundingClientRect().height])
            .filter(([, , height]) => height < 43.5)"""
    )
    assert small == []
