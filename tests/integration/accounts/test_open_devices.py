"""The list of one's open sessions, and how they end."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from cuspide.accounts import open_sessions, services, totp
from cuspide.accounts.models import OpenSession
from cuspide.accounts.services import sessions as writing
from cuspide.core import clock
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., Any]
SignIn = Callable[..., Any]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPAD = (
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/604.1"
)


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def test_a_person_sees_her_devices_and_ends_the_one_left_open(make_account: MakeAccount, sign_in: SignIn) -> None:
    account = make_account(Role.SECRETARY)
    desk = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="10.0.0.7")
    tablet = Client(HTTP_USER_AGENT=IPAD, REMOTE_ADDR="10.0.0.8")
    sign_in(tablet, account)
    sign_in(desk, account)
    page = desk.get("/account/").content.decode()
    assert page.index("Firefox · Windows") < page.index("Celui-ci") < page.index("Safari · iPad")
    assert "10.0.0.8" in page
    left_open = OpenSession.objects.get(system="iPad")
    desk.post("/account/sessions/end-one/", {"session": left_open.uuid})
    assert not is_signed_in(tablet)
    assert "iPad" not in desk.get("/account/").content.decode()
    assert (
        "déjà pris fin"
        in desk.post("/account/sessions/end-one/", {"session": left_open.uuid}, follow=True).content.decode()
    )


def test_all_others_end_and_this_one_stays(make_account: MakeAccount, sign_in: SignIn) -> None:
    account = make_account(Role.SECRETARY)
    clients = [Client() for _number in range(3)]
    for client in clients:
        sign_in(client, account)
    clients[0].post("/account/sessions/end-others/")
    assert [is_signed_in(client) for client in clients] == [True, False, False]


def test_nobody_ends_or_sees_a_colleague_s_session(make_account: MakeAccount, sign_in: SignIn) -> None:
    colleague, victim = Client(), Client()
    sign_in(victim, make_account(Role.SECRETARY))
    sign_in(colleague, make_account(Role.DENTIST))
    for wrong in (OpenSession.objects.get(user__email="person1@tilleuls.example").uuid, "x", ""):
        colleague.post("/account/sessions/end-one/", {"session": wrong})
    assert is_signed_in(victim)


def test_the_owner_ends_one_session_of_anybody(
    client_as: Callable[..., Client], make_account: MakeAccount, sign_in: SignIn
) -> None:
    account, tablet = make_account(Role.SECRETARY), Client(HTTP_USER_AGENT=IPAD)
    sign_in(tablet, account)
    owner = client_as(Role.OWNER)
    assert "Safari · iPad" in owner.get(f"/account/team/{account.user.uuid}/").content.decode()
    found = OpenSession.objects.get(user=account.user)
    owner.post(f"/account/team/{account.user.uuid}/sessions/end-one/", {"session": found.uuid})
    assert not is_signed_in(tablet)


def test_a_session_goes_on_under_a_new_key_when_its_person_proves_more(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    sign_in(client, make_account(Role.SECRETARY))
    before = client.session.session_key
    secret = client.get("/account/second-factor/app/").context["form"].secret
    client.post("/account/second-factor/app/", {"code": totp.current_code(secret)})
    after = client.session.session_key
    assert after != before
    assert OpenSession.objects.get().session_key == after
    thief = Client()
    thief.cookies["cuspide_session"] = before or ""
    assert not is_signed_in(thief)


def test_a_new_password_takes_the_other_sessions_from_the_list(make_account: MakeAccount, sign_in: SignIn) -> None:
    account, here, there = make_account(Role.SECRETARY), Client(), Client()
    sign_in(here, account)
    sign_in(there, account)
    new = "une autre phrase bien longue"
    answer = here.post("/account/password/", {"oldpassword": account.password, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert OpenSession.objects.get().session_key == here.session.session_key


def test_signing_out_takes_the_session_from_the_list(
    client: Client, make_account: MakeAccount, sign_in: SignIn
) -> None:
    sign_in(client, make_account(Role.SECRETARY))
    client.post("/account/sign-out/")
    assert not OpenSession.objects.exists()


def test_last_seen_follows_her_and_costs_one_write_in_five_minutes(
    client: Client, make_account: MakeAccount, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    start = clock.now()
    sign_in(client, make_account(Role.SECRETARY))
    client.get("/account/")
    with clock.freeze(start + dt.timedelta(minutes=20)):
        client.get("/account/")
        assert OpenSession.objects.get().seen_at == clock.now()
    with clock.freeze(start + dt.timedelta(minutes=22)):
        client.get("/account/")
    assert OpenSession.objects.get().seen_at == start + dt.timedelta(minutes=20)


def test_sessions_of_a_person_are_kept_up_to_a_number_and_old_ones_forgotten(
    make_account: MakeAccount, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SESSIONS_LIMIT", 3)
    account, clients = make_account(Role.SECRETARY), [Client() for _number in range(5)]
    for client in clients:
        sign_in(client, account)
    assert OpenSession.objects.count() == 3
    assert [is_signed_in(client) for client in clients] == [False, False, True, True, True]
    with clock.freeze(clock.now() + dt.timedelta(hours=13)):
        services.forget_ended_sessions()
    assert not OpenSession.objects.exists()
    assert not Session.objects.exists()


def test_what_is_kept_in_memory_of_sessions_is_bounded(
    make_account: MakeAccount, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_sessions, "_KEPT_LIMIT", 2)
    account = make_account(Role.SECRETARY)
    for _number in range(4):
        client = Client()
        sign_in(client, account)
        client.get("/account/")
    assert len(open_sessions._seen) <= 2
