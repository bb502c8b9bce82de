"""What the server accepts of a passkey, with a device of the test's own that signs as WebAuthn says."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from cuspide.accounts import services
from cuspide.audit.models import Entry
from cuspide.core.rights import Role
from tests.support.passkeys import Device

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., Any]
SignIn = Callable[..., Any]
ADD, ALONE, SECOND = "/account/passkeys/add/", "/account/sign-in/passkey/", "/account/second-factor/"


def browser(**options: Any) -> Client:
    return Client(HTTP_HOST="localhost", **options)


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def asked(client: Client) -> dict[str, Any]:
    return dict(client.get(ALONE, HTTP_ACCEPT="application/json").json())


@pytest.fixture
def with_passkey(make_account: MakeAccount, sign_in: SignIn) -> Callable[[], tuple[Any, Device]]:
    """An account with one passkey, made through the page, and its device."""

    def make(role: Role = Role.SECRETARY) -> tuple[Any, Device]:
        account, device, client = make_account(role), Device(), browser()
        sign_in(client, account)
        options = json.loads(client.get(ADD).context["options_json"])
        answer = client.post(ADD, {"name": "Bureau", "credential": device.make(options)})
        assert answer["Location"] == "/account/recovery-codes/"
        account.user.refresh_from_db()
        return account, device

    return make


def test_a_passkey_alone_signs_an_owner_in_and_is_her_second_factor(with_passkey: Any) -> None:
    account, device = with_passkey(Role.OWNER)
    assert account.user.has_second_factor
    client = browser()
    answer = client.post(ALONE, {"credential": device.answer(asked(client))})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert int(client.session.get_expiry_age()) <= 12 * 3600
    actions = list(Entry.objects.values_list("action", flat=True))
    assert {"accounts.second_factor_added", "accounts.sign_in"} <= set(actions)


def test_a_passkey_is_the_second_step_after_the_password(with_passkey: Any) -> None:
    account, device = with_passkey()
    client = browser()
    client.post("/account/sign-in/", {"login": account.email, "password": account.password})
    assert not is_signed_in(client)
    options = json.loads(client.get(SECOND).context["options_json"])
    assert client.post(SECOND, {"credential": device.answer(options)}).status_code == 302
    assert is_signed_in(client)


def test_a_recovery_code_replaces_a_lost_passkey_once(with_passkey: Any) -> None:
    account, _device = with_passkey()
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    for code, gets_in in ((codes[0], True), (codes[0], False), (codes[1], True)):
        client = browser()
        client.post("/account/sign-in/", {"login": account.email, "password": account.password})
        client.post(SECOND, {"code": code})
        assert is_signed_in(client) is gets_in


def test_a_copied_key_is_refused_and_the_owner_reads_of_it(with_passkey: Any) -> None:
    _account, device = with_passkey()
    client = browser()
    client.post(ALONE, {"credential": device.answer(asked(client))})
    device.counter = 0
    thief = browser()
    page = thief.post(ALONE, {"credential": device.answer(asked(thief))}, follow=True).content.decode()
    assert "comme le ferait une copie" in page
    assert not is_signed_in(thief)
    assert Entry.objects.filter(action="accounts.passkey_copied").count() == 1


def test_a_key_that_counts_nothing_stays_good(with_passkey: Any) -> None:
    _account, device = with_passkey()
    for _time in range(2):
        client = browser()
        client.post(ALONE, {"credential": device.answer(asked(client), counts=False)})
        assert is_signed_in(client)


def test_an_answer_counts_once(with_passkey: Any) -> None:
    """Whoever has the answer and the challenge's cookie, from a backup of the browser, gets in with neither."""
    _account, device = with_passkey()
    client = browser()
    answer = device.answer(asked(client), counts=False)
    cookie = client.cookies["cuspide_passkey"].value
    client.post(ALONE, {"credential": answer})
    assert is_signed_in(client)
    thief = browser()
    thief.cookies["cuspide_passkey"] = cookie
    thief.post(ALONE, {"credential": answer})
    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://cuspide.evil.example"},
        {"flags": 0x01},
        {"flags": 0x04},
    ],
)
def test_a_false_page_or_a_finger_that_was_not_there_opens_nothing(with_passkey: Any, lie: dict[str, Any]) -> None:
    _account, device = with_passkey()
    client = browser()
    page = client.post(ALONE, {"credential": device.answer(asked(client), **lie)}, follow=True).content.decode()
    assert "pas été acceptée" in page
    assert not is_signed_in(client)


def test_somebody_else_s_key_or_name_opens_nothing(with_passkey: Any) -> None:
    account, device = with_passkey()
    stranger, client = Device(), browser()
    stranger.handle, stranger.id = device.handle, device.id
    client.post(ALONE, {"credential": stranger.answer(asked(client))})
    assert not is_signed_in(client)
    for handle in (b"", b"1", os.urandom(16), b"\xff" * 5000):
        device.handle = handle
        client.post(ALONE, {"credential": device.answer(asked(client))})
        assert not is_signed_in(client)
    assert account.user.is_active


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "null",
        "[]",
        "{",
        "{}",
        '"x"',
        "1",
        '{"response": null}',
        '{"response": {"userHandle": "AAAA"}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA"}}',
        '{"id": "é", "rawId": [], "type": 7, "response": {"userHandle": {"a": 1}}}',
        "[" * 100_000,
        "[" * 15_000,
        '{"a":' * 3_000,
    ],
)
def test_rubbish_is_refused_without_a_crash(
    with_passkey: Any, make_account: MakeAccount, sign_in: SignIn, rubbish: str
) -> None:
    account, _device = with_passkey()
    client = browser()
    asked(client)
    assert client.post(ALONE, {"credential": rubbish}).status_code == 302
    client.post("/account/sign-in/", {"login": account.email, "password": account.password})
    assert client.post(SECOND, {"credential": rubbish}).status_code == 200
    assert not is_signed_in(client)
    other = browser()
    sign_in(other, make_account(Role.SECRETARY))
    other.get(ADD)
    assert other.post(ADD, {"name": "x", "credential": rubbish}).status_code == 422
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 1


def test_many_who_ask_for_a_challenge_leave_nothing_in_the_store(practice: Any) -> None:
    from django.contrib.sessions.models import Session

    for _number in range(5):
        asked(browser())
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("127.0.0.1:8000", "adresse faite de chiffres"),
        ("192.168.1.10", "chiffres"),
        ("[::1]:8000", "chiffres"),
        ("cabinet.example", "https"),
    ],
)
def test_where_browsers_give_none_the_page_says_why(
    make_account: MakeAccount, sign_in: SignIn, settings: Any, host: str, why: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(HTTP_HOST=host)
    assert why in client.get(ALONE).json()["refused"]
    assert "clé d’accès</button>" not in client.get("/account/sign-in/").content.decode()
    sign_in(client, make_account(Role.SECRETARY))
    assert why in client.get(ADD).content.decode()
    assert client.post(ADD, {"name": "x", "credential": "{}"}).status_code == 422


def test_a_name_of_a_host_in_https_gets_one(client: Client, settings: Any, practice: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    answer = client.get(ALONE, secure=True, HTTP_HOST="cabinet.example")
    assert answer.json()["publicKey"]["rpId"] == "cabinet.example"


def test_a_passkey_is_named_and_removed_by_its_own_person_only(with_passkey: Any, sign_in: SignIn) -> None:
    account, device = with_passkey()
    other, _other_device = with_passkey()
    client, stranger = browser(), browser()
    client.post(ALONE, {"credential": device.answer(asked(client))})
    stranger.post(ALONE, {"credential": _other_device.answer(asked(stranger))})
    key = Authenticator.objects.get(user=account.user, type=Authenticator.Type.WEBAUTHN)
    for wrong in (key.pk, "", "x", "²", "9" * 30):
        stranger.post("/account/passkeys/remove/", {"passkey": wrong})
        stranger.post("/account/passkeys/name/", {"passkey": wrong, "name": "taken"})
    client.post("/account/passkeys/name/", {"passkey": key.pk, "name": "Accueil"})
    key.refresh_from_db()
    assert key.data["name"] == "Accueil"
    client.post("/account/passkeys/remove/", {"passkey": key.pk})
    assert not Authenticator.objects.filter(user=account.user).exists(), "recovery codes go with the last factor"
    account.user.refresh_from_db()
    assert not account.user.has_second_factor
    assert Authenticator.objects.filter(user=other.user).exists()


def test_a_closed_account_s_passkey_opens_nothing(with_passkey: Any, actors: Any) -> None:
    account, device = with_passkey()
    services.deactivate(actors.owner, account.user)
    client = browser()
    client.post(ALONE, {"credential": device.answer(asked(client))})
    assert not is_signed_in(client)
    services.reactivate(actors.owner, account.user)
    client.post(ALONE, {"credential": device.answer(asked(client))})
    assert not is_signed_in(client)


def test_the_passkey_names_its_person_by_no_number_of_the_store(with_passkey: Any) -> None:
    account, device = with_passkey()
    assert device.handle == account.user.uuid.bytes
