"""`bin/test`: everything that is tested, in parts, with one table at the end.

Runs on the machine's Python with the standard library; the parts run in `.venv`. The exit status is 0 when every
part that was asked for ran and held.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from pathlib import Path

from bootstrap import ROOT, build_front_end, make_environment, require_python, system_node
from figures import keep_figures, sources
from parts import PARTS, Machine, Outcome, Part, lacking, run_part
from speech import BootstrapError, say
from system_packages import install_missing
from tests.support.postgresql import Cluster, PostgreSQLMissingError


def arguments() -> argparse.Namespace:
    names = [part.name for part in PARTS]
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Runs the tests. Arguments after -- go to pytest.",
        epilog="Parts: " + ", ".join(names) + ".",
    )
    parser.add_argument("--only", nargs="+", choices=names, metavar="PART", help="run these parts alone")
    parser.add_argument("--without", nargs="+", choices=names, metavar="PART", default=[], help="leave these out")
    parser.add_argument("--long", action="store_true", help="the full numbers, kept in docs/development/")
    parser.add_argument("--seed", type=int, help="seed of the sampled faults and of hypothesis (default: by chance)")
    parser.add_argument("--no-install", action="store_true", help="install no system package, even as root")
    parser.add_argument("-v", "--verbose", action="store_true", help="show each part's output as it runs")
    own, _, passed_on = _split(sys.argv[1:])
    options = parser.parse_args(own)
    options.pytest = passed_on
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(2**31)
    return options


def _split(words: list[str]) -> tuple[list[str], str, list[str]]:
    if "--" not in words:
        return words, "", []
    place = words.index("--")
    return words[:place], "--", words[place + 1 :]


def main() -> int:
    options = arguments()
    # Ended from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    started = time.monotonic()
    chosen = [part for part in PARTS if part.name in (options.only or [part.name]) and part.name not in options.without]
    try:
        require_python()
        if not options.no_install:
            install_missing(chosen, options.long)
        make_environment({"dev"} if system_node() else {"dev", "node"})
        build_front_end()
    except BootstrapError as error:
        say(str(error), str(error))
        return 3
    log_folder = ROOT / ".cache" / "test"
    log_folder.mkdir(parents=True, exist_ok=True)
    machine = Machine(log_folder, options.seed, options.long, options.verbose, options.pytest)
    print(f"seed {options.seed} (bin/test --seed {options.seed} runs the same samples)", flush=True)
    outcomes = _run(chosen, machine)
    _table(outcomes, time.monotonic() - started)
    print(f"{sum(o.passed for o in outcomes)} passed, {sum(o.failed for o in outcomes)} failed", flush=True)
    return 0 if all(outcome.held for outcome in outcomes) else 1


def _run(chosen: list[Part], machine: Machine) -> list[Outcome]:
    outcomes = []
    tested = sources()
    cluster = Cluster()
    try:
        for part in chosen:
            missing = lacking(part, machine.long)
            if not missing and part.postgresql and not machine.postgresql_url:
                try:
                    machine.postgresql_url = cluster.start()
                except PostgreSQLMissingError as error:
                    missing = str(error)
            if missing:
                outcomes.append(Outcome(part.name, f"cannot run: {missing}", 0.0))
                print(f"── {part.name}: cannot run: {missing}. Leave it out with --without {part.name}", flush=True)
                continue
            outcomes.append(run_part(part, machine))
            if machine.long:  # after each part: what follows may be stopped, what ran stands
                keep_figures(outcomes[-1], machine, tested)
    finally:
        cluster.stop()
    return outcomes


def _table(outcomes: list[Outcome], seconds: float) -> None:
    width = max((len(outcome.part) for outcome in outcomes), default=4)
    print(f"\n{'part':<{width}}  {'seconds':>7}  result")
    for outcome in outcomes:
        print(f"{outcome.part:<{width}}  {outcome.seconds:>7.1f}  {outcome.result}")
    print(f"{'all':<{width}}  {seconds:>7.1f}\n", flush=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    Path(ROOT / ".cache").mkdir(exist_ok=True)
    sys.exit(main())
