"""The agenda in a real browser: by mouse, by keys, without scripts, and by two people at once."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cuspide.agenda.holidays import holiday

PAINT_LIMIT_MS = 100


def quiet_day(weeks: int) -> dt.date:
    """A working day beyond what the demo has booked; each test takes its own."""
    day = dt.date.today() + dt.timedelta(weeks=4 + weeks)
    while day.weekday() > 4 or holiday(day) or day.month == 8 or (day.month == 12 and day.day > 24):
        day += dt.timedelta(days=1)
    return day


def open_day(page: Page, day: dt.date) -> None:
    page.goto(f"/agenda/day/{day.isoformat()}/")
    expect(page.locator("#agenda-board")).to_be_visible()


def known_name(page: Page) -> str:
    """The family name of somebody of the demo practice."""
    page.goto("/agenda/week/")
    for _week in range(6):
        names = page.locator(".rdv:not(.is-blocked) .person")
        if names.count():
            return re.split(r" (?=\w[a-zà-ÿ])", names.first.inner_text())[0]
        page.locator("[data-agenda-previous]").click()
    raise AssertionError("the demo practice has no appointment")


def column(page: Page, name: str) -> Any:
    return page.locator(".column", has=page.locator(".column-name", has_text=name))


def box_of(thing: Any) -> Any:
    """Where it stands. A board that is drawn anew at that moment has it again at the next."""
    return next(box for _ in range(50) if (box := thing.bounding_box()))


def point(page: Page, name: str, minute: int) -> tuple[float, float]:
    """Where a time stands on the screen, scrolled into sight."""
    body = column(page, name).locator(".column-body")
    scroll = page.locator(".agenda-scroll")
    first, last = page.evaluate(
        """() => { const c = document.querySelector('.board').className;
                   return [Number(/from(\\d+)/.exec(c)[1]), Number(/to(\\d+)/.exec(c)[1])]; }"""
    )
    share = (minute - first * 60) / ((last - first) * 60)
    scroll.evaluate("(box, share) => { box.scrollTop = Math.max(0, box.scrollHeight * share - 150); }", share)
    box = box_of(body)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * share + 3


def choose_patient(page: Page, name: str) -> None:
    search = page.locator("#agenda-panel input[name=patient_text]")
    expect(search).to_be_focused()
    page.keyboard.type(name[:8])
    expect(page.locator("#agenda-panel .found input").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#agenda-panel .found input:checked")).to_have_count(1)


def book_by_mouse(page: Page, day: dt.date, hour: int) -> Any:
    name = known_name(page)
    open_day(page, day)
    page.mouse.click(*point(page, "Fauteuil 2", hour * 60))
    choose_patient(page, name)
    expect(page.locator("#agenda-panel input[name=time]")).to_have_value(f"{hour:02d}:00")
    page.locator("#agenda-panel .form-actions .button.primary").click()
    expect(page.locator("#agenda-panel [role=status]")).to_contain_text("Réservé")
    item = page.locator(f".rdv.h{hour}.m0")
    expect(item).to_have_count(1)
    return page.locator(f"#{item.get_attribute('id')}")


def test_a_secretary_books_moves_undoes_and_cancels_by_mouse(desk):
    page = desk.as_role("secretary")
    day = quiet_day(0)
    item = book_by_mouse(page, day, 10)
    box = box_of(item)
    page.evaluate(
        """() => { window.painted = []; addEventListener('pointerup', () => { const began = performance.now();
             requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - began))); }, true); }"""
    )
    x, y = point(page, "Fauteuil 1", 11 * 60)
    box = box_of(item)
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(x, y, steps=5)
    expect(item).to_have_class(re.compile(r"is-lifted"))
    page.mouse.up()
    expect(page.locator("#agenda-panel [role=status]")).to_contain_text("Déplacé")
    expect(item).to_have_class(re.compile(r"\bh11 m0 dh0 dm\d+"))
    expect(column(page, "Fauteuil 1").locator(".rdv")).to_have_count(1)
    page.keyboard.press("u")
    expect(item).to_have_class(re.compile(r"\bh10 m0 "))
    expect(column(page, "Fauteuil 2").locator(".rdv")).to_have_count(1)
    page.reload()
    expect(item).to_have_class(re.compile(r"\bh10 m0 "))
    item.locator("a").click()
    page.locator("#agenda-panel a[data-key=x]").click()
    page.locator("#agenda-panel input[name=reason]").fill("grippe")
    page.locator("#agenda-panel .button.danger").click()
    expect(page.locator("#agenda-panel [role=status]")).to_contain_text("annulé")
    expect(item).to_have_count(0)


def test_a_drop_is_painted_within_a_tenth_of_a_second(desk):
    page = desk.as_role("secretary")
    # The news of its own drops would draw the board between two of them; what news does to a drag is told below.
    page.route("**/agenda/now/**", lambda route: route.fulfill(status=204))
    item = book_by_mouse(page, quiet_day(1), 9)
    page.evaluate(
        """() => { window.painted = []; addEventListener('pointerup', () => { const began = performance.now();
             requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - began))); }, true); }"""
    )
    for hour in (10, 11, 9, 10, 11):
        x, y = point(page, "Fauteuil 2", hour * 60)
        box = box_of(item)
        page.mouse.move(box["x"] + 20, box["y"] + 4)
        page.mouse.down()
        page.mouse.move(x, y, steps=4)
        page.mouse.up()
        expect(item).to_have_class(re.compile(rf"\bh{hour} "))
        expect(page.locator(".rdv.is-sent")).to_have_count(0)
    # The machine of the tests does other things too: one quiet drop shows what the page itself takes.
    assert min(page.evaluate("painted")) <= PAINT_LIMIT_MS


def test_its_foot_is_drawn_to_make_it_longer(desk):
    page = desk.as_role("secretary")
    item = book_by_mouse(page, quiet_day(2), 9)
    _x, y = point(page, "Fauteuil 2", 10 * 60 + 30)
    box = box_of(item)
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, y, steps=4)
    page.mouse.up()
    expect(page.locator("#agenda-panel [role=status]")).to_contain_text("Déplacé")
    expect(item).to_have_class(re.compile(r"\bh9 m0 dh1 dm30"))


def test_everything_goes_by_keys(desk):
    page = desk.as_role("secretary")
    name = known_name(page)
    open_day(page, quiet_day(3))
    page.locator("[data-free][tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    cursor = page.locator("a.cursor:not(.is-hint)")
    expect(cursor).to_be_focused()
    expect(cursor).to_have_attribute("aria-label", re.compile("Libre à 09:00, Fauteuil 2"))
    page.keyboard.press("Enter")
    choose_patient(page, name)
    page.keyboard.press("Enter")
    item = page.locator(".rdv.h9.m0")
    expect(item).to_have_count(1)
    item = page.locator(f"#{item.get_attribute('id')}")
    page.keyboard.press("Escape")
    expect(item.locator("a")).to_be_focused()
    page.keyboard.press("m")
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(item).to_have_class(re.compile(r"\bh9 m30 "))
    expect(column(page, "Fauteuil 1").locator(".rdv")).to_have_count(1)
    expect(page.locator(".rdv.is-sent")).to_have_count(0)
    # The keys stay on the board, on the appointment that moved.
    expect(item.locator("a")).to_be_focused()
    before = int(item.locator("a").get_attribute("data-minutes"))
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(item.locator("a")).to_have_attribute("data-minutes", str(before + 10))
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(item).to_have_class(re.compile(r"\bh9 m30 "))


def test_a_move_onto_somebody_is_asked_and_the_board_shows_what_stands(desk, expected_complaints):
    expected_complaints.append("409")
    page = desk.as_role("secretary")
    day = quiet_day(4)
    first = book_by_mouse(page, day, 9)
    second = book_by_mouse(page, day, 11)
    x, y = point(page, "Fauteuil 2", 9 * 60)
    box = box_of(second)
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.up()
    expect(page.locator("#agenda-panel [role=alert]")).to_contain_text("Fauteuil 2 est déjà pris")
    expect(second).to_have_class(re.compile(r"\bh11 m0 "))
    page.locator("#agenda-panel .button.primary").click()
    expect(second).to_have_class(re.compile(r"\bh9 m0 .*at1 of2.*is-double"))
    expect(first).to_have_class(re.compile(r"at0 of2"))


def take(page: Page, item: Any) -> None:
    box = box_of(item)
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()


def test_the_second_of_two_windows_is_told(desk, expected_complaints):
    expected_complaints.append("409")
    one = desk.as_role("secretary")
    day = quiet_day(5)
    item = book_by_mouse(one, day, 9)
    two = desk.as_role("assistant")
    open_day(two, day)
    theirs = two.locator(f"#{item.get_attribute('id')}")
    there, here = point(two, "Fauteuil 2", 11 * 60), point(one, "Fauteuil 2", 10 * 60)
    take(two, theirs)
    two.mouse.move(*there, steps=4)
    expect(theirs).to_have_class(re.compile("is-lifted"))
    take(one, item)
    one.mouse.move(*here, steps=4)
    one.mouse.up()
    expect(one.locator("#agenda-panel [role=status]")).to_contain_text("Déplacé")
    # The move is told to the second window, which lets nobody's hand go.
    expect(theirs).to_have_class(re.compile("is-lifted"))
    two.mouse.up()
    expect(two.locator("#agenda-panel [role=alert]")).to_be_visible()
    expect(two.locator(f"#{item.get_attribute('id')}")).to_have_class(re.compile(r"\bh10 m0 "))


def test_news_on_its_way_takes_no_appointment_out_of_a_hand(desk):
    page = desk.as_role("secretary")
    day = quiet_day(7)
    item = book_by_mouse(page, day, 9)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.reload()
    late: list[Any] = []
    page.route("**/agenda/now/**", lambda route: late.append(route))
    other = desk.as_role("assistant")
    book_by_mouse(other, day, 14)
    expect(page.locator("[data-module=agenda-live].htmx-request"), "the board is asked for").to_have_count(1)
    there = point(page, "Fauteuil 2", 11 * 60)
    take(page, item)
    late.pop(0).continue_()
    page.mouse.move(*there, steps=4)
    expect(item).to_have_class(re.compile("is-lifted"))
    page.unroute("**/agenda/now/**")
    page.mouse.up()
    expect(page.locator("#agenda-panel [role=status]")).to_contain_text("Déplacé")
    expect(item).to_have_class(re.compile(r"\bh11 m0 "))
    expect(page.locator(".rdv.h14.m0"), "what was kept back is asked for afterwards").to_have_count(1)


def test_news_between_two_keys_takes_no_minute_away(desk):
    page = desk.as_role("secretary")
    item = book_by_mouse(page, quiet_day(8), 9)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.reload()
    late: list[Any] = []
    page.route("**/agenda/now/**", lambda route: late.append(route))
    book_by_mouse(desk.as_role("assistant"), quiet_day(8), 14)
    expect(page.locator("[data-module=agenda-live].htmx-request"), "the board is asked for").to_have_count(1)
    link = item.locator("a")
    minutes = int(link.get_attribute("data-minutes"))
    link.focus()
    page.keyboard.press("+")
    with page.expect_response("**/agenda/now/**"):
        late.pop(0).continue_()
    page.unroute("**/agenda/now/**")
    page.keyboard.press("+")
    expect(link).to_have_attribute("data-minutes", str(minutes + 10))
    expect(page.locator(".rdv.h14.m0")).to_have_count(1)


def test_minutes_typed_while_the_first_are_on_their_way_are_added(desk):
    page = desk.as_role("secretary")
    item = book_by_mouse(page, quiet_day(9), 9)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.keyboard.press("Escape")
    late: list[Any] = []
    page.route("**/move/", lambda route: late.append(route))
    link = item.locator("a")
    minutes = int(link.get_attribute("data-minutes"))
    link.focus()
    page.keyboard.press("+")
    expect(page.locator(".rdv.is-sent")).to_have_count(1)
    page.keyboard.press("+")
    page.keyboard.press("+")
    late.pop(0).continue_()
    page.unroute("**/move/")
    expect(link).to_have_attribute("data-minutes", str(minutes + 15))
    expect(page.locator(".rdv.is-sent, .rdv.is-lengthened")).to_have_count(0)
    page.reload()
    expect(link).to_have_attribute("data-minutes", str(minutes + 15))


def test_the_keys_that_came_back_to_the_board_stay_there_when_news_arrives(desk):
    page = desk.as_role("secretary")
    item = book_by_mouse(page, quiet_day(10), 9)
    expect(page.locator(".htmx-request")).to_have_count(0)
    item.locator("a").click()
    expect(page.locator("#agenda-panel h2")).to_be_focused()
    late: list[Any] = []
    page.route("**/agenda/now/**", lambda route: late.append(route))
    book_by_mouse(desk.as_role("assistant"), quiet_day(10), 14)
    expect(page.locator("[data-module=agenda-live].htmx-request"), "the board is asked for").to_have_count(1)
    page.keyboard.press("Escape")
    expect(item.locator("a")).to_be_focused()
    late.pop(0).continue_()
    page.unroute("**/agenda/now/**")
    expect(page.locator(".rdv.h14.m0")).to_have_count(1)
    expect(item.locator("a")).to_be_focused()


def test_a_day_is_lived_without_scripts(desk):
    name = known_name(desk.as_role("secretary"))
    page = desk.as_role("secretary", java_script_enabled=False)
    day = quiet_day(6)
    page.goto(f"/agenda/day/{day.isoformat()}/")
    column(page, "Fauteuil 1").locator("a.gap-link").first.click()
    page.locator("input[name=patient_text]").fill(name)
    page.locator("button[formaction]").click()
    page.locator(".found input").first.check()
    page.locator("form.booking .button.primary").click()
    page.locator(".rdv .rdv-link").first.click()
    page.locator("a[href$='/move/']").first.click()
    page.locator("input[name=time]").fill("10:15")
    page.locator("form.form .button.primary").click()
    expect(page.locator(".rdv.h10.m15")).to_have_count(1)
    page.locator(".rdv .rdv-link").first.click()
    page.locator("a[href$='/cancel/']").first.click()
    page.locator(".form-actions .button.danger").click()
    expect(page.locator(".rdv")).to_have_count(0)


def test_axe_finds_nothing_serious_in_a_week_by_practitioner(desk):
    """Chosen in a form: no link leads there, so the sweep over every page does not come by."""
    page = desk.as_role("secretary", color_scheme="dark")
    page.goto(f"/agenda/week/{dt.date.today() + dt.timedelta(days=2)}/?by=practitioner")
    assert desk.serious_faults(page) == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (768, 1024)])
def test_the_page_never_scrolls_sideways_and_the_hour_of_now_is_in_sight(desk, width, height):
    page = desk.as_role("secretary", viewport={"width": width, "height": height})
    for address in ("/agenda/", "/agenda/week/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        line = page.locator(".now").first
        if line.count():
            expect(line).to_be_in_viewport()
