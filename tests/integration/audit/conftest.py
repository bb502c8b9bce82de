"""A trace to tamper with: what somebody does who has the store and goes around the program."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def tamper(db: None) -> Callable[..., int]:
    """Change the store behind the program's back; says how many rows were touched."""
    from django.db import connection

    def run(statement: str, *values: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)

    return run


@pytest.fixture
def sealed(db: None) -> Callable[[int], None]:
    """`sealed(12)`: a trace of twelve rows, every third with a detail."""
    from cuspide.audit import sealer, trail
    from cuspide.core.actor import Actor

    def make(count: int) -> None:
        somebody = Actor(user_id=7, label="Dr Claire Aubert", roles=frozenset({"owner"}), workstation="10.0.0.4")
        for number in range(count):
            trail.record(somebody, "patients.change", detail={"number": number} if number % 3 == 0 else None, site_id=1)
        sealer.seal_pending()

    return make


@pytest.fixture
def found(db: None) -> Callable[[], set[tuple[str, int | None]]]:
    """Kinds and sequences of what verification finds."""
    from cuspide.audit.verify import verify

    return lambda: {(one.kind, one.sequence) for one in verify().faults}
