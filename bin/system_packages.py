"""Programs that the tests drive and that are no Python packages: fetched by apt where root runs on Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from parts import Part, program
from speech import say

PACKAGES = {
    "age": "age",
    "chromium": "chromium",
    "pdftotext": "poppler-utils",
    "pdfinfo": "poppler-utils",
    "qpdf": "qpdf",
    "postgresql": "postgresql",
    "strace": "strace",
    "libfaketime": "libfaketime",
}


def install_missing(parts: Sequence[Part]) -> None:
    """Install what the parts lack. Without root or apt nothing happens: each part then says what it lacks."""
    wanted = {PACKAGES[need] for part in parts for need in part.needs if not program(need)}
    has_postgresql = any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")
    if any(part.postgresql for part in parts) and not has_postgresql:
        wanted.add("postgresql")
    apt = shutil.which("apt-get")
    if not wanted or apt is None or os.name != "posix" or os.geteuid() != 0:
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
