"""What an ordinary run leaves out is chosen by the seed alone."""

from typing import Any
from unittest import mock

import pytest

from tests.support.drawing import undrawn


def item(name: str, *marks: pytest.Mark) -> Any:
    def closest(wanted: str) -> pytest.Mark | None:
        return next((mark for mark in marks if mark.name == wanted), None)

    return mock.Mock(nodeid=name, get_closest_marker=closest)


DRAWN = pytest.mark.drawn(0.4).mark
ONE = pytest.mark.one_drawn.mark


def test_a_share_is_left_out_the_same_for_the_same_seed() -> None:
    items = [item(f"test_{number}", DRAWN) for number in range(500)]
    left = undrawn(items, "7")
    assert 250 < len(left) < 350
    assert left == undrawn(items, "7")
    assert left != undrawn(items, "8")


def test_every_test_is_drawn_by_some_seed() -> None:
    items = [item(f"test_{number}", DRAWN) for number in range(20)]
    never = set(items)
    for seed in range(60):
        never &= set(undrawn(items, str(seed)))
    assert not never


def test_of_a_tests_cases_one_is_kept() -> None:
    items = [item(f"test_pages[{case}]", ONE) for case in ("french", "english", "dark")]
    kept = [set(items) - set(undrawn(items, str(seed))) for seed in range(20)]
    assert {len(one) for one in kept} == {1}
    assert set.union(*kept) == set(items)


def test_what_is_not_marked_is_never_left_out() -> None:
    assert undrawn([item("test_sums"), item("test_kills")], "7") == []
