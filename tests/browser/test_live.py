"""Two workstations on one agenda: what one does the other sees, and loses nothing of what she is typing."""

import datetime as dt
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from playwright.sync_api import expect

from tests.support.parts import part_of
from tests.support.server import LivePractice

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.browser import Desk

DAY = dt.date.today() + dt.timedelta(days=3)


def block(page: "Page", note: str, hour: str, day: dt.date = DAY) -> None:
    """Keep time free for something, on the page of its own."""
    page.goto(f"/agenda/book/?block=1&day={day.isoformat()}")
    page.locator("input[name=time]").fill(hour)
    page.locator("[name=note]").fill(note)
    page.locator("main form button.primary").click()
    page.wait_for_load_state()
    again = page.locator("main form button.primary")
    if again.count() and "book" in page.url:  # the hour may be taken: said once more
        again.first.click()
    page.wait_for_url("**/agenda/day/**")


@pytest.fixture(autouse=True)
def questions(expected_complaints: list[str]) -> None:
    expected_complaints += [r"status of 409", r"/live/", r"ERR_CONNECTION_REFUSED", r"ERR_INCOMPLETE_CHUNKED", r"htmx:"]


def test_what_one_workstation_books_the_other_sees_and_goes_on_typing(desk: "Desk") -> None:
    desk_one, desk_two = desk.as_role("secretary"), desk.as_role("assistant")
    desk_two.goto(f"/agenda/day/{DAY.isoformat()}/")
    desk_two.locator("a[data-panel][data-key=n]").click()
    desk_two.locator("#agenda-panel input[name=patient_text]").fill("mar")
    note = desk_two.locator("#agenda-panel [name=note]")
    note.fill("à moitié éc")
    block(desk_one, "réunion du labo", "18:15")
    desk_two.locator(".rdv", has_text="réunion du labo").first.wait_for()
    assert note.input_value() == "à moitié éc"
    assert desk_two.locator("#agenda-panel input[name=patient_text]").input_value() == "mar"
    assert desk_two.evaluate("document.activeElement.name") == "note"
    # The week follows too, and keys that walk on the board stay on it.
    desk_two.goto(f"/agenda/week/{DAY.isoformat()}/")
    desk_two.locator(".rdv-link[tabindex='0'], .gap-link[tabindex='0']").first.focus()
    desk_two.keyboard.press("ArrowDown")
    block(desk_one, "visite de l’assureur", "18:45")
    desk_two.locator(".rdv", has_text="visite de l’assureur").first.wait_for()
    desk_two.wait_for_function("document.activeElement.closest('.board') !== null")


def test_a_browser_without_shared_workers_follows_all_the_same(desk: "Desk") -> None:
    page = desk.as_role("dentist", own=True)
    page.add_init_script("delete window.SharedWorker")
    page.goto(f"/agenda/day/{DAY.isoformat()}/")
    block(desk.as_role("secretary"), "sans partage", "19:00")
    expect(page.locator(".rdv", has_text="sans partage").first).to_be_visible()


def test_the_status_line_tells_of_a_killed_server_and_of_its_return(
    chromium: "Browser", own_practice: LivePractice
) -> None:
    from tests.support.browser import Desk

    with own_practice:
        desk = Desk(chromium, own_practice)
        page = desk.as_role("secretary")
        page.goto("/agenda/")
        lamp = page.locator(".status [data-module=connection]")
        page.wait_for_function("performance.getEntriesByType('resource').length > 0")
        for _ in range(100):
            if _has_stream(own_practice):
                break
            time.sleep(0.1)
        assert own_practice.process is not None
        supervisor = own_practice.process.pid
        live = part_of(own_practice, "live")
        # Stopped, so that nothing comes back by itself while we look.
        psutil.Process(supervisor).send_signal(signal.SIGSTOP)
        live.kill()
        page.get_by_text("Reconnexion…").wait_for()
        assert "watch" in (lamp.get_attribute("class") or "")
        psutil.Process(supervisor).send_signal(signal.SIGCONT)
        page.locator(".status .state.sound", has_text="Connecté").wait_for(timeout=30_000)
        own_practice.kill()
        page.locator(".status .state.danger", has_text="Connexion perdue").wait_for(timeout=30_000)
        own_practice.start()
        page.locator(".status .state.sound", has_text="Connecté").wait_for(timeout=60_000)
        block(desk.as_role("assistant"), "après la panne", "18:30", dt.date.today())
        page.locator(".rdv", has_text="après la panne").first.wait_for(timeout=60_000)
        desk.close()


def _has_stream(practice: LivePractice) -> bool:
    links = part_of(practice, "live").net_connections()
    return any(link.status == psutil.CONN_ESTABLISHED and link.laddr.port == practice.port + 1 for link in links)


def test_a_session_ended_elsewhere_ends_its_stream(chromium: "Browser", live_practice: LivePractice) -> None:
    from tests.support.browser import Desk

    desk = Desk(chromium, live_practice)
    page = desk.visitor()
    desk.sign_in(page, "dentist")
    page.goto("/agenda/")
    page.locator(".status .state.sound", has_text="Connecté").wait_for()
    other = page.context.new_page()
    other.goto("/account/sign-out/")
    other.locator("main form button").first.click()
    expect(page.get_by_text("Session terminée")).to_be_visible(timeout=20_000)
    desk.close()
