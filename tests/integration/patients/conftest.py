"""Who works at the desk and at the chair, by their default rights."""

import pytest

from cuspide.core.actor import Actor
from cuspide.core.rights import Role, rights_of


def actor_with(role: Role) -> Actor:
    return Actor(user_id=None, label=role.value, roles=frozenset({role.value}), rights=rights_of(role))


@pytest.fixture
def secretary() -> Actor:
    return actor_with(Role.SECRETARY)


@pytest.fixture
def dentist() -> Actor:
    return actor_with(Role.DENTIST)


@pytest.fixture
def bookkeeper() -> Actor:
    return actor_with(Role.BOOKKEEPER)


@pytest.fixture
def technician() -> Actor:
    return actor_with(Role.TECHNICIAN)
