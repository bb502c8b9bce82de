"""Keeps the numbers of a long run in docs/development/, beside the words that explain them."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Sequence

from bootstrap import ROOT
from parts import Machine, Outcome

RESULT = ROOT / "docs" / "development" / "long-run.json"


def write_figures(outcomes: Sequence[Outcome], machine: Machine) -> None:
    """One JSON document: when, on what, the parts, and the figures the tests noted on their way."""
    noted = []
    if machine.figures.exists():
        noted = [json.loads(line) for line in machine.figures.read_text(encoding="utf-8").splitlines() if line]
        machine.figures.unlink()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=no"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    document = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "changed_since_commit": bool(changed.stdout.strip()),
        "seed": machine.seed,
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
        "python": platform.python_version(),
        "parts": [
            {
                "part": outcome.part,
                "held": outcome.held,
                "passed": outcome.passed,
                "failed": outcome.failed,
                "skipped": outcome.skipped,
                "seconds": round(outcome.seconds, 1),
            }
            for outcome in outcomes
        ],
        "figures": noted,
    }
    RESULT.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {RESULT.relative_to(ROOT)}")
