"""schemathesis, a fuzzer that is not ours, against every address: what the pages say of themselves is its description.

The description is made from the running program: each address with the record it means, the queries the pages know, and
the fields of each form with what stood in them.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.http import QueryDict
from django.urls import resolve, reverse
from hypothesis import HealthCheck, settings

from cuspide.core.rights import Role
from tests.integration.rights_table import VISITOR, broke
from tests.integration.test_hostile_addresses import QUERIES
from tests.integration.world import Sweep, World, ask, every
from tests.support.forms import forms_of

FORM = "application/x-www-form-urlencoded"
ANSWERS = {"200": {"description": "an answer"}}
# Only whoever signs out, or takes a session's end upon herself, would be gone for the next request.
LEAVES = {"account_logout", "accounts:end_sessions"}


def description(world: World) -> dict[str, Any]:
    """An OpenAPI document of every address of the program, its records being the marked patient's."""
    text = {"type": "string"}
    queries = [{"name": name, "in": "query", "schema": text} for name in QUERIES]
    paths: dict[str, dict[str, Any]] = {}
    for address, path in every(world):
        if address.name in LEAVES:
            continue
        paths[path] = {"get": {"parameters": queries, "responses": ANSWERS}, "post": _post({})}
    for path in list(paths):
        answer = ask(world, Role.OWNER.value, "GET", path)
        if "text/html" in answer.headers.get("Content-Type", ""):
            for form in forms_of(answer.content.decode(), path):
                if form.action in paths:
                    paths[form.action]["post"] = _post(
                        {
                            name: {"anyOf": [{"enum": [*values, ""]}, text, {"type": "integer"}]}
                            for name, values in form.fields.items()
                        }
                    )
    return {"openapi": "3.0.3", "info": {"title": "Cuspide", "version": "1"}, "paths": paths}


def _post(fields: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": fields, "additionalProperties": {"type": "string"}}
    return {"requestBody": {"content": {FORM: {"schema": schema}}}, "responses": ANSWERS}


def _sent(case: Any) -> Any:
    """The body of a case as a browser would send it."""
    if not isinstance(case.body, dict):
        return None
    data = QueryDict(mutable=True)
    for name, value in case.body.items():
        data[str(name)] = "" if value is None else str(value)
    return dict(data.lists())


def _addressed(case: Any) -> str:
    query = QueryDict(mutable=True)
    for name, value in (case.query or {}).items():
        query[str(name)] = str(value)
    return f"{case.formatted_path}?{query.urlencode()}"


def _cases(operation: Any, number: int, seed: int) -> list[Any]:
    """So many cases of an address, the same for the same seed."""
    made: list[Any] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def keep(case: Any) -> None:
        made.append(case)

    keep()
    return made


@pytest.mark.slow
@pytest.mark.timeout(2000)
def test_a_fuzzer_finds_no_answer_that_is_an_error_of_the_program(
    world: World,
    sweep: Sweep,
    chance: random.Random,
    long_run: bool,
    note_figure: Callable[..., None],
    store_name: str,
    seed: int,
) -> None:
    schema = schemathesis.openapi.from_dict(description(world))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 100, "the program has addresses"
    # Whatever the sample, one page that takes any query: that the fuzzer is understood at all is seen there.
    home = next(one for one in operations if (one.method.upper(), one.path) == ("GET", reverse("core:home")))
    roles = [*(one.value for one in Role), VISITOR]
    faults: set[str] = set()
    told: Counter[int] = Counter()
    for operation in [home, *sweep.some(operations, 12)]:
        role = Role.OWNER.value if operation is home else chance.choice([Role.OWNER.value, Role.OWNER.value, *roles])
        for case in _cases(operation, 20 if long_run else 4, seed):
            answer = ask(world, role, case.method, _addressed(case), _sent(case))
            told[answer.status_code] += 1
            if broke(resolve(case.formatted_path).view_name, answer.status_code):
                faults.add(f"{case.method} {case.path} as {role}: {answer.status_code}: {_sent(case)}"[:600])
    note_figure("schemathesis", store=store_name, addresses=len(operations), trials=told.total(), failures=len(faults))
    assert told[200], "some of what it sends is understood"
    assert not faults, "\n".join(sorted(faults))
