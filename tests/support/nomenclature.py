"""The nomenclature for tests of any room."""

from typing import Any
from unittest import mock

import pytest


@pytest.fixture(scope="session")
def _kept_nomenclature(django_db_setup: None, django_db_blocker: Any) -> list[str]:
    """The nomenclature is loaded once a run and laid aside in tables of its own, which no test empties."""
    from django.apps import apps
    from django.db import connection, transaction

    from cuspide.core.actor import Actor
    from cuspide.nomenclature.services import load_edition

    tables = [model._meta.db_table for model in apps.get_app_config("nomenclature").get_models()]
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        with mock.patch("cuspide.audit.trail.record"):
            load_edition(Actor.system("test"))
        for table in tables:
            cursor.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
        for table in reversed(tables):
            cursor.execute(f"DELETE FROM {table}")
    return tables


@pytest.fixture
def nomenclature(db: None, _kept_nomenclature: list[str]) -> Any:
    """The published nomenclature, in the test's own transaction; its newest edition."""
    from cuspide.nomenclature.selectors import newest_edition

    bring_back(_kept_nomenclature)
    return newest_edition()


def bring_back(tables: list[str]) -> None:
    """What was laid aside is in the store again, until the transaction is undone."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
