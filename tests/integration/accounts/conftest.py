"""People with real passwords and second factors, and browsers to sign in with."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cuspide.accounts.models import User

PASSWORD = "une phrase assez longue"


@pytest.fixture
def morning() -> Iterator[None]:
    """The clock stands at one moment of a morning."""
    from cuspide.core import clock
    from tests.integration.accounts.chairs import MORNING

    with clock.freeze(MORNING):
        yield


@dataclasses.dataclass
class Account:
    """An account as its owner knows it."""

    user: "User"
    email: str
    password: str = PASSWORD
    secret: str = ""


@pytest.fixture
def make_account(practice: Any) -> Callable[..., Account]:
    """`make_account(Role.SECRETARY, second_factor=True)`."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import encrypt

    from cuspide.accounts import totp
    from cuspide.accounts.models import Membership, User

    made = 0

    def make(role: str | None, *, second_factor: bool = False, **fields: Any) -> Account:
        nonlocal made
        made += 1
        email = fields.pop("email", f"person{made}@tilleuls.example")
        user = User(email=email, display_name=fields.pop("display_name", f"Person {made}"), **fields)
        user.set_password(PASSWORD)
        user.save()
        if role:
            Membership.objects.create(user=user, role=role)
        account = Account(user, email)
        if second_factor:
            account.secret = totp.new_secret()
            Authenticator.objects.create(
                user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(account.secret)}
            )
        user.refresh_from_db()
        return account

    return make


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """`sign_in(client, account)`: address and password, and the code where there is a secret; the last answer."""
    from cuspide.accounts import totp

    def run(client: Any, account: Account, **where: Any) -> Any:
        answer = client.post(
            "/account/sign-in/" + where.pop("query", ""),
            {"login": account.email, "password": account.password},
            **where,
        )
        if account.secret and answer.status_code == 302:
            answer = client.post(answer["Location"], {"code": totp.current_code(account.secret)}, **where)
        return answer

    return run
