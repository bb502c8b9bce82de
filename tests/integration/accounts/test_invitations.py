"""What becomes of an invitation: sent again without its code, taken back; and the accounts nobody uses."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cuspide.accounts import checks, services, totp
from cuspide.accounts.models import User
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.errors import FieldErrors
from cuspide.core.models import OutboxMessage
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., Any]
NEW = "une autre phrase bien longue"


@pytest.fixture
def invitation(actors: Any) -> services.Invitation:
    return services.invite(actors.owner, email="lea@tilleuls.example", name="Léa Roy", role=Role.SECRETARY)


def test_the_mail_has_the_page_and_never_the_code(
    invitation: services.Invitation, client_as: Callable[..., Client], settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.tilleuls.example"
    owner = client_as(Role.OWNER)
    person = f"/account/team/{invitation.user.uuid}/"
    assert "Envoyer la page par courriel" in owner.get(person).content.decode()
    for _twice in range(2):
        owner.post(person + "invitation/mail/")
    message = OutboxMessage.objects.get()
    assert message.payload["to"] == ["lea@tilleuls.example"]
    assert str(invitation.page) in message.payload["body"]
    assert invitation.code not in str(message.payload)
    assert invitation.code.replace("-", "") not in str(message.payload)


def test_without_a_mail_server_nothing_is_sent_and_it_is_said(
    invitation: services.Invitation, client_as: Callable[..., Client], settings: Any
) -> None:
    settings.EMAIL_HOST = ""
    owner = client_as(Role.OWNER)
    person = f"/account/team/{invitation.user.uuid}/"
    assert "Envoyer la page" not in owner.get(person).content.decode()
    page = owner.post(person + "invitation/mail/", follow=True).content.decode()
    assert "Aucun serveur de courrier" in page
    assert not OutboxMessage.objects.exists()


def test_a_withdrawn_invitation_opens_nothing(
    invitation: services.Invitation, client_as: Callable[..., Client]
) -> None:
    owner, address = client_as(Role.OWNER), f"/account/team/{invitation.user.uuid}/invitation/withdraw/"
    assert "est retirée" in owner.post(address, follow=True).content.decode()
    with pytest.raises(FieldErrors):
        services.redeem_code(invitation.page, invitation.code, NEW)
    assert "déjà servi ou a été retirée" in owner.post(address, follow=True).content.decode()
    assert Entry.objects.filter(action="accounts.withdraw_invitation").count() == 1


def test_recovery_codes_are_shown_once_and_can_be_made_anew(
    client: Client, make_account: MakeAccount, sign_in: Callable[..., Any]
) -> None:
    sign_in(client, make_account(Role.SECRETARY))
    secret = client.get("/account/second-factor/app/").context["form"].secret
    client.post("/account/second-factor/app/", {"code": totp.current_code(secret)})
    first = client.get("/account/recovery-codes/").context["unused_codes"]
    assert client.get("/account/recovery-codes/").context["unused_codes"] == first, "the printer was out of paper"
    with clock.freeze(clock.now() + dt.timedelta(minutes=11)):
        client.post("/account/confirm/", {"password": "une phrase assez longue"})
        page = client.get("/account/recovery-codes/", follow=True)
        assert not any(code in page.content.decode() for code in first)
        answer = client.get("/account/recovery-codes/codes.txt", follow=True)
        assert not any(code in answer.content.decode() for code in first)


def test_the_owner_is_told_of_accounts_that_nobody_uses(users: Any) -> None:
    assert not any("90" in str(one.message) for one in checks.accounts())
    old = clock.now() - dt.timedelta(days=91)
    User.objects.filter(pk=users.secretary.pk).update(created_at=old, last_login=old)
    User.objects.filter(pk=users.dentist.pk).update(created_at=old, last_login=clock.now())
    told = [str(one.message) for one in checks.accounts()]
    assert any(sentence.startswith("1 compte ouvert n’a pas servi") for sentence in told)
