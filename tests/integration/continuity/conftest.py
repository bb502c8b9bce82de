"""A place of backups, and the owner at her browser."""

from typing import Any

import pytest


@pytest.fixture
def client(practice: object, client_as: Any) -> Any:
    return client_as("owner")


@pytest.fixture
def disk(db: object) -> Any:
    from tests.support.backups import a_place

    return a_place()
