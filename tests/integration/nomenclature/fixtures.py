"""The nomenclature for tests of any room: `pytest_plugins = ["tests.integration.nomenclature.fixtures"]`."""

from typing import Any

import pytest

# Text of the rows the program's own tables give: made once a run, restored by each test's own rollback.


@pytest.fixture
def nomenclature(db: None) -> Any:
    """The published nomenclature, loaded in the test's transaction; gives the newest edition."""
    from cuspide.core.actor import Actor
    from cuspide.nomenclature.services import load_edition

    return load_edition(Actor.system("test"))
