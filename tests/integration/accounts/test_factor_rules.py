"""Who must have a second factor: the owner's rule by role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cuspide.accounts import services
from cuspide.core.errors import FieldErrors, Forbidden
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., Any]
SignIn = Callable[..., Any]
SET_UP = "/account/second-factor/app/"
RULES = {"dentist": "required", "assistant": "invited", "secretary": "not_asked", "bookkeeper": "invited"}


def test_a_technician_reaches_nothing_before_a_second_factor_and_a_secretary_is_invited(
    make_account: MakeAccount, sign_in: SignIn
) -> None:
    technician, secretary = Client(), Client()
    sign_in(technician, make_account(Role.TECHNICIAN))
    sign_in(secretary, make_account(Role.SECRETARY))
    for address in ("/", "/account/", "/account/team/"):
        assert technician.get(address)["Location"] == SET_UP, address
    assert technician.get(SET_UP).status_code == 200
    assert "est conseillé à votre rôle" in secretary.get("/account/").content.decode()


def test_the_owner_s_rule_counts_at_the_next_page(
    client: Client, client_as: Callable[..., Client], make_account: MakeAccount, sign_in: SignIn
) -> None:
    sign_in(client, make_account(Role.DENTIST))
    assert client.get("/account/").status_code == 200
    owner = client_as(Role.OWNER)
    answer = owner.post("/account/team/second-factor/", RULES | {"technician": "required"})
    assert answer.status_code == 302
    assert client.get("/account/")["Location"] == SET_UP
    assert 'value="required" selected' in owner.get("/account/team/").content.decode()
    owner.post("/account/team/second-factor/", RULES | {"dentist": "not_asked", "technician": "required"})
    page = client.get("/account/")
    assert page.status_code == 200
    assert "est conseillé" not in page.content.decode()


def test_the_strictest_role_counts(make_account: MakeAccount, client: Client, sign_in: SignIn) -> None:
    from cuspide.accounts.models import Membership

    account = make_account(Role.SECRETARY)
    Membership.objects.create(user=account.user, role=Role.TECHNICIAN)
    sign_in(client, account)
    assert client.get("/account/")["Location"] == SET_UP


def test_nobody_lets_the_owner_off_and_nobody_else_sets_the_rule(actors: Any, client_as: Callable[..., Client]) -> None:
    with pytest.raises(FieldErrors):
        services.set_factor_rules(actors.owner, {Role.OWNER: "invited"})
    with pytest.raises(FieldErrors):
        services.set_factor_rules(actors.owner, {Role.DENTIST: "sometimes"})
    with pytest.raises(Forbidden):
        services.set_factor_rules(actors.dentist, {Role.DENTIST: "not_asked"})
    owner = client_as(Role.OWNER)
    assert owner.post("/account/team/second-factor/", {"dentist": "sometimes"}).status_code == 422
    assert owner.post("/account/team/second-factor/", {}).status_code == 422
