"""A workstation at the chair, as two people live with it: locked by key, taken over, and given back as it was left."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import Desk
from tests.support.server import LivePractice, ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

PINS = {"dentist": "4071", "assistant": "8350"}
COVERED, OPEN = "html.locked", "html:not(.locked)"

# PINs for two, a chairside workstation that leaves the picture in sight, and a patient.
_STATION = """
from django.core import signing
from cuspide.accounts.models import User
from cuspide.accounts.selectors import actor_of
from cuspide.accounts.services import locking, stations
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient
from cuspide.practice.models import Site

for number in range(1, len(sys.argv), 2):
    user = User.objects.get(email=sys.argv[number])
    locking.set_pin(actor_of(user), user, sys.argv[number + 1])
wanted = stations.Described("Fauteuil 1", "chairside", Site.objects.first(), 15, "picture")
station, token = stations.name_workstation(Actor.system("test"), wanted)
patient = next(one for one in Patient.objects.order_by("pk") if 20 <= one.age <= 70)
answer = {
    "cookie": signing.dumps(token, salt="cuspide.accounts.workstation"),
    "patient": str(patient.uuid),
    "name": patient.birth_name,
}
"""


@pytest.fixture(scope="module")
def chair(live_practice: LivePractice) -> dict[str, Any]:
    known = [word for role, pin in PINS.items() for word in (live_practice.accounts[role].email, pin)]
    return dict(ask(live_practice.folder, _STATION, *known))


@pytest.fixture
def page(desk: Desk, chair: dict[str, Any]) -> "Page":
    """The browser at the chair, with the dentist signed in."""
    made = desk.visitor()
    made.context.add_cookies([{"name": "cuspide_workstation", "value": chair["cookie"], "url": desk.practice.url}])
    desk.sign_in(made, "dentist")
    return made


def unlock(page: "Page", name: str, pin: str) -> None:
    page.locator(".lock-tile", has_text=name).click()
    page.keyboard.type(pin)
    page.keyboard.press("Enter")


def test_the_dentist_finds_her_half_typed_note_after_the_assistant_was_there(
    desk: Desk, chair: dict[str, Any], page: "Page"
) -> None:
    dentist, assistant = (desk.practice.accounts[role].name for role in ("dentist", "assistant"))
    page.goto(f"/care/{chair['patient']}/chart/")
    second = page.context.new_page()
    second.goto("/")
    page.bring_to_front()
    page.fill("#chart-line", "16 mo carie à rev")
    page.keyboard.press("F8")

    # Covered at once in every tab; the picture stays, and nothing that says whose it is.
    page.wait_for_selector(".lock-tile")
    expect(page.locator("#chart-line")).to_be_hidden()
    expect(page.locator(".banner")).to_be_hidden()
    expect(page.locator(".chart-mouth svg").first).to_be_visible()
    assert chair["name"] not in page.title()
    assert chair["name"] not in page.locator("body").aria_snapshot()
    second.wait_for_selector(COVERED)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#chart-line")).to_be_hidden()

    # The assistant signs in as herself; the dentist's page waits beneath its cover.
    with page.expect_popup() as opened:
        page.click(".lock-other button")
    hers = opened.value
    hers.wait_for_url(re.compile("/sign-in/"))
    desk.sign_in(hers, "assistant")
    assert assistant in hers.locator(".topbar").inner_text()
    # Her own first page, which may name any patient of the day, and not the chart that lies covered.
    assert hers.url.endswith("/")
    assert not hers.locator("#chart-line, .banner").count()
    expect(page.locator("#chart-line")).to_be_hidden()
    hers.goto("/account/")

    # She locks and leaves; the dentist takes her seat at the screen in front of her.
    hers.keyboard.press("F8")
    hers.wait_for_selector(".lock-tile")
    unlock(hers, dentist, PINS["dentist"])
    page.wait_for_selector(OPEN)
    assert page.input_value("#chart-line") == "16 mo carie à rev"
    assert page.evaluate("document.activeElement.id") == "chart-line"
    # What waited is good: it is sent as if nothing had been.
    page.fill("#chart-line", "16 mo c")
    page.keyboard.press("Enter")
    expect(page.locator(".chart-title")).to_contain_text("16")


def test_nothing_is_shown_again_by_going_back(
    desk: Desk, chair: dict[str, Any], page: "Page", expected_complaints: list[str]
) -> None:
    expected_complaints.append("42[23]")
    page.goto(f"/patients/{chair['patient']}/")
    page.goto("/")
    page.keyboard.press("F8")
    page.wait_for_selector(".lock-tile")
    page.go_back()
    page.wait_for_url(re.compile("/account/lock/"))
    assert chair["name"] not in page.content()
    page.reload()
    unlock(page, desk.practice.accounts["dentist"].name, "0000")
    expect(page.locator(".lock-told")).to_contain_text("2 essais")
    unlock(page, desk.practice.accounts["dentist"].name, PINS["dentist"])
    page.wait_for_url(re.compile(chair["patient"]))
    assert desk.serious_faults(page) == []


def test_the_lock_works_without_scripts(desk: Desk, chair: dict[str, Any], page: "Page") -> None:
    plain = desk.visitor(storage_state=page.context.storage_state(), java_script_enabled=False)
    plain.goto("/")
    plain.locator(".rail-end button").click()
    plain.wait_for_url(re.compile("/account/lock/"))
    plain.fill("input[name=pin]", PINS["dentist"])
    plain.locator(".lock-form button.lock-go").click()
    plain.wait_for_url(lambda url: "/account/lock" not in url)
    assert desk.practice.accounts["dentist"].name in plain.locator(".topbar").inner_text()


def test_a_request_that_met_the_lock_is_sent_again_after_it(
    desk: Desk, chair: dict[str, Any], page: "Page", expected_complaints: list[str]
) -> None:
    """The server locked first, told by nobody: what the page asked is refused, held, and asked again."""
    expected_complaints.append("42[23]")
    page.goto(f"/care/{chair['patient']}/chart/")
    ask(
        desk.practice.folder,
        "from cuspide.accounts.models import Seat\nfrom cuspide.core import clock\n"
        "answer = Seat.objects.filter(locked_at__isnull=True).update(locked_at=clock.now())",
    )
    page.fill("#chart-line", "26 mo c")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lock-tile")
    unlock(page, desk.practice.accounts["dentist"].name, PINS["dentist"])
    page.wait_for_selector(OPEN)
    expect(page.locator(".chart-title")).to_contain_text("26")


def test_the_minutes_of_the_workstation_are_over(
    desk: Desk, chair: dict[str, Any], page: "Page", expected_complaints: list[str]
) -> None:
    """By the page's own clock, and by the server's where the page slept: its next step leads to the lock."""
    expected_complaints.append("42[23]")
    page.clock.install()
    page.goto(f"/patients/{chair['patient']}/")
    page.clock.fast_forward("14:00")
    assert not page.locator(COVERED).count()
    page.clock.fast_forward("02:00")
    page.wait_for_selector(".lock-tile")
    assert chair["name"] not in page.locator("body").aria_snapshot()
    locked = """
from cuspide.audit.models import Entry
answer = Entry.objects.filter(action="accounts.lock").latest("pk").payload.body
"""
    assert '"how":"time"' in ask(desk.practice.folder, locked)
    unlock(page, desk.practice.accounts["dentist"].name, PINS["dentist"])
    page.wait_for_selector(OPEN)

    quiet = (
        "import datetime as dt\nfrom cuspide.accounts.models import Seat\nfrom cuspide.core import clock\n"
        "answer = Seat.objects.filter(locked_at__isnull=True).update(active_at=clock.now() - dt.timedelta(minutes=17))"
    )
    ask(desk.practice.folder, quiet)
    page.goto("/account/pin/")
    page.wait_for_url(re.compile("/account/lock/.*next="))
    unlock(page, desk.practice.accounts["dentist"].name, PINS["dentist"])
    page.wait_for_url(re.compile("/account/pin/"))


def test_a_page_that_the_browser_kept_whole_shows_nothing_before_it_asked(
    desk: Desk, chair: dict[str, Any], page: "Page", expected_complaints: list[str]
) -> None:
    """The back/forward cache: Chromium keeps no page that came with `no-store` and new cookies, others may. So the page
    is told, as the browser tells it, that it was put aside and taken out again; in between the seat was locked."""
    expected_complaints.append("42[23]")
    page.goto(f"/patients/{chair['patient']}/")
    held: list[Any] = []
    page.route("**/account/lock/state/", lambda route: held.append(route))
    told = "name => window.dispatchEvent(new PageTransitionEvent(name, { persisted: true }))"
    page.evaluate(told, "pagehide")
    ask(
        desk.practice.folder,
        "from cuspide.accounts.models import Seat\nfrom cuspide.core import clock\n"
        "answer = Seat.objects.filter(locked_at__isnull=True).update(locked_at=clock.now())",
    )
    with page.expect_request("**/account/lock/state/"):
        page.evaluate(told, "pageshow")
    expect(page.locator(".banner")).to_be_hidden()
    assert chair["name"] not in page.locator("body").aria_snapshot(), "the server has not answered yet"
    held[0].continue_()
    page.wait_for_selector(".lock-tile")
    assert chair["name"] not in page.locator("body").aria_snapshot()
    unlock(page, desk.practice.accounts["dentist"].name, PINS["dentist"])
    page.wait_for_selector(OPEN)
    expect(page.locator(".banner")).to_be_visible()
