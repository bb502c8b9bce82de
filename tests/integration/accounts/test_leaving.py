"""A person leaves: nothing that she signed in with works any more, whether the owner closes or the contract ends."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from cuspide.accounts import services
from cuspide.accounts.models import KnownBrowser, Membership, OpenSession, PasswordCode
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., Any]
SignIn = Callable[..., Any]


def test_closing_an_account_takes_everything_she_signed_in_with(
    client: Client, make_account: MakeAccount, sign_in: SignIn, actors: Any
) -> None:
    account = make_account(Role.SECRETARY, second_factor=True)
    services.renew_code(actors.owner, account.user)
    account.user.set_password(account.password)
    account.user.save()
    sign_in(client, account)
    assert KnownBrowser.objects.exists()
    services.deactivate(actors.owner, account.user)
    account.user.refresh_from_db()
    assert not account.user.has_usable_password()
    assert not account.user.has_second_factor
    for kept in (Authenticator, KnownBrowser, OpenSession, PasswordCode.objects.filter(used_at=None).model):
        assert not kept.objects.filter(
            user=account.user, **({"used_at": None} if kept is PasswordCode else {})
        ).exists()
    assert client.get("/account/").status_code == 302


def test_coming_back_means_a_new_invitation(
    client: Client, client_as: Callable[..., Client], make_account: MakeAccount, sign_in: SignIn, actors: Any
) -> None:
    account = make_account(Role.SECRETARY)
    services.deactivate(actors.owner, account.user)
    page = client_as(Role.OWNER).post(f"/account/team/{account.user.uuid}/open/")
    invitation = page.context["invitation"]
    assert invitation.code in page.content.decode()
    assert sign_in(client, account).status_code == 200, "the old password opens nothing"
    new = "une autre phrase bien longue"
    client.post(f"/account/welcome/{invitation.page}/", {"code": invitation.code, "password": new, "again": new})
    account.password = new
    assert sign_in(client, account).status_code == 302


def test_an_open_account_is_not_opened_again(client_as: Callable[..., Client], make_account: MakeAccount) -> None:
    account = make_account(Role.SECRETARY)
    answer = client_as(Role.OWNER).post(f"/account/team/{account.user.uuid}/open/", follow=True)
    assert "déjà ouvert" in answer.content.decode()
    account.user.refresh_from_db()
    assert account.user.has_usable_password(), "a form sent twice takes no password away"


def test_a_replacement_is_closed_the_day_after_her_last(make_account: MakeAccount, sign_in: SignIn) -> None:
    account, stays, later, never = (make_account(None) for _number in range(4))
    day = clock.today()

    def role(whom: Any, starts: int, ends: int | None) -> None:
        Membership.objects.create(
            user=whom.user,
            role=Role.DENTIST,
            starts_on=day + dt.timedelta(days=starts),
            ends_on=None if ends is None else day + dt.timedelta(days=ends),
        )

    role(account, -60, -30)
    role(account, -20, 0)
    role(stays, -60, -30)
    role(stays, -20, None)
    role(later, -60, -30)
    role(later, 10, 20)
    assert services.close_accounts_without_role() == 0, "the last day is a day of work"
    assert services.close_accounts_without_role(day + dt.timedelta(days=1)) == 1
    for one, open_still in ((account, False), (stays, True), (later, True), (never, True)):
        one.user.refresh_from_db()
        assert one.user.is_active is open_still
    told = Entry.objects.get(action="accounts.deactivate")
    assert told.subject_uuid == account.user.uuid
    assert services.close_accounts_without_role(day + dt.timedelta(days=1)) == 0
