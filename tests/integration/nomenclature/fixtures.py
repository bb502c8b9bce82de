"""The nomenclature for tests of any room: `pytest_plugins = ["tests.integration.nomenclature.fixtures"]`."""

from typing import Any

import pytest


@pytest.fixture
def nomenclature(db: None) -> Any:
    """The published nomenclature, loaded in the test's own transaction (a tenth of a second); its newest edition."""
    from cuspide.core.actor import Actor
    from cuspide.nomenclature.services import load_edition

    return load_edition(Actor.system("test"))
