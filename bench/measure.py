"""Numbers of the machine: memory of a process tree, time of an fsync, how fast Python runs just now."""

import os
import statistics
import time
from pathlib import Path


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)] if ordered else 0.0


def process_tree(root: int) -> set[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError, ValueError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, ahead = set(), [root]
    while ahead:
        process = ahead.pop()
        if process not in found:
            found.add(process)
            ahead += children.get(process, [])
    return found


def pss_mb(roots: list[int]) -> float:
    """Proportional memory of process trees, in MB of 10^6 bytes; 0 where the system does not tell (not Linux)."""
    total = 0
    for process in set().union(*(process_tree(root) for root in roots)) if roots else set():
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6


def fsync_ms(folder: Path, times: int = 60) -> float:
    """Median time to bring 4 KiB to the disk on which the store lies."""
    path = folder / "fsync-probe"
    spent = []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for _ in range(times):
            started = time.perf_counter()
            os.pwrite(descriptor, os.urandom(4096), 0)
            os.fsync(descriptor)
            spent.append((time.perf_counter() - started) * 1000)
    finally:
        os.close(descriptor)
        path.unlink()
    return statistics.median(spent)


def loop_ms(times: int = 5) -> float:
    """Median time of a million additions in a loop of this Python. A shared machine is now twice as fast, now half:
    read the other figures beside it."""
    spent = []
    for _ in range(times):
        total, started = 0, time.perf_counter()
        for number in range(1_000_000):
            total += number
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)
