"""`bin/demo` as a newcomer types it: from another folder, twice, ended in the middle of its work."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

from tests.support.server import ROOT, LivePractice, clean_environment


def opened(practice: LivePractice) -> subprocess.Popen[str]:
    """Start it on a practice that exists, and wait for the sign-in page."""
    env = clean_environment() | {"CUSPIDE_PYTHON": getattr(sys, "_base_executable", sys.executable)}
    process = subprocess.Popen(
        [ROOT / "bin" / "demo", "--home", practice.folder, "--port", str(practice.port)],
        cwd="/",
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    practice.process = process  # type: ignore[assignment]  # the fixture kills what is left of it
    limit = time.monotonic() + 600
    while time.monotonic() < limit and process.poll() is None:
        try:
            urllib.request.urlopen(f"{practice.url}/account/sign-in/", timeout=5).close()
            return process
        except OSError:
            time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    raise AssertionError(process.communicate()[0])


def test_the_demo_opens_again_and_leaves_nothing_behind_when_it_is_ended(own_practice: LivePractice) -> None:
    for ending in (signal.SIGTERM, signal.SIGINT):
        process = opened(own_practice)
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 2
        os.kill(process.pid, ending)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        _gone, alive = psutil.wait_procs(family, timeout=60)
        assert not alive
        for account in own_practice.accounts.values():
            assert account.email in said
            assert account.password in said


def test_a_taken_port_names_another(own_practice: LivePractice, tmp_path: Path) -> None:
    own_practice.start()
    done = subprocess.run(
        [ROOT / "bin" / "demo", "--home", tmp_path / "other", "--port", str(own_practice.port)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 3
    assert f"--port {own_practice.port + 1}" in done.stderr
    assert not (tmp_path / "other").exists()
