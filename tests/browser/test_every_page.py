"""Every page that the owner can reach: nothing serious for axe, one language at a time, nothing wider than the desk."""

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.support.browser import Desk
from tests.support.languages import TEXTS, TYPED, Speech
from tests.support.pages import crawl
from tests.support.server import LivePractice, ask


@pytest.fixture(scope="module")
def speech(live_practice: LivePractice) -> Iterator[Speech]:
    return Speech(ask(live_practice.folder, TYPED))


# Two windows over every page: each language meets each theme once, each size once. An ordinary run has one of them,
# reads all that the server says in its language, and opens every third page, by the seed, to look at it.
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
    visited = opened = 0
    for address, said in crawl(page):
        visited += 1
        assert f'<html lang="{language}"' in said, address
        faults += [
            f"{address}: other language: {other!r}" for other in speech.foreign(language, page.evaluate(TEXTS, said))
        ]
        if (headings := said.count("<h1")) != 1:
            faults.append(f"{address}: {headings} first headings")
        if long_run or chance.random() < 1 / 3:
            opened += 1
            page.goto(address)
            faults += [f"{address}: {fault}" for fault in faults_in_sight(desk, page)]
            faults += [
                f"{address}: other language: {other!r}" for other in speech.foreign(language, page.evaluate(TEXTS))
            ]
    desk.as_role("owner", language="fr")
    assert visited >= 25, f"only {visited} pages were found"
    assert opened >= 8, f"only {opened} pages were opened"
    assert not faults, "\n".join(faults)


def faults_in_sight(desk: Desk, page: Page) -> Iterator[str]:
    """What is wrong with the open page as it stands before its viewer."""
    yield from desk.serious_faults(page)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 1:
        yield f"{wider} px wider than the window"
