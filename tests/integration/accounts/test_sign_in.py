"""Signing in: who gets in, who does not, and what the page tells to whom."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cuspide.accounts import services, totp
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., Any]
SignIn = Callable[..., Any]
REFUSED = "ne vont pas ensemble"


def actions() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def test_a_secretary_signs_in_with_her_password(client: Client, make_account: MakeAccount, sign_in: SignIn) -> None:
    answer = sign_in(client, make_account(Role.SECRETARY))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert actions()[-1] == "accounts.sign_in"


def test_the_case_of_the_address_does_not_matter(client: Client, make_account: MakeAccount, sign_in: SignIn) -> None:
    account = make_account(Role.SECRETARY, email="nadia.benali@tilleuls.example")
    account.email = "  Nadia.BENALI@Tilleuls.example "
    assert sign_in(client, account).status_code == 302


def test_an_owner_signs_in_with_password_and_code(client: Client, make_account: MakeAccount, sign_in: SignIn) -> None:
    owner = make_account(Role.OWNER, second_factor=True)
    answer = client.post("/account/sign-in/", {"login": owner.email, "password": owner.password})
    assert answer["Location"] == "/account/second-factor/"
    assert not is_signed_in(client), "a password alone opens nothing"
    answer = client.post("/account/second-factor/", {"code": totp.current_code(owner.secret)})
    assert answer.status_code == 302
    assert is_signed_in(client)


def test_an_owner_without_second_factor_reaches_its_set_up_and_nothing_else(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    sign_in(client, make_account(Role.OWNER))
    for address in ("/account/", "/account/team/", "/audit/", "/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/app/"), address
    page = client.get("/account/second-factor/app/")
    secret = page.context["form"].secret
    answer = client.post("/account/second-factor/app/", {"code": totp.current_code(secret)})
    assert answer["Location"] == "/account/recovery-codes/"
    assert len(client.get("/account/recovery-codes/").context["unused_codes"]) == 10
    assert client.get("/account/team/").status_code == 200
    assert "accounts.second_factor_added" in actions()


def test_somebody_made_owner_is_led_to_the_second_factor_at_the_next_page(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    dentist = make_account(Role.DENTIST)
    sign_in(client, dentist)
    assert is_signed_in(client)
    services.grant(Actor.system("test"), dentist.user, Role.OWNER)
    assert client.get("/account/")["Location"] == "/account/second-factor/app/"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("nobody@tilleuls.example", "une phrase assez longue"),
        ("person1@tilleuls.example", "wrong"),
        ("closed@tilleuls.example", "une phrase assez longue"),
        ("not an address", "x"),
        ("person1@tilleuls.example ", "une phrase assez longue" + "x" * 1_000_000),
        ("é" * 10_000 + "@x", "x"),
        ("ｐｅｒｓｏｎ１@tilleuls.example", "une phrase assez longue"),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ],
)
def test_every_refusal_reads_the_same(client: Client, make_account: MakeAccount, login: str, password: str) -> None:
    make_account(Role.SECRETARY)
    closed = make_account(Role.SECRETARY, email="closed@tilleuls.example")
    make_account(Role.OWNER)
    services.deactivate(Actor.system("test"), closed.user)
    answer = client.post("/account/sign-in/", {"login": login, "password": password})
    assert answer.status_code == 200
    assert REFUSED in answer.content.decode()
    assert not is_signed_in(client)


def test_a_null_character_is_refused_without_a_crash(client: Client, make_account: MakeAccount) -> None:
    make_account(Role.SECRETARY)
    answer = client.post("/account/sign-in/", {"login": "a\x00b", "password": "\x00"})
    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_what_was_typed_for_an_unknown_login_is_kept_nowhere(client: Client, make_account: MakeAccount) -> None:
    account = make_account(Role.SECRETARY)
    client.post("/account/sign-in/", {"login": "MyPassword2026!", "password": "x"})
    client.post("/account/sign-in/", {"login": account.email, "password": "MyPassword2026!"})
    unknown, known = Entry.objects.filter(action="accounts.sign_in_refused").order_by("pk")
    assert (unknown.subject_uuid, known.subject_uuid) == (None, account.user.uuid)
    assert unknown.digest == known.digest == b""
    assert "MyPassword" not in repr(list(Entry.objects.values()))


def test_no_password_address_or_code_reaches_a_log(
    client: Client, make_account: MakeAccount, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    owner = make_account(Role.OWNER, second_factor=True)
    with caplog.at_level(logging.DEBUG):
        client.post("/account/sign-in/", {"login": owner.email, "password": "secret-wrong-password"})
        sign_in(client, owner)
        client.get("/account/team/")
        client.get("/nowhere/")
    told = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    for secret in ("secret-wrong-password", owner.password, owner.email, owner.secret):
        assert secret not in told


def test_a_code_counts_once(client: Client, make_account: MakeAccount, sign_in: SignIn) -> None:
    """Somebody who looked over the shoulder types the same code right after: it is worth nothing."""
    owner = make_account(Role.OWNER, second_factor=True)
    with clock.freeze(clock.now()):
        assert sign_in(client, owner).status_code == 302
        thief = Client()
        assert sign_in(thief, owner).status_code == 200
        assert not is_signed_in(thief)
    with clock.freeze(clock.now() + dt.timedelta(seconds=30)):
        assert sign_in(thief, owner).status_code == 302


def test_an_older_code_is_worth_nothing_after_a_newer_one(client: Client, make_account: MakeAccount) -> None:
    owner = make_account(Role.OWNER, second_factor=True)
    step = totp.step_now()
    client.post("/account/sign-in/", {"login": owner.email, "password": owner.password})
    assert client.post("/account/second-factor/", {"code": totp.code_at(owner.secret, step)}).status_code == 302
    thief = Client()
    thief.post("/account/sign-in/", {"login": owner.email, "password": owner.password})
    assert thief.post("/account/second-factor/", {"code": totp.code_at(owner.secret, step - 1)}).status_code == 200


def test_guessing_codes_is_stopped_and_traced(client: Client, make_account: MakeAccount) -> None:
    owner = make_account(Role.OWNER, second_factor=True)
    client.post("/account/sign-in/", {"login": owner.email, "password": owner.password})
    for guess in range(12):
        answer = client.post("/account/second-factor/", {"code": f"{guess:06}"})
    assert "Trop de tentatives" in answer.content.decode()
    right = client.post("/account/second-factor/", {"code": totp.current_code(owner.secret)})
    assert right.status_code == 200, "even the right code is refused while the limit holds"
    assert 8 <= actions().count("accounts.second_factor_refused") <= 10


def test_guessing_passwords_is_stopped_for_the_address_and_others_still_get_in(
    make_account: MakeAccount, sign_in: SignIn
) -> None:
    victim, other = make_account(Role.SECRETARY), make_account(Role.ASSISTANT)
    attacker = Client(REMOTE_ADDR="10.0.0.66")
    for guess in range(12):
        answer = attacker.post("/account/sign-in/", {"login": victim.email, "password": f"guess {guess}"})
    assert "Trop de tentatives" in answer.content.decode()
    assert actions().count("accounts.sign_in_refused") == 10, "beyond the limit no password is even tried"
    assert sign_in(Client(REMOTE_ADDR="10.0.0.7"), other).status_code == 302


def test_spraying_one_password_over_many_logins_is_stopped_by_place(make_account: MakeAccount) -> None:
    attacker = Client(REMOTE_ADDR="10.0.0.66")
    for guess in range(25):
        answer = attacker.post("/account/sign-in/", {"login": f"p{guess}@tilleuls.example", "password": "Azerty123"})
    assert "Trop de tentatives" in answer.content.decode()


def test_a_forged_address_header_does_not_change_the_place(make_account: MakeAccount) -> None:
    for guess in range(25):
        attacker = Client(REMOTE_ADDR="10.0.0.66", HTTP_X_FORWARDED_FOR=f"192.0.2.{guess}")
        answer = attacker.post("/account/sign-in/", {"login": f"p{guess}@tilleuls.example", "password": "Azerty123"})
    assert "Trop de tentatives" in answer.content.decode()


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "https://localhost@evil.example/",
    ],
)
def test_sign_in_leads_to_no_other_host(
    client: Client, make_account: MakeAccount, sign_in: SignIn, wanted: str
) -> None:
    account = make_account(Role.SECRETARY)
    answer = client.post("/account/sign-in/", {"login": account.email, "password": account.password, "next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_sign_in_leads_back_to_the_page_that_was_asked_for(client: Client, make_account: MakeAccount) -> None:
    account = make_account(Role.SECRETARY)
    asked = client.get("/account/password/?from=here")
    assert asked["Location"] == "/account/sign-in/?next=%2Faccount%2Fpassword%2F%3Ffrom%3Dhere"
    page = client.get(asked["Location"])
    form_address = page.context["login_url"]
    answer = client.post(form_address, {"login": account.email, "password": account.password})
    assert answer["Location"] == "/account/password/?from=here"


def test_the_session_gets_a_new_name_at_sign_in(client: Client, make_account: MakeAccount, sign_in: SignIn) -> None:
    """Whoever planted a session in the browser beforehand does not hold the one that is signed in."""
    client.get("/account/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["cuspide_session"] = session.session_key or ""
    before = session.session_key
    sign_in(client, make_account(Role.SECRETARY))
    assert client.session.session_key != before
    thief = Client()
    thief.cookies["cuspide_session"] = before or ""
    assert not is_signed_in(thief)


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    cookie = sign_in(client, make_account(Role.SECRETARY)).cookies["cuspide_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 12 * 3600


def test_a_form_from_another_site_is_refused(make_account: MakeAccount) -> None:
    strict = Client(enforce_csrf_checks=True)
    account = make_account(Role.SECRETARY)
    for address in ("/account/sign-in/", "/account/sign-out/", f"/account/welcome/{account.user.uuid}/"):
        assert strict.post(address, {"login": account.email, "password": account.password}).status_code == 403
    strict.force_login(account.user)
    for address in ("/preferences", "/account/sessions/end/", "/account/password/"):
        assert strict.post(address, {"language": "en"}).status_code == 403


def test_signing_out_ends_the_session_and_a_link_does_not(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    sign_in(client, make_account(Role.SECRETARY))
    old = client.session.session_key
    assert client.get("/account/sign-out/").status_code == 200
    assert is_signed_in(client), "an image that points to sign-out signs nobody out"
    out = client.post("/account/sign-out/")
    assert out["Location"] == "/account/sign-in/"
    assert out["Clear-Site-Data"] == '"cache", "storage"', "the browser forgets what it was shown"
    assert not is_signed_in(client)
    client.cookies["cuspide_session"] = old or ""
    assert not is_signed_in(client)
    assert actions()[-1] == "accounts.sign_out"


def test_nobody_signs_up_or_resets_by_mail(client: Client) -> None:
    for address in ("signup/", "sign-up/", "password/reset/", "email/", "login/code/", "inactive/"):
        assert client.get(f"/account/{address}").status_code == 404


def test_the_sign_in_page_speaks_french_first(client: Client) -> None:
    assert "Mot de passe" in client.get("/account/sign-in/").content.decode()


def test_the_recovery_codes_are_printed_or_kept_as_text(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    sign_in(client, make_account(Role.SECRETARY))
    assert client.get("/account/recovery-codes/codes.txt").status_code == 404, "there are none before the second factor"
    secret = client.get("/account/second-factor/app/").context["form"].secret
    client.post("/account/second-factor/app/", {"code": totp.current_code(secret)})
    page = client.get("/account/recovery-codes/")
    assert "data-print" in page.content.decode()
    assert "/account/recovery-codes/codes.txt" in page.content.decode()
    answer = client.get("/account/recovery-codes/codes.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    codes = page.context["unused_codes"]
    assert len(codes) == 10
    assert all(code in answer.content.decode() for code in codes)
    assert "Codes de secours" in answer.content.decode()
