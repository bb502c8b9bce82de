"""Programs that the tests drive and that are no Python packages: fetched by apt where root runs on Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from parts import WITHOUT_WINDOW, Part, program
from speech import say

PACKAGES = {
    "age": "age",
    "chromium": "chromium",
    WITHOUT_WINDOW: WITHOUT_WINDOW,
    "pdftotext": "poppler-utils",
    "pdfinfo": "poppler-utils",
    "qpdf": "qpdf",
    "postgresql": "postgresql",
    "strace": "strace",
    "libfaketime": "libfaketime",
    "mkfs.ext4": "e2fsprogs",
    "restic": "restic",
    "rclone": "rclone",
    "zstd": "zstd",
}


def install_missing(parts: Sequence[Part], long: bool) -> None:
    """Install what the parts lack. Without root or apt nothing happens: each part then says what it lacks."""
    apt = shutil.which("apt-get")
    if apt is None or os.name != "posix" or os.geteuid() != 0:
        return
    if not long:
        _install(apt, {PACKAGES[name] for part in parts for name in part.better_with if not program(name)})
    wanted = {PACKAGES[name] for part in parts for name in part.needs if not program(name, long)}
    has_postgresql = any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")
    if any(part.postgresql for part in parts) and not has_postgresql:
        wanted.add("postgresql")
    _install(apt, wanted)


def _install(apt: str, wanted: set[str]) -> None:
    if not wanted:
        return
    say(f"Installation de {', '.join(sorted(wanted))}…", f"Installing {', '.join(sorted(wanted))}…")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "-qq", "update"], [apt, "-qq", "install", "-y", "--no-install-recommends", *sorted(wanted)]):
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env, check=False, timeout=900
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["?"])[-1]
            say(f"apt-get a échoué : {last}", f"apt-get failed: {last}")
            return
