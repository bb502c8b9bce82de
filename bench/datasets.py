"""The practices that are measured: made once by the demo's own builder, kept in .bench/, copied for every run."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgresql import Cluster, programs
from tests.support.server import ROOT, LivePractice, make_demo

KEPT = ROOT / ".bench"


@dataclass
class Dataset:
    """A copy of a kept practice, and its PostgreSQL where it has one."""

    store: str
    patients: int
    folder: Path
    practice: LivePractice
    server_pid: int | None = None

    def roots(self) -> list[int]:
        """The processes whose memory counts: the service, and PostgreSQL's server with it."""
        own = [self.practice.process.pid] if self.practice.process else []
        return own + ([self.server_pid] if self.server_pid else [])


@contextmanager
def prepared(store: str, patients: int, years: int, say: Callable[[str], None]) -> Iterator[Dataset]:
    """The data set, made when it is not kept yet, as a copy that a bench may write to."""
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"{store}-{patients}-{years}-{_schema()}"
    for old in KEPT.glob(f"{store}-{patients}-{years}-*"):
        if old != kept:  # of tables that are no more
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=KEPT) as place:
        folder = Path(place)
        dataset = Dataset(store, patients, folder, LivePractice(folder / "practice"))
        if store == "sqlite":
            if not kept.exists():
                say(f"making {kept.name}, once…")
                make_demo(kept, patients=patients, years=years)
            shutil.copytree(kept, dataset.practice.folder)
            yield from _stopped_at_the_end(dataset)
            return
        with Cluster() as cluster:
            if not (kept / "dump").exists():
                say(f"making {kept.name}, once…")
                _make_on_postgresql(cluster, kept, patients, years)
            shutil.copytree(kept, dataset.practice.folder)
            url = cluster.create_database("bench")
            _run(programs() / "pg_restore", "--no-owner", "-d", url, kept / "dump")
            # A store that was just filled is swept and written out behind the pages; one that lived is not.
            _run(programs() / "psql", "-q", "-d", url, "-c", "VACUUM (FREEZE, ANALYZE)", "-c", "CHECKPOINT")
            _point_to(dataset.practice.folder, url)
            dataset.server_pid = cluster.server_pid()
            yield from _stopped_at_the_end(dataset)


def _schema() -> str:
    """Marks the tables that a data set was made with: an older one could not be served."""
    total = hashlib.sha256()
    for path in sorted((ROOT / "src").rglob("migrations/*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()[:8]


def _stopped_at_the_end(dataset: Dataset) -> Iterator[Dataset]:
    try:
        yield dataset
    finally:
        dataset.practice.stop()


def _make_on_postgresql(cluster: Cluster, kept: Path, patients: int, years: int) -> None:
    shutil.rmtree(kept, ignore_errors=True)
    half = kept.with_name(kept.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    url = cluster.create_database("making")
    make_demo(half, patients=patients, years=years, url=url)
    _run(programs() / "pg_dump", "-Fc", "-f", half / "dump", url)
    half.rename(kept)


def _point_to(folder: Path, url: str) -> None:
    config = folder / "cuspide.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r'^url = ".*"$', f'url = "{url}"', text, flags=re.MULTILINE), encoding="utf-8")


def _run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL)
