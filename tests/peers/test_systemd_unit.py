"""What systemd itself says of the unit that we print."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import clean_environment

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
# systemd's own scale: 10 is wide open, below 2 is what it calls OK.
EXPOSED_MOST = 20  # tenths


@pytest.fixture(scope="module")
def unit_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The printed unit, for this machine's own `cuspide` and an account that exists everywhere."""
    folder = tmp_path_factory.mktemp("unit")
    command = [sys.executable, "-m", "cuspide", "service", "--home", str(folder / "le cabinet"), "systemd"]
    done = subprocess.run([*command, "--user", "daemon"], env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    path = folder / "cuspide.service"
    path.write_text(done.stdout, encoding="utf-8")
    return path


def test_systemd_understands_every_line(unit_file: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit_file], capture_output=True, text=True)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "cuspide" in line]
    assert not said, "\n".join(said)


def test_systemd_calls_it_closed(unit_file: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED_MOST}", "--no-pager", unit_file],
        capture_output=True,
        text=True,
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze does not look at files (before version 250)")
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr
