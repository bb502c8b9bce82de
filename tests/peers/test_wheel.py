"""The wheel as a practice gets it: beside nothing of the sources it makes a practice, checks it and serves it."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.support.server import free_port

sys.path.insert(0, str(Path(__file__).parents[2] / "bin"))

from bootstrap import ROOT, configured_index, environment, find_uv

pytestmark = pytest.mark.timeout(2400)
PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What bin/wheel builds of these sources."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run([ROOT / "bin" / "wheel", "--out", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `cuspide` of an environment that holds the wheel, and what it needs, from the index."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    index = configured_index()
    at_index = ["--default-index", index] if index else []
    uv, constraints = find_uv(), wheel.parent / "constraints.txt"
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, folder],
        [uv, "pip", "install", "--quiet", *at_index, "--python", folder, "--constraint", constraints, wheel],
    ):
        done = subprocess.run(list(map(str, command)), env=environment(), cwd="/", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder / "bin" / "cuspide"


def test_an_installed_wheel_makes_a_practice_checks_it_and_serves_it(installed: Path, tmp_path: Path) -> None:
    home, port = tmp_path / "practice", free_port()
    outside = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "LC_ALL": "fr_FR.UTF-8",
        "PYTHONIOENCODING": "utf-8",
        "CUSPIDE_HOME": str(home),
    }

    def run(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed, *words], env=outside, cwd=tmp_path, input=said, capture_output=True, text=True, timeout=900
        )

    owner = ["--owner-name", "Docteur Essai", "--owner-email", "essai@cabinet.example", "--password-stdin"]
    made = run("init", "--name", "Cabinet d’essai", "--without-sheet", *owner, said=f"{PASSWORD}\n")
    checked = run("check")

    assert made.returncode == 0, made.stdout + made.stderr
    assert "Le cabinet est prêt" in made.stdout, "French is compiled into the wheel"
    assert "Les polices des factures" in checked.stdout, checked.stdout + checked.stderr
    serving = subprocess.Popen(
        [installed, "serve", "--port", str(port)], env=outside, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert serving.stdout is not None
        assert str(port) in serving.stdout.readline()
        page = urllib.request.urlopen(f"http://localhost:{port}/", timeout=120).read().decode()
        sheets = [word.split('"')[0] for word in page.split('href="') if word.startswith("/static/") and ".css" in word]
        assert sheets, "the page has its looks"
        sheet = urllib.request.urlopen(f"http://localhost:{port}{sheets[0]}", timeout=120)
        assert sheet.status == 200
        assert len(sheet.read()) > 1000
    finally:
        serving.terminate()
        serving.wait(120)
