"""An answer that every page asks for is asked of the store now and then only."""

import time

import pytest

from cuspide.core.kept import forget, kept_for


def test_it_is_asked_again_when_it_is_old_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    now, asked = 100.0, []
    monkeypatch.setattr(time, "monotonic", lambda: now)

    @kept_for(15)
    def answer() -> None:
        asked.append(now)

    answer()
    answer()
    now += 14
    answer()
    assert asked == [100.0], "no answer is one, too"
    now += 2
    answer()
    assert asked == [100.0, 116.0]
    forget()
    answer()
    assert asked == [100.0, 116.0, 116.0]
