"""The first minutes on a bare machine: each way of getting uv works when the others are missing."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = ROOT / "bin"
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)  # the machine's Python: this .venv has no pip
FIND = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import bootstrap
bootstrap.CACHE = pathlib.Path(sys.argv[2])
try:
    print(bootstrap.find_uv())
except bootstrap.BootstrapError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
"""


def bare_machine(folder: Path, *, hidden: tuple[str, ...] = (), **settings: str) -> dict[str, str]:
    """An environment whose PATH holds only a shell, and whose Python cannot import the hidden modules."""
    programs, shadow, home = folder / "bin", folder / "shadow", folder / "home"
    for path in (programs, shadow, home):
        path.mkdir(parents=True, exist_ok=True)
    for program in ("sh", "dirname"):
        (programs / program).symlink_to(shutil.which(program) or "/bin/sh")
    for module in hidden:
        (shadow / f"{module}.py").write_text(f"raise ImportError('no module named {module} on this machine')\n")
    kept = {name: value for name, value in os.environ.items() if name.lower().endswith(("_proxy", "ssl_cert_file"))}
    kept |= {name: os.environ[name] for name in ("PIP_CERT", "PIP_INDEX_URL") if name in os.environ}
    return kept | {"PATH": str(programs), "HOME": str(home), "PYTHONPATH": str(shadow), "LC_ALL": "en_GB"} | settings


def find_uv(folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [BASE_PYTHON, "-B", "-c", FIND, str(BIN), str(folder / "cache")]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=280, stdin=subprocess.DEVNULL)


def version_of(uv: str) -> str:
    return subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def network() -> None:
    check = "import urllib.request, ssl; urllib.request.urlopen('https://pypi.org/simple/uv/', timeout=20).close()"
    if subprocess.run([BASE_PYTHON, "-c", check], capture_output=True).returncode != 0:
        pytest.skip("pypi.org does not answer from here")


def test_the_uv_on_path_is_taken_as_it_is(tmp_path: Path) -> None:
    env = bare_machine(tmp_path)
    fake = Path(env["PATH"]) / "uv"
    fake.write_text("#!/bin/sh\necho uv 0.9.1\n")
    fake.chmod(0o755)
    found = find_uv(tmp_path, env)
    assert found.stdout.strip() == str(fake), found.stderr
    assert not (tmp_path / "cache").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "hidden"),
    [("venv", ()), ("target", ("venv",)), ("wheel", ("venv", "pip"))],
    ids=["venv with pip", "pip without venv", "neither"],
)
def test_uv_is_got_by_what_is_there(tmp_path: Path, network: None, way: str, hidden: tuple[str, ...]) -> None:
    if way == "target" and subprocess.run([BASE_PYTHON, "-m", "pip", "--version"], capture_output=True).returncode:
        pytest.skip("the Python under this environment has no pip")
    folder = tmp_path / "a folder with spaces"
    found = find_uv(folder, bare_machine(folder, hidden=hidden))
    assert found.returncode == 0, found.stderr
    assert f"“{way}”" in found.stderr
    assert version_of(found.stdout.strip()).startswith("uv 0.13.9")
    again = find_uv(folder, bare_machine_again(folder))
    assert again.stdout == found.stdout, "the second time nothing is fetched"


def bare_machine_again(folder: Path) -> dict[str, str]:
    """The same machine the next day, with the network gone."""
    shutil.rmtree(folder / "bin")
    return bare_machine(folder, hidden=("venv", "pip"), PIP_INDEX_URL="http://127.0.0.1:9/simple")


def test_a_uv_that_is_too_old_or_broken_is_passed_over(tmp_path: Path) -> None:
    env = bare_machine(tmp_path, hidden=("venv", "pip"), PIP_INDEX_URL="http://127.0.0.1:9/simple")
    for content in ("#!/bin/sh\necho uv 0.1.2\n", "#!/bin/sh\nexit 1\n"):
        (Path(env["PATH"]) / "uv").write_text(content)
        (Path(env["PATH"]) / "uv").chmod(0o755)
        found = find_uv(tmp_path, env)
        assert found.returncode == 3
        assert "does not run here" in found.stderr


def test_without_any_way_each_answer_is_told(tmp_path: Path) -> None:
    env = bare_machine(tmp_path, hidden=("venv", "pip"), UV_INDEX_URL="http://127.0.0.1:9/simple", LC_ALL="fr_FR.UTF-8")
    found = find_uv(tmp_path, env)
    assert found.returncode == 3
    assert "Impossible d’obtenir uv" in found.stderr
    assert "127.0.0.1 ne répond pas" in found.stderr
    for way in ("path", "venv", "target", "wheel"):
        assert f"  {way}: " in found.stderr
    assert "Traceback" not in found.stderr


class Index(BaseHTTPRequestHandler):
    """A package index of the house that wants a password and serves a uv somebody has changed."""

    asked: list[tuple[str, str | None]] = []
    names: list[str] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization")))
        page = "".join(f'<a href="../../files/{name}#sha256=0">{name}</a>' for name in self.names)
        body = page.encode() if self.path.startswith("/simple/") else b"not the uv that was pinned"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def index() -> Iterator[int]:
    sys.path.insert(0, str(BIN))
    try:
        from bootstrap import UV_WHEELS
    finally:
        sys.path.remove(str(BIN))
    Index.asked, Index.names = [], list(UV_WHEELS)
    server = HTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


@pytest.mark.parametrize("setting", ["UV_INDEX_URL", "PIP_INDEX_URL", "pip.conf"])
def test_the_configured_index_is_asked_and_a_changed_file_is_refused(tmp_path: Path, index: int, setting: str) -> None:
    address = f"http://house:p%40ss@127.0.0.1:{index}/simple/"
    env = bare_machine(tmp_path, hidden=("venv", "pip"))
    env.pop("PIP_INDEX_URL", None)
    if setting == "pip.conf":
        (tmp_path / "home/.config/pip").mkdir(parents=True)
        (tmp_path / "home/.config/pip/pip.conf").write_text(f"[global]\nindex-url = {address}\n")
    else:
        env[setting] = address
    found = find_uv(tmp_path, env)
    assert found.returncode == 3
    assert "not the expected digest" in found.stderr
    assert next(path for path, _ in Index.asked) == "/simple/uv/"
    assert {word for _, word in Index.asked} == {"Basic aG91c2U6cEBzcw=="}
    assert "p%40ss" not in found.stderr + found.stdout, "a password is not printed"


def test_a_python_that_is_too_old_is_told_so(tmp_path: Path) -> None:
    env = bare_machine(tmp_path, LC_ALL="fr_FR.UTF-8")
    for name in ("python3", "python"):
        old = Path(env["PATH"]) / name
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
    script = (BIN / "python.sh").read_text().replace(" /usr/bin/python3;", ";")
    (tmp_path / "python.sh").write_text(script)
    command = ["/bin/sh", "-c", '. "$0"', str(tmp_path / "python.sh")]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 3
    assert "demande Python 3.11" in done.stderr


def test_a_taken_port_is_told_before_anything_is_installed(index: int) -> None:
    env = os.environ | {"LC_ALL": "en_GB", "CUSPIDE_PYTHON": BASE_PYTHON}
    done = subprocess.run([BIN / "demo", "--port", str(index)], env=env, capture_output=True, text=True, cwd="/")
    assert done.returncode == 3
    assert f"Port {index} is taken" in done.stderr
    assert f"--port {index + 1}" in done.stderr
