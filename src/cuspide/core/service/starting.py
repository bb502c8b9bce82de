"""How the service of a practice is started on this machine: what a remedy tells the operator to type."""

import shlex
from pathlib import Path

from django.conf import settings

# Where an administrator puts a unit; what a package or a generator would put elsewhere is not ours.
UNITS = Path("/etc/systemd/system")


def command() -> str:
    """`systemctl restart …` where a unit of systemd serves this practice's folder, `cuspide serve` elsewhere.

    The unit is asked and not the environment: INVOCATION_ID stands in the terminals of a desktop, too.
    """
    folder = str(settings.CUSPIDE_HOME.folder)
    for unit in sorted(UNITS.glob("*.service")):
        try:
            text = unit.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if any(line.startswith("ExecStart=") and _serves(line, folder) for line in text.splitlines()):
            return f"systemctl restart {unit.stem}"
    return "cuspide serve"


def _serves(line: str, folder: str) -> bool:
    try:
        words = shlex.split(line.replace("$$", "$"))
    except ValueError:
        return False
    return "serve" in words and folder in words
