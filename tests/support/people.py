"""Fixtures of a small practice and of the people who work in it."""

import datetime as dt
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.kept import bring_back, lay_aside

if TYPE_CHECKING:
    from django.test import Client

    from cuspide.core.actor import Actor


@dataclass
class Practice:
    """One site, three chairs, two dentists."""

    entity: Any
    site: Any
    chairs: list[Any]
    dentists: list[Any]


class ByRole(dict[str, Any]):
    """One thing a role: `actors["secretary"]`, `actors[Role.SECRETARY]` and `actors.secretary` are the same."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _practice() -> Practice:
    from cuspide.core.actor import Actor
    from cuspide.practice import services
    from cuspide.practice.models import Chair

    system = Actor.system("test")
    site = services.create_practice(system, name="Cabinet des Tilleuls", chairs=3)
    dentists = [
        services.add_practitioner(
            system, entity=site.entity, family_name="AUBERT", given_name="Claire", rpps="10000000017"
        ),
        services.add_practitioner(
            system, entity=site.entity, family_name="LEFÈVRE", given_name="Hugo", rpps="10000000025"
        ),
    ]
    return Practice(site.entity, site, list(Chair.objects.filter(site=site)), dentists)


def _users(practice: Practice) -> ByRole:
    from cuspide.accounts.models import Membership, User
    from cuspide.core import clock
    from cuspide.core.rights import Role

    practitioner_of = {Role.OWNER: practice.dentists[0], Role.DENTIST: practice.dentists[1]}
    made = ByRole()
    for role in Role:
        user = User(email=f"{role}@tilleuls.example", display_name=f"{role.title()} Test")
        user.practitioner = practitioner_of.get(role)
        user.second_factor_at = clock.now() if role in {Role.OWNER, Role.TECHNICIAN} else None
        user.set_unusable_password()
        user.save()
        Membership.objects.create(user=user, role=role)
        made[role.value] = user
    return made


class Kept:
    """Something made once a run; each test that asks for it has it as it was made, its objects too."""

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        from cuspide.core import clock

        # Before any day that a test sets its clock to, and not long ago.
        with clock.freeze(dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)):
            made, self._tables = lay_aside(name, make)
        self._objects = pickle.dumps(made)

    def bring_back(self) -> Any:
        bring_back(self._tables)
        return pickle.loads(self._objects)  # our own


@pytest.fixture(scope="session")
def _kept_practice(django_db_setup: None, django_db_blocker: Any) -> Kept:
    with django_db_blocker.unblock():
        return Kept("practice", lambda: (_practice(), None, None))


@pytest.fixture(scope="session")
def _kept_people(django_db_setup: None, django_db_blocker: Any) -> Kept:
    from cuspide.accounts.selectors import actor_of, forget_kept_rights

    def make() -> tuple[Practice, ByRole, ByRole]:
        practice = _practice()
        users = _users(practice)
        return practice, users, ByRole({role: actor_of(user, workstation="test") for role, user in users.items()})

    with django_db_blocker.unblock():
        kept = Kept("people", make)
    forget_kept_rights()
    return kept


@pytest.fixture
def _given(
    _kept_practice: Kept, _kept_people: Kept, db: None, request: pytest.FixtureRequest
) -> tuple[Practice, ByRole, ByRole]:
    """The practice, and its people for a test that asks for any of them."""
    from cuspide.accounts.models import User
    from cuspide.core import clock

    found: tuple[Practice, ByRole, ByRole]
    if "users" not in request.fixturenames:
        found = _kept_practice.bring_back()
        return found
    found = _kept_people.bring_back()
    for user in found[1].values():
        user.created_at = clock.now()
    User.objects.update(created_at=clock.now())
    return found


@pytest.fixture
def practice(_given: tuple[Practice, ByRole, ByRole]) -> Practice:
    """A practice of one site, three chairs and two dentists, as its owner would have made it."""
    return _given[0]


@pytest.fixture(autouse=True)
def _nobody_is_remembered() -> Iterator[None]:
    """Rights kept in memory belong to a store that the next test does not have."""
    yield
    from cuspide.accounts.selectors import forget_kept_rights

    forget_kept_rights()


@pytest.fixture
def users(_given: tuple[Practice, ByRole, ByRole]) -> ByRole:
    """One account a role; the owner is the first dentist, and has a second factor."""
    return _given[1]


@pytest.fixture
def actors(users: ByRole, _given: tuple[Practice, ByRole, ByRole]) -> ByRole:
    """One `Actor` a role, each with an account behind it."""
    return _given[2]


@pytest.fixture
def client_as(users: ByRole) -> "Callable[..., Client]":
    """`client_as(Role.SECRETARY)`: a signed-in test client. Every request is watched for one query a row."""
    from django.conf import settings
    from django.test import Client

    def make(role: str, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(users[str(role)], backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client

    return make


# Without digits: a name with one is doubtful to the program, as it would be to a secretary.
_NAMES = ["MARTIN", "BERNARD", "DUBOIS", "THOMAS", "ROBERT", "RICHARD", "PETIT", "DURAND", "LEROY", "MOREAU"]


@pytest.fixture
def make_patient(practice: Practice) -> Callable[..., Any]:
    """`make_patient(birth_name="MARTIN", nir="…")`: a patient made from the fields of the new-patient form.

    Doubts and duplicates are confirmed, as somebody would who knows the person.
    """
    from cuspide.core.actor import Actor
    from cuspide.patients.services.confirming import NeedsConfirmation
    from cuspide.patients.services.identity import create_patient

    made = 0

    def make(*, actor: "Actor | None" = None, **fields: Any) -> Any:
        nonlocal made
        name = _NAMES[made % len(_NAMES)] + "-" + _NAMES[made // len(_NAMES) % len(_NAMES)]
        made += 1
        usual = {"birth_name": name, "first_birth_given_name": "Camille", "sex": "F", "birth_date": "07/03/1984"}
        who = actor or Actor.system("test")
        try:
            return create_patient(who, usual | fields).patient
        except NeedsConfirmation as asked:
            known = frozenset({doubt.key for doubt in asked.doubts} | {asked.duplicates_key})
            return create_patient(who, usual | fields, confirmed=known).patient

    return make
