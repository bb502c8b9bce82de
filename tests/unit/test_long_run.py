"""The published numbers of a long run: each part keeps its own, with when and on what it ran."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bin"))

import parts
from figures import RESULT, ROOT, Sources, keep_figures, sources
from parts import PARTS, Machine, Outcome

MONDAY = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)
TUESDAY = MONDAY + dt.timedelta(days=1)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "long-run.json"


def ran(folder: Path, part: str, *, seed: int = 1, figures: tuple[dict[str, Any], ...] = (), **result: Any) -> Any:
    machine = Machine(folder, seed, long=True, verbose=False, pytest=[])
    machine.figures(part).write_text("".join(json.dumps(figure) + "\n" for figure in figures))
    return Outcome(part, "ok", 12.34, **({"held": True, "passed": 5, "ran": True} | result)), machine


def parts_of(published: Path) -> dict[str, Any]:
    return {entry["part"]: entry for entry in json.loads(published.read_text())["parts"]}


def test_a_part_run_again_replaces_its_own_entry_alone(published: Path, tmp_path: Path) -> None:
    first, second = Sources("aaa", changed=False), Sources("bbb", changed=True)
    keep_figures(*ran(tmp_path, "faults", seed=1, figures=({"figure": "kills", "kills": 400},)), first, published)
    keep_figures(*ran(tmp_path, "unit", seed=1), first, published, lambda: MONDAY)
    before = parts_of(published)["unit"]

    again = ran(tmp_path, "faults", seed=2, figures=({"figure": "kills", "kills": 1000},), held=False, failed=1)
    keep_figures(*again, second, published, lambda: TUESDAY)

    parts = parts_of(published)
    assert parts["unit"] == before
    assert parts["unit"]["date"].startswith("2026-11-30")
    assert parts["unit"]["commit"] == "aaa"
    faults = parts["faults"]
    assert (faults["seed"], faults["commit"], faults["changed_since_commit"]) == (2, "bbb", True)
    assert faults["date"].startswith("2026-12-01")
    assert (faults["held"], faults["passed"], faults["failed"], faults["seconds"]) == (False, 5, 1, 12.3)
    assert faults["figures"] == [{"figure": "kills", "kills": 1000}]
    assert faults["machine"]["cores"] >= 1


def test_parts_stand_in_the_order_in_which_they_run(published: Path, tmp_path: Path) -> None:
    for part in ("faults", "unit", "lint"):
        keep_figures(*ran(tmp_path, part), Sources("aaa", changed=False), published)

    assert list(parts_of(published)) == ["lint", "unit", "faults"]


def test_a_part_that_did_not_run_whole_replaces_nothing(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_figures(*ran(tmp_path, "faults"), Sources("aaa", changed=False), published)
    before = published.read_bytes()

    keep_figures(*ran(tmp_path, "faults", ran=False, held=False), Sources("bbb", changed=False), published)
    outcome, machine = ran(tmp_path, "faults")
    machine.pytest = ["-k", "flipped"]
    keep_figures(outcome, machine, Sources("bbb", changed=False), published)

    assert published.read_bytes() == before
    said = capsys.readouterr().out
    assert "faults did not run" in said
    assert "-k flipped makes faults less than the whole part" in said


@pytest.mark.parametrize(("status", "whole"), [(0, True), (1, True), (2, False), (124, False), (-9, False)])
def test_what_was_interrupted_or_stopped_did_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, whole: bool
) -> None:
    def pytest_ended(_command: list[str], log: Path, *_: Any) -> int:
        report = '<testsuites><testsuite tests="3" failures="0" errors="0" skipped="1"/></testsuites>'
        log.with_suffix(".xml").write_text(report)
        return status

    monkeypatch.setattr(parts, "_run", pytest_ended)
    unit = next(part for part in PARTS if part.name == "unit")

    outcome = parts.run_part(unit, Machine(tmp_path, 1, long=True, verbose=True, pytest=[]))

    assert (outcome.ran, outcome.held, outcome.passed) == (whole, status == 0, 2)


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine to ask what changed")
def test_publishing_the_first_part_does_not_make_the_next_one_look_changed(tmp_path: Path) -> None:
    result = tmp_path / RESULT.relative_to(ROOT)
    result.parent.mkdir(parents=True)
    result.write_text("{}")
    program = tmp_path / "program.py"
    program.write_text("")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)

    result.write_text('{"parts": []}')
    assert not sources(tmp_path).changed
    program.write_text("changed")
    assert sources(tmp_path).changed
    assert len(sources(tmp_path).commit) == 40
