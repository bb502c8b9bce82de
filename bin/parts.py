"""The parts of `bin/test`: what each runs, what it needs, and how its result is read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from bootstrap import ROOT, environment, venv_python, venv_script

sys.path.insert(0, str(ROOT))
from tests.support.chromium import WITHOUT_WINDOW, chromium_path

LIMIT_S = 20 * 60


@dataclass(frozen=True)
class Part:
    """`commands` are run one after another; the words after `pytest` name the tests of a pytest part."""

    name: str
    commands: tuple[tuple[str, ...], ...] = ()
    pytest: tuple[str, ...] = ()
    workers: int = 0
    needs: tuple[str, ...] = ()
    better_with: tuple[str, ...] = ()
    """Programs that make it quicker, and that it does without; not for --long."""
    settings: dict[str, str] = field(default_factory=dict)
    postgresql: bool = False
    long_limit_s: int = LIMIT_S
    """What may take so long with --long, and is stopped then."""

    def limit_s(self, long: bool) -> int:
        return self.long_limit_s if long else LIMIT_S


PARTS = [
    Part("lint", commands=(("ruff", "check", "."), ("ruff", "format", "--check", "--quiet", "."))),
    Part("types", commands=(("mypy",),)),
    Part("walls", commands=(("lint-imports", "--no-cache"),), pytest=("tests/unit/test_walls.py",)),
    Part("unit", pytest=("tests/unit", "--ignore=tests/unit/test_walls.py"), workers=2),
    Part(
        "integration-sqlite",
        pytest=("tests/integration",),
        workers=2,
        settings={"CUSPIDE_TEST_STORE": "sqlite"},
        long_limit_s=40 * 60,
    ),
    Part(
        "integration-postgresql",
        pytest=("tests/integration",),
        workers=2,
        settings={"CUSPIDE_TEST_STORE": "postgresql"},
        postgresql=True,
        long_limit_s=40 * 60,
    ),
    Part("browser", pytest=("tests/browser",), workers=2, needs=("chromium",), better_with=(WITHOUT_WINDOW,)),
    Part("peers", pytest=("tests/peers",), workers=2, needs=("pdftotext", "pdfinfo", "qpdf", "age")),
    Part(
        "faults",
        pytest=("tests/faults",),
        workers=2,
        needs=("strace", "libfaketime", "restic", "rclone", "age", "zstd", "mkfs.ext4", "pdftotext"),
        postgresql=True,
        long_limit_s=90 * 60,
    ),
]


@dataclass
class Machine:
    """What the parts share in one run."""

    logs: Path
    seed: int
    long: bool
    verbose: bool
    pytest: list[str]
    postgresql_url: str = ""

    def figures(self, part: str) -> Path:
        """Where a part's tests note their numbers on the way."""
        return self.logs / f"{part}.figures.jsonl"


@dataclass
class Outcome:
    part: str
    result: str
    seconds: float
    held: bool = False
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    ran: bool = False


def lacking(part: Part, whole: bool) -> str:
    """The programs a part needs and this machine does not have, or nothing."""
    missing = [name for name in part.needs if not program(name, whole)]
    return "no " + ", ".join(missing) if missing else ""


def program(name: str, whole: bool = False) -> str | None:
    """Where it is, or nothing. `whole`: as --long wants it."""
    if name == "chromium":
        return chromium_path(whole)
    if name == "libfaketime":  # no program: a library that others are started with
        return next((str(one) for one in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    # Debian leaves out of an ordinary account's PATH where it puts mkfs.
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def run_part(part: Part, machine: Machine) -> Outcome:
    limit = f" (up to {part.limit_s(True) // 60} min)" if machine.long else ""
    print(f"── {part.name}{limit}", flush=True)
    started = time.monotonic()
    log = machine.logs / f"{part.name}.log"
    log.write_bytes(b"")
    machine.figures(part.name).unlink(missing_ok=True)  # those of an earlier run are not this one's
    outcome = Outcome(part.name, "", 0.0, held=True, ran=True)
    words = []
    for command in part.commands:
        status = _run([str(venv_script(command[0])), *command[1:]], log, part, machine)
        if status != 0:
            outcome.held = False
            words.append(f"{' '.join(command[:2])} failed")
    if part.pytest:
        words.append(_run_pytest(part, machine, log, outcome))
    outcome.seconds = time.monotonic() - started
    outcome.result = ("ok" if outcome.held else "FAILED") + "".join(f", {word}" for word in words if word)
    if not outcome.held and not machine.verbose:
        _show_end(log)
    return outcome


def _run_pytest(part: Part, machine: Machine, log: Path, outcome: Outcome) -> str:
    report = machine.logs / f"{part.name}.xml"
    report.unlink(missing_ok=True)
    command = [str(venv_python()), "-m", "pytest", *part.pytest, "-q", "--color=no", f"--junitxml={report}"]
    command += ["-n", str(part.workers), "--dist", "loadfile", "--no-loadscope-reorder"] if part.workers > 1 else []
    command += [f"--hypothesis-seed={machine.seed}"]
    command += ["--long"] if machine.long else ["--sample"]
    status = _run(command + machine.pytest, log, part, machine)
    outcome.ran = status in (0, 1)  # else it was interrupted, or stopped at its limit
    try:
        counts = next(iter(ElementTree.parse(report).getroot().iter("testsuite"))).attrib  # noqa: S314 - our own file
        outcome.failed = int(counts["failures"]) + int(counts["errors"])
        outcome.skipped = int(counts["skipped"])
        outcome.passed = int(counts["tests"]) - outcome.failed - outcome.skipped
    except (OSError, ElementTree.ParseError, StopIteration):
        outcome.failed = 1
    if status != 0:
        outcome.held = False
        outcome.failed = max(outcome.failed, 1)
    for line in _closing_lines(log):
        print(f"   {line}", flush=True)
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    return f"{outcome.passed} passed, {outcome.failed} failed{skipped}"


def _run(command: list[str], log: Path, part: Part, machine: Machine) -> int:
    """Run in a process group of its own, which is killed whole at the limit; its output goes to the log."""
    env = environment() | part.settings
    env |= {"CUSPIDE_TEST_SEED": str(machine.seed), "PYTHONUNBUFFERED": "1"}
    # Hundreds of Pythons are started: what is compiled is kept, beside the sources and not among them.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".cache" / "pycache"))
    env["CUSPIDE_FIGURES"] = str(machine.figures(part.name))
    env["PATH"] = f"{venv_python().parent}{os.pathsep}{env.get('PATH', '')}"
    if machine.postgresql_url:
        env["CUSPIDE_TEST_POSTGRESQL"] = machine.postgresql_url
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=None if machine.verbose else output,
            stderr=None if machine.verbose else subprocess.STDOUT,
            start_new_session=True,
        )
        limit = part.limit_s(machine.long)
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            output.write(f"\nstopped after {limit} s\n".encode())
            return 124
        finally:
            _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Nothing a part started outlives it (servers, browsers)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _closing_lines(log: Path, most: int = 12) -> list[str]:
    """pytest's summary: the short reasons when there are any, and the line of counts."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    start = max((i for i, line in enumerate(lines) if "short test summary info" in line), default=len(lines) - 2)
    closing = [line[:200] for line in lines[start + 1 :] if line.strip()]
    return closing if len(closing) <= most else [*closing[: most - 1], "…", closing[-1]]


def _show_end(log: Path, most: int = 120) -> None:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    print(f"   the end of {log.relative_to(ROOT)}:", flush=True)
    for line in lines[-most:]:
        print(f"   │ {line[:300]}")
    print(flush=True)
