"""Practices on either store for tests that kill and race."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgresql import Cluster, PostgreSQLMissingError
from tests.support.server import LivePractice, copied_practice, make_demo

# What every run does: what serves, dies and comes back. Of the rest an ordinary run has a share by the seed.
ALWAYS = [
    "kill_under_load",
    "kill_under_load_postgresql",
    "on_disk_before_answer",
    "parts",
    "demo_command",
    "disk",
    "reader_gone",
]
SHARE = 0.2
# What takes longest comes first: two workers, which take a file at a time, then end together.
FIRST = ["kill_under_load_postgresql", "kill_under_load", "store_moved_killed", "store_upgraded", "store_refused"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the real program again and again may take long on a busy machine: only what hangs is ended."""
    names = [f"test_{name}.py" for name in FIRST]
    items.sort(key=lambda item: names.index(item.path.name) if item.path.name in names else len(names))
    always = {f"test_{name}.py" for name in ALWAYS}
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name not in always:
            item.add_marker(pytest.mark.drawn(SHARE))
        if item.path.parent == Path(__file__).parent and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this run's own that nothing kills: each test makes its databases there."""
    try:
        with Cluster() as running:
            yield running
    except PostgreSQLMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def _on_postgresql() -> Iterator[tuple[LivePractice, Cluster]]:
    place = Path(tempfile.mkdtemp(prefix="cuspide-live-"))
    try:
        with Cluster() as cluster:
            make_demo(place / "practice", patients=20, url=cluster.create_database("practice"))
            practice = LivePractice(place / "practice")
            yield practice, cluster
            practice.kill()
    except PostgreSQLMissingError as error:
        pytest.skip(str(error))
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def postgresql_practice(_on_postgresql: tuple[LivePractice, Cluster]) -> Iterator[tuple[LivePractice, Cluster]]:
    """A small demo practice on a PostgreSQL of this run's own, which may be killed; neither is started twice."""
    practice, cluster = _on_postgresql
    yield practice, cluster
    practice.kill()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_practice(request: pytest.FixtureRequest) -> Iterator[LivePractice]:
    """A small demo practice on one store and on the other, not started."""
    if request.param == "sqlite":
        with copied_practice() as practice:
            yield practice
    else:
        practice, _cluster = request.getfixturevalue("_on_postgresql")
        yield practice
        practice.kill()
