"""Ten thousand guesses from everywhere, and the dentist at 18:40 gets in at once."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory

from cuspide.accounts import known, throttle
from cuspide.accounts.models import AttemptCounter, KnownBrowser
from cuspide.core import clock
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., Any]
SignIn = Callable[..., Any]
COOKIE = "cuspide_browser"
HELD = "Trop de tentatives"
NOW = dt.datetime(2026, 11, 24, 17, 40, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _at_18_40() -> Iterator[None]:
    with clock.freeze(NOW):
        yield


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def guess(client: Client, login: str, times: int) -> Any:
    for number in range(times):
        answer = client.post("/account/sign-in/", {"login": login, "password": f"guess {number}"})
    return answer


def test_thousands_of_guesses_from_many_places_do_not_keep_her_browser_out(
    client: Client, make_account: MakeAccount, sign_in: SignIn, long_run: bool
) -> None:
    guesses = 10_000 if long_run else 1_000
    dentist = make_account(Role.DENTIST)
    sign_in(client, dentist)
    client.post("/account/sign-out/")
    ask = RequestFactory().post("/account/sign-in/")
    held = 0
    for number in range(guesses):
        ask.META["REMOTE_ADDR"] = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        try:
            throttle.try_password(ask, dentist.email)
        except throttle.HeldUp:
            held += 1
    assert held == guesses - throttle.LOGIN.free, "beyond the limit no password is even looked at"
    assert HELD in guess(Client(REMOTE_ADDR="10.200.0.1"), dentist.email, 1).content.decode()
    assert sign_in(client, dentist).status_code == 302
    assert is_signed_in(client)


def test_the_counters_never_fill_the_store(monkeypatch: pytest.MonkeyPatch, practice: Any) -> None:
    monkeypatch.setattr(throttle, "BUCKETS", 64)
    ask = RequestFactory()
    for number in range(600):
        address = ask.post("/account/sign-in/", REMOTE_ADDR=f"2001:db8:{number:x}::1")
        try:
            throttle.try_password(address, f"person{number}@tilleuls.example")
        except throttle.HeldUp:
            continue
    assert AttemptCounter.objects.count() <= 2 * 64


def test_a_machine_that_changes_its_ipv6_address_stays_one_place(practice: Any) -> None:
    for number in range(25):
        attacker = Client(REMOTE_ADDR=f"2001:db8:0:1::{number:x}")
        answer = guess(attacker, f"person{number}@tilleuls.example", 1)
    assert HELD in answer.content.decode()
    other = Client(REMOTE_ADDR="2001:db8:0:2::1")
    assert HELD not in guess(other, "person@tilleuls.example", 1).content.decode()


def test_the_wait_is_said_with_the_time_left_and_grows(client: Client, make_account: MakeAccount) -> None:
    victim = make_account(Role.SECRETARY)
    page = guess(client, victim.email, throttle.LOGIN.free + 1).content.decode()
    assert "Réessayez dans 15 secondes." in page
    with clock.freeze(NOW + dt.timedelta(seconds=5)):
        assert "Réessayez dans 10 secondes." in guess(client, victim.email, 1).content.decode()
    with clock.freeze(NOW + dt.timedelta(seconds=15)):
        assert HELD not in guess(client, victim.email, 1).content.decode()
        assert "Réessayez dans 30 secondes." in guess(client, victim.email, 1).content.decode()
    assert throttle.LOGIN.wait(1_000_000) == dt.timedelta(minutes=15)


def test_the_words_tell_nothing_of_whether_there_is_an_account(make_account: MakeAccount) -> None:
    real = make_account(Role.SECRETARY).email
    told = [
        guess(Client(REMOTE_ADDR=f"10.0.0.{number}"), login, throttle.LOGIN.free + 1).context["form"].errors
        for number, login in enumerate([real, "nobody@tilleuls.example"])
    ]
    assert told[0] == told[1]
    assert HELD in str(told[0])


def test_a_hash_is_computed_for_an_unknown_login_too(
    client: Client, make_account: MakeAccount, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from django.contrib.auth import hashers

    closed = make_account(Role.SECRETARY)
    closed.user.set_unusable_password()
    closed.user.save()
    real = make_account(Role.SECRETARY)
    hasher, hashed = type(hashers.get_hasher()), []
    encode = hasher.encode

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        hashed.append(1)
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(hasher, "encode", counted)
    amounts = []
    for login in (real.email, closed.email, "nobody@tilleuls.example"):
        hashed.clear()
        guess(client, login, 1)
        amounts.append(len(hashed))
    assert amounts[0] == amounts[1] == amounts[2] > 0


def test_her_own_typing_errors_are_forgiven_at_sign_in_and_those_of_others_stay(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    victim = make_account(Role.SECRETARY)
    sign_in(client, victim)
    client.post("/account/sign-out/")
    attacker = Client(REMOTE_ADDR="10.0.0.66")
    assert HELD in guess(attacker, victim.email, throttle.LOGIN.free + 1).content.decode()
    guess(client, victim.email, throttle.OWN_BROWSER.free - 1)
    assert sign_in(client, victim).status_code == 302
    assert set(KnownBrowser.objects.values_list("failures", flat=True)) == {0}
    assert HELD in guess(attacker, victim.email, 1).content.decode(), "her sign-in forgives the attacker nothing"


def test_a_sign_in_of_his_own_forgives_an_attacker_nothing(make_account: MakeAccount, sign_in: SignIn) -> None:
    """Whoever has an account guesses at others and signs in himself in between."""
    attacker, victim = make_account(Role.TECHNICIAN), make_account(Role.SECRETARY)
    for _round in range(4):
        guess(Client(REMOTE_ADDR="10.0.0.66"), victim.email, 3)
        sign_in(Client(REMOTE_ADDR="10.0.0.66"), attacker)
    assert HELD in guess(Client(REMOTE_ADDR="10.0.0.66"), victim.email, 1).content.decode()


def test_a_stolen_browser_is_held_up_too_and_alone(client: Client, make_account: MakeAccount, sign_in: SignIn) -> None:
    victim = make_account(Role.SECRETARY)
    sign_in(client, victim)
    client.post("/account/sign-out/")
    assert HELD in guess(client, victim.email, throttle.OWN_BROWSER.free + 1).content.decode()
    assert sign_in(Client(REMOTE_ADDR="10.0.0.7"), victim).status_code == 302


def test_codes_are_counted_like_passwords_and_her_browser_apart(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    owner = make_account(Role.OWNER, second_factor=True)
    sign_in(client, owner)
    client.post("/account/sign-out/")
    thief = Client(REMOTE_ADDR="10.0.0.66")
    thief.post("/account/sign-in/", {"login": owner.email, "password": owner.password})
    for number in range(12):
        answer = thief.post("/account/second-factor/", {"code": f"{number:06}"})
    assert HELD in answer.content.decode()
    with clock.freeze(NOW + dt.timedelta(seconds=31)):
        assert sign_in(client, owner).status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "a:b:c", "é", '"', "é\x00"])
def test_a_forged_browser_cookie_is_no_known_browser(cookie: str, make_account: MakeAccount) -> None:
    victim = make_account(Role.SECRETARY)
    forger = Client(REMOTE_ADDR="10.0.0.66")
    forger.cookies[COOKIE] = cookie
    assert HELD in guess(forger, victim.email, 11).content.decode()


def test_one_person_s_browser_is_not_another_s(client: Client, make_account: MakeAccount, sign_in: SignIn) -> None:
    colleague, victim = make_account(Role.ASSISTANT), make_account(Role.SECRETARY)
    sign_in(client, colleague)
    client.post("/account/sign-out/")
    assert HELD in guess(client, victim.email, 11).content.decode()
    assert not KnownBrowser.objects.filter(user=victim.user).exists()


def test_a_cookie_planted_before_sign_in_is_worth_nothing_afterwards(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    attacker, victim = make_account(Role.TECHNICIAN), make_account(Role.SECRETARY)
    own = Client()
    sign_in(own, attacker)
    planted = own.cookies[COOKIE].value
    client.cookies[COOKIE] = planted
    answer = sign_in(client, victim)
    cookie = answer.cookies[COOKIE]
    assert cookie.value != planted
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    own.post("/account/sign-out/")
    assert HELD in guess(own, victim.email, 11).content.decode()


def test_a_person_s_browsers_are_kept_up_to_a_number(
    make_account: MakeAccount, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "BROWSERS_LIMIT", 3)
    account = make_account(Role.SECRETARY)
    for _number in range(5):
        sign_in(Client(), account)
    assert KnownBrowser.objects.filter(user=account.user).count() == 3


def test_the_code_of_an_invitation_opens_the_first_sign_in_whoever_guesses(
    make_account: MakeAccount, sign_in: SignIn, actors: Any
) -> None:
    from cuspide.accounts import services

    account = make_account(Role.SECRETARY)
    invitation = services.renew_code(actors.owner, account.user)
    guess(Client(REMOTE_ADDR="10.0.0.66"), account.email, 11)
    new = Client(REMOTE_ADDR="10.0.0.7")
    account.password = "une autre phrase longue"
    fields = {"code": invitation.code, "password": account.password, "again": account.password}
    assert new.post(f"/account/welcome/{invitation.page}/", fields).status_code == 302
    assert sign_in(new, account).status_code == 302
