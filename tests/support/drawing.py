"""The sample of an ordinary run: which of the marked tests the seed draws."""

import random
from collections import defaultdict
from collections.abc import Iterable

import pytest


def undrawn(items: Iterable[pytest.Item], seed: str) -> list[pytest.Item]:
    """What is left out: `drawn(share)` gives each test a chance, `one_drawn` keeps one of a test's cases.

    The same seed draws the same, in every worker.
    """
    left_out: list[pytest.Item] = []
    cases = defaultdict(list)
    for item in items:
        mark = item.get_closest_marker("drawn")
        if mark is not None and random.Random(f"{seed}:{item.nodeid}").random() >= mark.args[0]:
            left_out.append(item)
        if item.get_closest_marker("one_drawn") is not None:
            cases[item.nodeid.split("[")[0]].append(item)
    for name, several in cases.items():
        kept = random.Random(f"{seed}:{name}").choice(several)
        left_out += [item for item in several if item is not kept]
    return left_out
