"""Every address of the practice, with what no page of ours writes behind it: an answer, never an error of the program.

In a file of its own beside the forms: a long run asks all of it, and two workers share the work by files.
"""

from collections.abc import Callable, Iterable

import pytest
from django.http import QueryDict

from tests.integration import rights_table
from tests.integration.test_hostile_forms import HOSTILE
from tests.integration.world import Sweep, World, ask, every

# What the pages read from an address.
QUERIES = ("page", "day", "month", "state", "site", "by", "only", "cancelled", "patient", "practitioner", "chair",
           "type", "time", "block", "at", "dentition", "on", "invoice", "person", "action", "before", "next", "kind",
           "basket", "text", "q")  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(2000)
def test_no_address_can_be_written_so_that_the_program_fails(
    world: World, sweep: Sweep, note_figure: Callable[..., None], store_name: str
) -> None:
    trials: list[tuple[str, str, str, str, dict[str, str]]] = []
    for address, path in every(world):
        if address.name in {"account_logout"}:
            continue
        for what, value in HOSTILE.items():
            queries = (_all(QUERIES, value), *(_one(name, value) for name in ("page", "day", "on", "at", "month")))
            trials += [(address.name, what, "GET", f"{path}?{query}", {}) for query in queries]
        for current in ("http://[", "http://localhost/agenda/week/9999-99-99/?site=\x7f", "//", "http://localhost/%00"):
            trials.append((address.name, current, "POST", path, {"HX-Request": "true", "HX-Current-URL": current}))
    faults = []
    for name, what, method, path, headers in sweep.some(trials, 80):
        answer = ask(world, "owner", method, path, {} if method == "POST" else None, **headers)
        if rights_table.broke(name, answer.status_code):
            faults.append(f"{name}: {what}: {path[-60:]}: {answer.status_code}")
    note_figure("hostile addresses", store=store_name, trials=len(trials), failures=len(faults))
    assert not faults, "\n".join(faults)


def _all(names: Iterable[str], value: str) -> str:
    query = QueryDict(mutable=True)
    for name in names:
        query[name] = value[:6_000]
    return query.urlencode()


def _one(name: str, value: str) -> str:
    query = QueryDict(mutable=True)
    query[name] = value[:6_000]
    return query.urlencode()
