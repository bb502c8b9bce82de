"""The nomenclature for tests of any room."""

from typing import Any

import pytest

from tests.support.kept import bring_back, lay_aside


@pytest.fixture(scope="session")
def _kept_nomenclature(django_db_setup: None, django_db_blocker: Any) -> list[tuple[str, str]]:
    from cuspide.core.actor import Actor
    from cuspide.nomenclature.services import load_edition

    with django_db_blocker.unblock():
        return lay_aside("nomenclature", lambda: load_edition(Actor.system("test")))[1]


@pytest.fixture
def nomenclature(db: None, _kept_nomenclature: list[tuple[str, str]]) -> Any:
    """The published nomenclature, in the test's own transaction; its newest edition."""
    from cuspide.nomenclature.selectors import newest_edition

    bring_back(_kept_nomenclature)
    return newest_edition()
