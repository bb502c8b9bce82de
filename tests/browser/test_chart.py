"""The dental chart as a dentist uses it: by keys, by pointer and finger, without scripts."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import Desk
from tests.support.server import LivePractice, ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FIND = """
from cuspide.care.services import record_finding
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient
answer = {"adults": []}
for patient in Patient.objects.filter(merged_into__isnull=True, deceased_on__isnull=True).order_by("pk"):
    if 20 <= patient.age <= 70 and len(answer["adults"]) < 10:
        answer["adults"].append(str(patient.uuid))
        for tooth in ("11", "12", "13", "15", "16", "46"):
            record_finding(Actor.system("test"), patient, tooth, "sound")
    if 7 <= patient.age <= 10:
        answer.setdefault("child", str(patient.uuid))
"""


@pytest.fixture(scope="module")
def found(live_practice: LivePractice) -> dict[str, Any]:
    """Patients of the small demo practice: adults whose teeth we work on are sound today, and a child."""
    return dict(ask(live_practice.folder, _FIND))


@pytest.fixture(scope="module")
def adults(found: dict[str, Any]) -> Iterator[str]:
    """A patient for each test that writes."""
    return iter(found["adults"])


def selection(page: "Page") -> str:
    return page.locator(".chart-title").inner_text().replace("\u00a0", " ").strip()


def wait_for_selection(page: "Page", wanted: str | re.Pattern[str]) -> None:
    expect(page.locator(".chart-title")).to_have_text(wanted)


def focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_caries_its_filling_and_a_scaling_in_a_few_keys(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/")
    for key in "16mo":
        page.keyboard.press(key)
    wait_for_selection(page, "16 MO")
    page.keyboard.press("c")
    page.wait_for_selector(".chart-noted")
    assert "carie mésiale et occlusale" in page.locator(".chart-facts").inner_text()
    assert page.locator(".odo-tooth[data-tooth='16'] .odo-letter-caries").text_content() == "C"
    assert focused(page) == "odo-16", "the focus stays where one works"
    page.keyboard.press("+")
    assert focused(page) == "chart-done-HBMD049"
    page.keyboard.press("Enter")
    page.wait_for_selector("#odo-16M .odo-mark-done")
    assert focused(page) == "odo-16", "Enter twice is not two fillings"
    assert page.locator("#odo-16M .odo-mark-caries").count() == 0
    page.locator("#act-search").fill("détartrage")
    page.locator(".act-found-name", has_text="HBJD001").wait_for()
    page.locator(".act-found li", has_text="HBJD001").get_by_role("button", name=re.compile("^Fait")).click()
    page.locator(".chart-acts-table tr", has_text="Détartrage et polissage").wait_for()
    rows = page.locator(".chart-acts-table tbody tr").all_inner_texts()
    assert any("16" in row and "52,00" in row for row in rows)
    assert any("28,92" in row and "16" not in row for row in rows), "a scaling takes no tooth along"
    totals = page.locator(".chart-totals dd").all_inner_texts()
    assert len(totals) == 4
    assert focused(page) == "act-search"


def test_a_slow_answer_never_leaves_the_panel_behind_the_teeth(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/")
    late: list[Any] = []
    page.route("**/chart/panel/**", lambda route: late.append(route))
    page.locator("#odo-16").focus()
    for key in ("Enter", "m", "o"):
        page.keyboard.press(key)
        page.wait_for_timeout(150)  # longer than the chart waits for the next key
    assert len(late) == 1, "one is asked at a time"
    late.pop().continue_()
    page.unroute("**/chart/panel/**")
    wait_for_selection(page, "16 MO")


def test_arrows_go_from_tooth_to_tooth(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/?at=11")
    page.locator("#odo-11").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "odo-21"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "odo-31"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "odo-41"
    wait_for_selection(page, "41")
    page.keyboard.press("Escape")
    assert page.locator("#odo-41").get_attribute("aria-pressed") == "false"
    stops = page.locator(".odo-tooth-button[tabindex='0'], .odo-face-button[tabindex='0']").count()
    assert stops == 1, "the mouth is one stop of the Tab key"


def test_faces_and_several_teeth_by_pointer(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/")
    page.locator("#odo-46D").click()
    page.locator("#odo-46O").click()
    wait_for_selection(page, "46 OD")
    page.locator("#chart-face-V").click()
    wait_for_selection(page, "46 ODV")
    page.locator("#odo-15").click(modifiers=["Control"])
    wait_for_selection(page, re.compile("15"))
    page.locator("#odo-11").click()
    wait_for_selection(page, "11")
    page.locator("#odo-13").click(modifiers=["Shift"])
    expect(page.locator(".odo-tooth-button[aria-pressed=true]")).to_have_count(3)
    page.locator("[data-chart-key=x]").click()
    expect(page.locator(".chart-noted")).to_contain_text("13")
    for tooth in ("11", "12", "13"):
        assert page.locator(f"#odo-{tooth} .odo-cross").count() == 1


def test_letters_are_letters_while_one_types(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/?at=16")
    before = page.locator(".odo-mark-caries").count()
    page.locator("#act-search").press_sequentially("cx16")
    page.keyboard.press("Control+k")
    page.keyboard.type("cm")
    assert page.input_value("#act-search") == "cx16"
    page.goto(page.url)
    assert page.locator(".odo-mark-caries").count() == before


def test_the_quick_line_notes_and_says_what_it_did_not_understand(
    desk: Desk, adults: Iterator[str], expected_complaints: list[str]
) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/")
    line = page.locator("#chart-line")
    line.fill("15 od c")
    line.press("Enter")
    page.wait_for_selector("#odo-15O .odo-mark-caries")
    assert page.input_value("#chart-line") == ""
    assert focused(page) == "chart-line"
    expected_complaints.append("422")
    line.fill("99 c")
    line.press("Enter")
    page.wait_for_selector("#chart [role=alert]")
    assert page.input_value("#chart-line") == "99 c", "what was typed is kept"


def test_an_act_is_recorded_as_done_from_the_line_without_the_mouse(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/")
    line = page.locator("#chart-line")
    line.fill("HBMD049 16 mo fait")
    line.press("Enter")
    page.wait_for_selector(".chart-noted")
    assert "Fait aujourd’hui" in page.locator(".chart-noted").inner_text()
    line.fill("HBQK002")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    line.press("Enter")
    expect(page.locator(".chart-noted")).to_contain_text("Fait aujourd’hui")
    expect(page.locator(".chart-line input[value=done]")).to_be_checked()


def test_what_was_noted_is_taken_back_with_one_key(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/?at=46")
    page.locator("#odo-46").focus()
    page.keyboard.press("a")
    page.wait_for_selector(".chart-noted")
    assert page.locator("#odo-46 .odo-ghost").count() > 0
    page.keyboard.press("u")
    expect(page.locator("#odo-46 .odo-ghost")).to_have_count(0)
    assert "retiré" in page.locator(".chart-history").inner_text()


def test_the_slider_goes_back_in_time(desk: Desk, adults: Iterator[str]) -> None:
    page = desk.as_role("dentist")
    page.goto(f"/care/{next(adults)}/chart/")
    page.locator("#chart-slider").press("Home")
    page.locator("#chart-today").wait_for()
    assert page.locator(".chart-kinds").count() == 0, "a past day is only read"
    page.locator("#chart-today").click()
    expect(page.locator("#chart-today")).to_have_count(0)


def test_the_chart_works_without_scripts(desk: Desk, adults: Iterator[str]) -> None:
    address = f"/care/{next(adults)}/chart/"
    page = desk.as_role("dentist", java_script_enabled=False)
    page.goto(address)
    page.locator("#odo-16O").click()
    assert selection(page) == "16 O"
    page.locator("#chart-face-M").click()
    assert selection(page) == "16 MO"
    page.locator("#chart-kind-caries").click()
    assert "carie mésiale et occlusale" in page.locator(".chart-facts").inner_text()
    page.locator("#chart-done-HBMD049").click()
    assert page.locator("#odo-16M .odo-mark-done").count() == 1
    page.locator("#act-search").fill("détartrage")
    page.locator(".act-search button").click()
    page.locator(".act-found li", has_text="HBJD001").get_by_role("button", name=re.compile("^Fait")).click()
    page.goto(address.replace("/chart/", "/acts/"))
    assert "Détartrage" in page.locator(".acts-table").inner_text()


@pytest.mark.one_drawn
@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("fr", "light", (1920, 1080)), ("en", "dark", (768, 1024))],
)
def test_nothing_serious_for_axe_and_nothing_wider_than_the_window(
    desk: Desk, found: dict[str, Any], language: str, theme: str, size: tuple[int, int]
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = desk.as_role("dentist", language=language, color_scheme=theme, viewport=viewport)
    adult, child = found["adults"][-1], found["child"]
    faults: list[str] = []
    for address in (f"{adult}/chart/?at=16MO", f"{child}/chart/", f"{adult}/acts/", f"{adult}/chart/?dentition=child"):
        page.goto(f"/care/{address}")
        faults += [f"{address}: {fault}" for fault in desk.serious_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{address}: wider than the window")
    desk.as_role("dentist", language="fr")
    assert faults == []


def test_a_finger_has_room(desk: Desk, found: dict[str, Any]) -> None:
    page = desk.as_role("dentist", viewport={"width": 1024, "height": 768}, has_touch=True)
    page.goto(f"/care/{found['adults'][-1]}/chart/?at=16")
    for selector in (".chart-face", ".chart-kind", ".odo-tooth-button"):
        boxes = [each.bounding_box() for each in page.locator(selector).all()]
        assert min(box["height"] for box in boxes if box) >= 44, selector
        assert min(box["width"] for box in boxes if box) >= 40, selector
