"""`python -m bench NAME [--patients N] [--store sqlite|postgresql] --json`: one JSON object a line."""

import argparse
import json
import signal
import sys
from pathlib import Path

from bench.cases import CASES, Result
from bench.datasets import Dataset, prepared
from bench.measure import fsync_ms, loop_ms
from tests.support.server import ServerError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="+", choices=[*CASES, "all"], metavar="NAME", help=", ".join([*CASES, "all"]))
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--years", type=int, help="years of history (default 5; 1 beyond 20,000 patients)")
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--repeat", type=int, default=0, help="requests to measure (default: the bench's own number)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    options = parser.parse_args()
    # Ended from outside, it stops the server it started.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    names = list(CASES) if "all" in options.names else options.names
    years = options.years or (5 if options.patients <= 20_000 else 1)
    say = (lambda text: None) if options.json else (lambda text: print(text, file=sys.stderr, flush=True))
    try:
        with prepared(options.store, options.patients, years, say) as dataset:
            for name in names:
                say(f"{name}…")
                before = loop_ms()
                result = CASES[name](dataset, options.repeat)
                _print(name, result, dataset, (before + loop_ms()) / 2, options.json)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _print(name: str, result: Result, dataset: Dataset, loop: float, as_json: bool) -> None:
    row = {
        "bench": name,
        "p50_ms": round(result.percentile(50), 1),
        "p95_ms": round(result.percentile(95), 1),
        "n": len(result.milliseconds),
        "patients": dataset.patients,
        "store": dataset.store,
        "pss_mb": round(result.pss_mb, 1),
        "fsync_ms": round(fsync_ms(Path(dataset.folder)), 2),
        "loop_ms": round(loop),
    } | result.more
    if as_json:
        print(json.dumps(row), flush=True)
    else:
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
