"""The owner adds people, changes what they may do, and lets them go."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cuspide.accounts import services
from cuspide.accounts.models import PasswordCode, User
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
NEW = "le chat dort sur le fauteuil"
SYSTEM = Actor.system("test")


def invite(**fields: Any) -> services.Invitation:
    given = {"email": "ines@tilleuls.example", "name": "Inès Moreau", "role": Role.ASSISTANT} | fields
    return services.invite(SYSTEM, **given)


def choose(client: Client, page: object, code: str, password: str = NEW) -> Any:
    return client.post(f"/account/welcome/{page}/", {"code": code, "password": password, "again": password})


def test_an_invited_person_chooses_a_password_and_signs_in(client_as: Any, client: Client, practice: Any) -> None:
    owner = client_as(Role.OWNER)
    page = owner.post(
        "/account/team/invite/",
        {"name": "Inès Moreau", "email": "Ines@Tilleuls.example", "role": "assistant", "site": practice.site.uuid},
    )
    invitation = page.context["invitation"]
    assert invitation.code in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert choose(client, invitation.page, invitation.code.lower().replace("-", " "))["Location"] == "/account/sign-in/"
    answer = client.post("/account/sign-in/", {"login": "ines@tilleuls.example", "password": NEW})
    assert answer.status_code == 302
    assert invitation.code not in owner.get(f"/account/team/{invitation.user.uuid}/").content.decode()
    told = list(Entry.objects.order_by("pk").values_list("action", flat=True))
    assert [one for one in told if one.startswith("accounts.")][-3:] == [
        "accounts.invite",
        "accounts.redeem_code",
        "accounts.sign_in",
    ]


def test_the_code_itself_is_kept_nowhere(practice: Any) -> None:
    code = invite().code
    held = repr(list(PasswordCode.objects.values())) + repr(list(Entry.objects.values("payload__body")))
    assert code not in held
    assert code.replace("-", "") not in held


def test_a_code_is_good_once_and_for_three_days(client: Client, practice: Any, moved_clock: Any) -> None:
    invitation = invite()
    assert choose(client, invitation.page, invitation.code).status_code == 302
    assert choose(client, invitation.page, invitation.code).status_code == 422
    late = invite(email="late@tilleuls.example")
    moved_clock(clock.now() + dt.timedelta(days=3, seconds=1))
    assert choose(client, late.page, late.code).status_code == 422


def test_wrong_page_wrong_code_and_closed_account_read_the_same(client: Client, practice: Any, users: Any) -> None:
    good, closed = invite(), invite(email="closed@tilleuls.example")
    services.deactivate(SYSTEM, closed.user)
    answers = [
        choose(client, uuid.uuid4(), good.code),
        choose(client, good.page, "AAAA-BBBB-CCCC"),
        choose(client, closed.page, closed.code),
        choose(client, good.page, "é" * 40),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("Demandez-en un nouveau" in answer.content.decode() for answer in answers)
    assert client.get(f"/account/welcome/{uuid.uuid4()}/").status_code == 200


def test_guessing_a_code_ends_it(client: Client, practice: Any) -> None:
    invitation = invite()
    for guess in range(10):
        with pytest.raises(FieldErrors):
            services.redeem_code(invitation.page, f"AAAA-BBBB-{guess:04}", NEW)
    with pytest.raises(FieldErrors):
        services.redeem_code(invitation.page, invitation.code, NEW)


@pytest.mark.parametrize(
    "weak", ["short", "123456789012", "passwordpassword"[:8] + "1", "ines@tilleuls.example", "x" * 201]
)
def test_a_weak_password_is_said_and_leaves_the_code_good(client: Client, practice: Any, weak: str) -> None:
    invitation = invite()
    assert choose(client, invitation.page, invitation.code, weak).status_code in {422}
    assert choose(client, invitation.page, invitation.code).status_code == 302


def test_a_new_code_ends_password_sessions_and_older_codes(
    client: Client, make_account: Callable[..., Any], sign_in: Callable[..., Any]
) -> None:
    account = make_account(Role.SECRETARY)
    sign_in(client, account)
    first = services.renew_code(SYSTEM, account.user)
    assert client.get("/account/").status_code == 302
    second = services.renew_code(SYSTEM, account.user)
    assert sign_in(client, account).status_code == 200
    assert choose(client, first.page, first.code).status_code == 422
    assert choose(client, second.page, second.code).status_code == 302


def test_a_lost_phone_is_taken_away_by_the_owner(
    client_as: Any, make_account: Callable[..., Any], sign_in: Callable[..., Any]
) -> None:
    account = make_account(Role.DENTIST, second_factor=True)
    client_as(Role.OWNER).post(f"/account/team/{account.user.uuid}/second-factor/remove/")
    account.secret = ""
    browser = Client()
    assert sign_in(browser, account)["Location"] == "/"
    assert not User.objects.get(pk=account.user.pk).has_second_factor
    assert Entry.objects.filter(action="accounts.remove_second_factor").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "nobody", "courriel"),
        ("email", "SECRETARY@tilleuls.example", "déjà un compte"),
        ("name", "   ", "obligatoire"),
        ("role", "god", "choix"),
        ("site", "0195f0a0-c1d2-7cc3-8000-00000000dead", "choix"),
        ("ends_on", "2000-01-01", "précède"),
        ("name", "x" * 151, "150"),
    ],
)
def test_a_form_with_an_error_says_it_and_keeps_what_was_typed(
    client_as: Any, users: Any, field: str, value: str, said: str
) -> None:
    filled = {"name": "Inès Moreau", "email": "ines@tilleuls.example", "role": "assistant"} | {field: value}
    answer = client_as(Role.OWNER).post("/account/team/invite/", filled)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'value="Inès Moreau"' in page or field == "name"
    assert not User.objects.filter(email="ines@tilleuls.example").exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_only_the_owner_changes_the_team(actors: Any, users: Any, role: Role) -> None:
    actor, victim = actors[role], users.owner
    membership = victim.memberships.get()
    attempts: list[Callable[[], object]] = [
        lambda: services.invite(actor, email="a@b.example", name="A", role=Role.OWNER),
        lambda: services.grant(actor, users[role], Role.OWNER),
        lambda: services.revoke(actor, victim, membership.uuid),
        lambda: services.deactivate(actor, victim),
        lambda: services.reactivate(actor, victim),
        lambda: services.renew_code(actor, victim),
        lambda: services.remove_second_factor(actor, victim),
        lambda: services.end_sessions(actor, victim),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()


def test_the_last_owner_stays(users: Any) -> None:
    owner = users.owner
    with pytest.raises(DomainError):
        services.revoke(SYSTEM, owner, owner.memberships.get().uuid)
    with pytest.raises(DomainError):
        services.deactivate(SYSTEM, owner)


def test_a_second_first_owner_is_refused(users: Any) -> None:
    with pytest.raises(DomainError):
        services.create_first_owner("new@tilleuls.example", "New", NEW)


def test_the_team_page_shows_everybody_at_the_same_cost(
    client_as: Any, practice: Any, django_assert_max_num_queries: Any
) -> None:
    owner = client_as(Role.OWNER)
    owner.get("/account/")
    for number in range(30):
        invite(email=f"p{number}@tilleuls.example", name=f"Personne {number}")
    with django_assert_max_num_queries(8):
        page = owner.get("/account/team/").content.decode()
    assert page.count("Personne ") >= 30
    assert "Mot de passe à choisir" in page


def test_the_page_of_a_person_offers_what_the_owner_may_do(client_as: Any, users: Any) -> None:
    owner = client_as(Role.OWNER)
    page = owner.get(f"/account/team/{users.secretary.uuid}/").content.decode()
    assert "Fermer le compte" in page
    own = owner.get(f"/account/team/{users.owner.uuid}/").content.decode()
    assert "Fermer le compte" not in own
    assert owner.post(f"/account/team/{users.secretary.uuid}/close/").status_code == 302
    assert "Rouvrir le compte" in owner.get(f"/account/team/{users.secretary.uuid}/").content.decode()
