"""`cuspide check`: every room's checks, in plain words. Exit code 1 when something is in danger."""

import argparse
import json

from cuspide.cli import start_django

_MARKS = {"ok": "✓", "watch": "!", "danger": "✗"}


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.core import keystore, registry, store

    store.prove(keystore.practice_home())
    worst = 0
    for entry in registry.checks:
        for finding in entry.run():
            if finding.level == "danger":
                worst = 1
            if arguments.json:
                row = {
                    "check": entry.key,
                    "level": finding.level,
                    "message": str(finding.message),
                    "remedy": str(finding.remedy),
                }
                print(json.dumps(row, ensure_ascii=False))
            else:
                print(f"{_MARKS[finding.level]} {entry.label} — {finding.message}")
                if finding.remedy:
                    print(f"    → {finding.remedy}")
    return worst
