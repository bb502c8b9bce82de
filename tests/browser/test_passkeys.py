"""A passkey in a real browser: added, used alone and as the second step, refused when it is a copy, removed.

The authenticator is Chromium's own virtual one: it has the device's finger and its counter.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Authenticator, Desk


@pytest.fixture
def window(desk: Desk) -> Callable[[], Page]:
    """A window at the name `localhost`: browsers give no passkey to 127.0.0.1."""
    return lambda: desk.visitor(base_url=desk.practice.url.replace("127.0.0.1", "localhost"))


def sign_out(page: Page) -> None:
    page.goto("/account/sign-out/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/account/sign-in/")


def test_a_passkey_from_its_making_to_its_end(desk: Desk, window: Callable[[], Page]) -> None:
    page = window()
    device = Authenticator(page)
    account = desk.practice.accounts["assistant"]
    desk.sign_in(page, "assistant")
    page.goto("/account/passkeys/add/")
    page.get_by_label("Nom de cette clé").fill("Bureau")
    page.get_by_role("button", name="Ajouter cet appareil").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    copied = device.keys()[0]

    sign_out(page)
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    page.wait_for_url("**localhost:*/")
    page.goto("/account/")
    expect(page.locator("input[name=name]")).to_have_value("Bureau")

    sign_out(page)
    page.locator("input[name=login]").fill(account.email)
    page.locator("input[name=password]").fill(account.password)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.get_by_role("button", name="Utiliser la clé d’accès").click()
    page.wait_for_url("**localhost:*/")

    sign_out(page)
    newest = device.keys()[0]
    device.put_back(copied)
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_text("répondu comme le ferait une copie")).to_be_visible()
    device.put_back(newest)
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    page.wait_for_url("**localhost:*/")

    page.goto("/account/")
    page.locator("input[name=name]").fill("Accueil")
    page.get_by_role("button", name="Renommer").click()
    expect(page.locator("input[name=name]")).to_have_value("Accueil")
    page.get_by_role("button", name="Retirer Accueil").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("Pas encore de clé d’accès")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_text("n’a pas été acceptée")).to_be_visible()


def test_at_an_address_of_numbers_the_page_says_why_there_is_none(desk: Desk) -> None:
    desk.as_role("secretary").context.close()  # in French, whatever a test before liked
    page = desk.visitor(base_url=desk.practice.url.replace("localhost", "127.0.0.1"))
    desk.sign_in(page, "secretary")
    page.goto("/account/passkeys/add/")
    expect(page.get_by_text("une adresse faite de chiffres")).to_be_visible()
    page.goto("/account/sign-out/")
    page.locator("main form button").first.click()
    expect(page.get_by_role("button", name="Se connecter", exact=True)).to_be_visible()
    assert not page.get_by_role("button", name="Se connecter avec une clé d’accès").count()
