"""Where a practice is to move is looked at before anything else is."""

from pathlib import Path

import pytest

from cuspide.core.db.errors import StoreError
from cuspide.core.home import Home
from cuspide.core.moving.move import wanted_home

HERE = "postgresql://cuspide@localhost/cuspide"


@pytest.mark.parametrize(("home", "to"), [(Home(Path("/x")), "sqlite"), (Home(Path("/x"), "postgresql", HERE), HERE)])
def test_a_practice_that_is_there_already_is_told_so(home: Home, to: str) -> None:
    with pytest.raises(StoreError) as refused:
        wanted_home(home, to)
    assert "already" in str(refused.value) or "déjà" in str(refused.value)


def test_from_one_postgresql_to_another_it_may_move() -> None:
    there = wanted_home(Home(Path("/x"), "postgresql", HERE), "postgresql://cuspide@other/cuspide")
    assert there.url == "postgresql://cuspide@other/cuspide"
