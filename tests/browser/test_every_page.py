"""Every page that the owner can reach: nothing serious for axe, one language at a time, nothing wider than the desk."""

import random
from collections.abc import Iterator

import pytest

from tests.support.browser import Desk
from tests.support.languages import TEXTS, TYPED, Speech
from tests.support.pages import crawl
from tests.support.server import LivePractice, ask


@pytest.fixture(scope="module")
def speech(live_practice: LivePractice) -> Iterator[Speech]:
    return Speech(ask(live_practice.folder, TYPED))


# Two windows over every page: each language meets each theme once, each size once. An ordinary run has one of them, and
# axe, by far the slowest, looks at every third page of it, by the seed.
@pytest.mark.slow
@pytest.mark.one_drawn
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("fr", "light", {"width": 1366, "height": 768}), ("en", "dark", {"width": 768, "height": 1024})],
    ids=["french-light-desk", "english-dark-tablet"],
)
def test_every_page_is_accessible_and_speaks_one_language(
    desk: Desk,
    speech: Speech,
    chance: random.Random,
    long_run: bool,
    language: str,
    theme: str,
    size: dict[str, int],
) -> None:
    page = desk.as_role("owner", language=language, color_scheme=theme, viewport=size)
    faults: list[str] = []
    visited = 0
    for address in crawl(page):
        visited += 1
        assert page.evaluate("document.documentElement.lang") == language, address
        if long_run or chance.random() < 1 / 3:
            faults += [f"{address}: {fault}" for fault in desk.serious_faults(page)]
        faults += [f"{address}: other language: {text!r}" for text in speech.foreign(language, page.evaluate(TEXTS))]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 1:
            faults.append(f"{address}: {wider} px wider than the window")
        if page.locator("h1").count() != 1:
            faults.append(f"{address}: {page.locator('h1').count()} first headings")
    desk.as_role("owner", language="fr")
    assert visited >= 25, f"only {visited} pages were found"
    assert not faults, "\n".join(faults)
