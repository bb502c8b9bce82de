"""Keeps the numbers of long runs in docs/development/, part by part, beside the words that explain them."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bootstrap import ROOT
from parts import PARTS, Machine, Outcome

RESULT = ROOT / "docs" / "development" / "long-run.json"


@dataclass(frozen=True)
class Sources:
    """What is tested: a commit, and whether the files still are that commit's."""

    commit: str
    changed: bool


def sources(root: Path = ROOT) -> Sources:
    """The published result itself does not count as a change: the first part of a run writes it."""
    result = RESULT.relative_to(ROOT).as_posix()
    changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".", f":(exclude){result}")
    return Sources(_git(root, "rev-parse", "HEAD"), bool(changed))


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False).stdout.strip()


def keep_figures(
    outcome: Outcome,
    machine: Machine,
    tested: Sources,
    place: Path = RESULT,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> None:
    """Put a part's result in the place of its last one, and leave those of the other parts as they are.

    Each part says when, on which commit, with which seed and on which machine it ran, so that a long run can be made
    in pieces. A part that did not run whole (something was missing, it was interrupted or stopped at its limit, or
    pytest was given words of its own) replaces nothing.
    """
    if not outcome.ran:
        print(f"   not kept: {outcome.part} did not run to its end")
        return
    if machine.pytest:
        print(f"   not kept: {' '.join(machine.pytest)} makes {outcome.part} less than the whole part")
        return
    entry = {
        "part": outcome.part,
        "date": now().isoformat(timespec="seconds"),
        "commit": tested.commit,
        "changed_since_commit": tested.changed,
        "seed": machine.seed,
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
        "python": platform.python_version(),
        "held": outcome.held,
        "passed": outcome.passed,
        "failed": outcome.failed,
        "skipped": outcome.skipped,
        "seconds": round(outcome.seconds, 1),
        "figures": _noted(machine.figures(outcome.part)),
    }
    entries = {kept["part"]: kept for kept in _published(place)} | {outcome.part: entry}
    # A part that is no longer one (renamed, dropped) has no number to defend.
    document = {"parts": [entries[part.name] for part in PARTS if part.name in entries]}
    beside = place.with_suffix(".part")
    beside.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(place)
    print(f"   kept in {place.relative_to(ROOT) if place.is_relative_to(ROOT) else place}")


def _noted(figures: Path) -> list[object]:
    if not figures.exists():
        return []
    return [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines() if line]


def _published(place: Path) -> list[dict[str, object]]:
    if not place.exists():
        return []
    parts = json.loads(place.read_text(encoding="utf-8"))["parts"]
    assert isinstance(parts, list)
    return parts
