"""The lock opened by a finger instead of digits: on the cover of a page, and on the lock's own page."""

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, expect

from tests.support.browser import Authenticator, Desk
from tests.support.server import ask

# How the person unlocked, the newest first.
_HOW = """
from cuspide.audit.models import Entry
found = Entry.objects.filter(action="accounts.unlock").order_by("-pk").select_related("payload")[:2]
answer = ["passkey" if '"how":"passkey"' in one.payload.body else "" for one in found]
"""
_NO_FACTORS = """
from allauth.mfa.models import Authenticator
for one in Authenticator.objects.filter(user__email=sys.argv[1]):
    one.delete()
answer = ""
"""


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    """Her browser, with a device that knows her finger; afterwards she is as others expect her."""
    made = desk.visitor()
    desk.sign_in(made, "secretary")
    yield made
    ask(desk.practice.folder, _NO_FACTORS, desk.practice.accounts["secretary"].email)


def some_key() -> bytes:
    made = ec.generate_private_key(ec.SECP256R1())
    return made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def test_a_finger_opens_the_lock(desk: Desk, page: Page, expected_complaints: list[str]) -> None:
    expected_complaints.append("422")
    device = Authenticator(page)
    page.goto("/account/passkeys/add/")
    page.get_by_role("button", name="Ajouter cet appareil").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    page.goto("/patients/new/")
    page.locator("input[name=birth_name]").fill("Martinet")
    page.keyboard.press("F8")
    by_passkey = page.get_by_role("button", name="Clé d’accès")
    # She has no PIN: the keyboard is where she goes on.
    expect(by_passkey).to_be_focused()
    expect(page.locator(".lock-by-pin")).to_be_hidden()
    assert desk.serious_faults(page) == []

    # Nobody touched the reader: no answer, and no try lost.
    device.finger(False)
    by_passkey.click()
    expect(page.get_by_role("alert")).to_contain_text("la clé d’accès a été annulée")
    # A device that only has the name of her key: refused in words, and counted.
    device.finger(True)
    key, another = device.keys()[0], base64.b64encode(some_key()).decode()
    device.put_back(key | {"privateKey": another, "signCount": 99})
    by_passkey.click()
    expect(page.get_by_role("alert")).to_contain_text("Il reste 2 essais")
    device.put_back(key)
    # Who mistypes her password types it again: she is not sent back to the passkey.
    page.get_by_text("Avec le mot de passe").click()
    page.locator("#lock-password").press_sequentially("faux")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Il reste 1 essai")
    expect(page.locator("#lock-password")).to_be_focused()
    by_passkey.press("Enter")
    page.wait_for_selector("html:not(.locked)")
    assert page.input_value("input[name=birth_name]") == "Martinet"

    # The same on the page that stands where nothing can be covered.
    page.goto("/account/")
    page.keyboard.press("F8")
    expect(by_passkey).to_be_visible()
    page.goto("/account/lock/?next=/account/pin/")
    by_passkey.click()
    page.wait_for_url("**/account/pin/")
    assert ask(desk.practice.folder, _HOW) == ["passkey", "passkey"]
