"""Who reaches a page: asked before anything is looked up, denied by default, at once when rights change."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from cuspide.accounts import services
from cuspide.accounts.middleware import AccessMiddleware
from cuspide.accounts.models import Membership, User
from cuspide.accounts.selectors import actor_of
from cuspide.audit.models import Entry
from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.core.rights import Role, access, declared, rights_of

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
MakeAccount = Callable[..., Any]
SignIn = Callable[..., Any]


def request_of(user: Any, **headers: Any) -> HttpRequest:
    request = RequestFactory().get("/planted/", **headers)
    request.user = user
    request.actor = actor_of(user)  # type: ignore[attr-defined]
    return request


def test_a_view_that_declares_nothing_is_refused_even_to_the_owner(users: Any) -> None:
    def planted(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    middleware = AccessMiddleware(lambda _request: HttpResponse())
    with pytest.raises(Forbidden):
        middleware.process_view(request_of(users.owner), planted, (), {})


def test_what_declares_nonsense_is_refused(users: Any) -> None:
    @access("anybody")  # type: ignore[arg-type]
    def planted(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret")

    middleware = AccessMiddleware(lambda _request: HttpResponse())
    with pytest.raises(Forbidden):
        middleware.process_view(request_of(users.owner), planted, (), {})


def test_a_visitor_is_led_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/audit/?day=2026-11-24")
    assert answer["Location"] == "/account/sign-in/?next=%2Faudit%2F%3Fday%3D2026-11-24"


def test_after_sign_in_nobody_is_led_to_where_a_form_was_sent(client: Client, users: Any) -> None:
    answer = client.post(f"/account/team/{users.owner.uuid}/close/")
    assert answer["Location"] == "/account/sign-in/"


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://testserver/audit/?day=2026-11-24", "?next=%2Faudit%2F%3Fday%3D2026-11-24"),
        ("http://evil.example//evil.example/", ""),
        ("javascript:alert(1)", "?next=alert%281%29"),
        ("", ""),
    ],
)
def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client, current: str, back: str) -> None:
    answer = client.get("/audit/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=current)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"/account/sign-in/{back}"


def test_a_refusal_is_the_same_whether_or_not_the_record_exists(client_as: Any, users: Any) -> None:
    secretary = client_as(Role.SECRETARY)
    there = secretary.get(f"/account/team/{users.owner.uuid}/")
    nowhere = secretary.get("/account/team/0195f0a0-c1d2-7cc3-8000-00000000dead/")
    assert there.status_code == nowhere.status_code == 403
    assert _plain(there) == _plain(nowhere)
    assert users.owner.display_name not in there.content.decode()
    traced = Entry.objects.filter(action="accounts.refused", actor_user_id=users.secretary.pk)
    assert [one.payload.body for one in traced] == ['{"page":"accounts:person","right":"accounts.team"}'] * 2


def _plain(answer: Any) -> str:
    import re

    text = answer.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|name="csrf-token" content="[^"]*"', "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)


def test_a_closed_account_is_out_at_the_next_request(
    client: Client, make_account: MakeAccount, sign_in: SignIn, users: Any
) -> None:
    account = make_account(Role.SECRETARY)
    sign_in(client, account)
    assert client.get("/account/").status_code == 200
    services.deactivate(SYSTEM, account.user)
    assert client.get("/account/")["Location"].startswith("/account/sign-in/")
    services.reactivate(SYSTEM, account.user)
    assert client.get("/account/").status_code == 302, "the session of before stays dead"
    assert sign_in(client, account).status_code == 200, "and so does the password"


def test_signing_somebody_out_everywhere_ends_every_session(make_account: MakeAccount, sign_in: SignIn) -> None:
    account = make_account(Role.SECRETARY)
    browsers = [Client(), Client()]
    for browser in browsers:
        sign_in(browser, account)
    services.end_sessions(SYSTEM, account.user)
    assert [browser.get("/account/").status_code for browser in browsers] == [302, 302]


def test_a_changed_password_ends_the_other_sessions(make_account: MakeAccount, sign_in: SignIn) -> None:
    account = make_account(Role.SECRETARY)
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        sign_in(browser, account)
    new = "une autre phrase encore plus longue"
    answer = here.post("/account/password/", {"oldpassword": account.password, "password1": new, "password2": new})
    assert answer["Location"] == "/account/"
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_role_taken_away_is_gone_at_the_next_request(
    client: Client, make_account: MakeAccount, sign_in: SignIn, users: Any
) -> None:
    account = make_account(Role.OWNER, second_factor=True)
    sign_in(client, account)
    assert client.get("/account/team/").status_code == 200
    membership = Membership.objects.get(user=account.user)
    services.revoke(SYSTEM, account.user, membership.uuid)
    assert client.get("/account/team/").status_code == 403


def test_a_role_ends_with_its_last_day(make_account: MakeAccount, moved_clock: Any) -> None:
    import datetime as dt

    from cuspide.core import clock

    account = make_account(None)
    today = clock.today()
    services.grant(SYSTEM, account.user, Role.DENTIST, ends_on=today + dt.timedelta(days=7))
    assert actor_of(User.objects.get(pk=account.user.pk)).roles == {"dentist"}
    moved_clock(clock.at(today + dt.timedelta(days=7), dt.time(23, 59)))
    assert actor_of(User.objects.get(pk=account.user.pk)).roles == {"dentist"}
    moved_clock(clock.at(today + dt.timedelta(days=8), dt.time(0, 0)))
    assert actor_of(User.objects.get(pk=account.user.pk)).roles == set()


def test_rights_cost_no_query_while_they_do_not_change(client_as: Any, django_assert_num_queries: Any) -> None:
    secretary = client_as(Role.SECRETARY)
    secretary.get("/account/second-factor/state/")
    with django_assert_num_queries(3):  # session, person and seat
        assert secretary.get("/account/second-factor/state/").status_code == 302


def test_nobody_says_who_she_is_by_header_or_cookie(client: Client, users: Any) -> None:
    forged = {
        "HTTP_REMOTE_USER": users.owner.email,
        "HTTP_X_USER": users.owner.email,
        "HTTP_X_ACTOR": "system:test",
        "HTTP_AUTHORIZATION": "Basic b3duZXI6eA==",
    }
    client.cookies["cuspide_session"] = "system:test"
    client.cookies["actor"] = "owner"
    assert client.get("/account/team/", **forged).status_code == 302


def test_a_signed_in_page_is_kept_in_no_cache(client_as: Any) -> None:
    answer = client_as(Role.SECRETARY).get("/account/")
    assert "no-store" in answer["Cache-Control"]


def test_the_persons_language_comes_first(client_as: Any, users: Any) -> None:
    users.secretary.language = "en"
    users.secretary.save()
    page = client_as(Role.SECRETARY).get("/account/", HTTP_ACCEPT_LANGUAGE="fr")
    assert 'lang="en"' in page.content.decode()
    assert "Recovery" not in page.content.decode()
    assert "Authenticator app" in page.content.decode()


def test_the_technician_gets_no_right_over_patients_or_money() -> None:
    allowed = {code.split(".")[0] for code in rights_of(Role.TECHNICIAN)}
    assert not allowed & {"patients", "agenda", "care", "billing", "documents", "imaging", "messaging", "audit"}


def test_every_right_has_words_and_known_roles() -> None:
    for code, right in declared().items():
        assert str(right.label).strip(), code
        assert right.roles <= set(Role), code


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_close_each_other_at_once_leave_one(make_account: MakeAccount) -> None:
    first, second = make_account(Role.OWNER), make_account(Role.OWNER)
    gate = threading.Barrier(2)
    refused: list[str] = []

    def close(actor_account: Any, victim: Any) -> None:
        actor = actor_of(User.objects.get(pk=actor_account.user.pk))
        gate.wait()
        try:
            services.deactivate(actor, User.objects.get(pk=victim.user.pk))
        except Exception as error:
            refused.append(type(error).__name__)
        connection.close()

    threads = [threading.Thread(target=close, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.filter(is_active=True, memberships__role=Role.OWNER).count() == 1
    assert refused == ["DomainError"]


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_eight_times_at_once_gets_in_once(make_account: MakeAccount) -> None:
    from allauth.mfa.models import Authenticator

    from cuspide.accounts import totp

    owner = make_account(Role.OWNER, second_factor=True)
    code, gate, let_in = totp.current_code(owner.secret), threading.Barrier(8), []

    def send() -> None:
        factor = Authenticator.objects.get(user=owner.user)
        gate.wait()
        if totp.accept(factor, code):
            let_in.append(1)
        connection.close()

    threads = [threading.Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) == 1
