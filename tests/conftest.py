"""What every test may ask for. The fixtures are in tests/support, by what they are about."""

import gc
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support.django_setup import configure
from tests.support.drawing import undrawn
from tests.support.practice_home import store

configure()

# How fast the machine is today says nothing of the program: no test fails for the time that its examples took.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

pytest_plugins = [
    "tests.support.people",
    "tests.support.live",
    "tests.support.nomenclature",
    "tests.integration.world",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked long, with their full numbers")
    parser.addoption("--sample", action="store_true", help="of the tests marked drawn, those that the seed draws")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    folders = {"browser": pytest.mark.browser, "peers": pytest.mark.peers, "faults": pytest.mark.faults}
    root = Path(__file__).parent
    for item in items:
        top = item.path.relative_to(root).parts[0] if item.path.is_relative_to(root) else ""
        if top in folders:
            item.add_marker(folders[top])
        if "long" in item.keywords and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="only with --long"))
    if config.getoption("--sample"):
        left_out = undrawn(items, os.environ.get("CUSPIDE_TEST_SEED", "0"))
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    # Workers take file after file: the long ones first, or one worker ends with them alone.
    slow = {item.path for item in items if "slow" in item.keywords}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded stays: walking over it again and again was a tenth of the time. The service does the same."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Any:
    """The test database, made as `cuspide init` makes a store: only here may a new one come into being."""
    from django.test.utils import setup_databases, teardown_databases

    from cuspide.core.db.sqlcipher.base import creating

    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        from django.conf import settings

        test = settings.DATABASES["default"]["TEST"]
        name = Path(test["NAME"])
        test["NAME"] = name.with_stem(f"{name.stem}_{worker}") if store() == "sqlite" else f"{name}_{worker}"
    with django_db_blocker.unblock(), creating():
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def store_name() -> str:
    """`sqlite` or `postgresql`."""
    return store()


@pytest.fixture(autouse=True)
def practice_language() -> Iterator[None]:
    """Every test begins in the practice's language, whatever a page of the test before it was read in."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """No answer of an earlier test is kept, or what a page asks would hang on how long ago that was."""
    from cuspide.core import kept

    kept.forget()


@pytest.fixture(scope="session")
def seed() -> int:
    """The seed of this run; `bin/test --seed N` sets it and prints it."""
    return int(os.environ.get("CUSPIDE_TEST_SEED", "0"))


@pytest.fixture
def chance(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """A source of chance of the test's own: the same seed and test give the same sample."""
    return random.Random(f"{seed}:{request.node.name}")


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Whether the full numbers are wanted."""
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="session")
def note_figure() -> Callable[..., None]:
    """Keep a number of this run: `note_figure("kills", kills=200, lost=0)`. `bin/test --long` publishes them."""

    def note(name: str, **numbers: object) -> None:
        place = os.environ.get("CUSPIDE_FIGURES")
        if place:
            with open(place, "a", encoding="utf-8") as stream:
                stream.write(json.dumps({"figure": name, **numbers}) + "\n")

    return note


@pytest.fixture
def moved_clock() -> Iterator[Callable[[Any], None]]:
    """`moved_clock(instant)` holds the program's clock for the rest of the test."""
    from contextlib import ExitStack

    from cuspide.core import clock

    with ExitStack() as stack:
        yield lambda instant: stack.enter_context(clock.freeze(instant))
