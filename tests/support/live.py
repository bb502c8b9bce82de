"""Fixtures of tests that run the real `cuspide serve` and a real browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.server import LivePractice, copied_practice

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.browser import Desk


@pytest.fixture(scope="session")
def live_practice() -> Iterator[LivePractice]:
    """A small demo practice (60 patients, one year, encrypted SQLite) served for the whole session."""
    with copied_practice() as practice, practice:
        yield practice


@pytest.fixture
def own_practice() -> Iterator[LivePractice]:
    """A copy of the small demo practice for this test alone, not started: the test may kill or damage it."""
    with copied_practice() as practice:
        yield practice


@pytest.fixture(scope="session")
def chromium(long_run: bool) -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch
    from tests.support.chromium import chromium_path

    if chromium_path(whole=long_run) is None:
        pytest.skip("no Chromium on this machine (CUSPIDE_CHROMIUM names one)")
    with sync_playwright() as playwright:
        browser = launch(playwright, whole=long_run)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _desk(chromium: "Browser", live_practice: LivePractice) -> "Desk":
    from tests.support.browser import Desk

    return Desk(chromium, live_practice)


@pytest.fixture
def expected_complaints() -> list[str]:
    """Patterns of console errors that a test means to provoke: it appends to this list."""
    return []


@pytest.fixture
def desk(_desk: "Desk", expected_complaints: list[str]) -> "Iterator[Desk]":
    """`desk.as_role("secretary")` and `desk.visitor()` open windows; `desk.serious_faults(page)` asks axe."""
    from tests.support.browser import forgiven

    _desk.close(keep=True)
    yield _desk
    unexpected = list(forgiven(_desk.close(keep=True), expected_complaints))
    assert not unexpected, "the browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def page(desk: "Desk") -> "Page":
    """A window of a visitor who has not signed in."""
    return desk.visitor()
