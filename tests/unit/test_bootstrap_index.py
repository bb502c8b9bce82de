"""An environment from the house's own package index: the versions of uv.lock, their digests, and no other host."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
WHEEL = "acorn-1.0-py3-none-any.whl"
MAKE = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import bootstrap
bootstrap.find_uv = lambda uv=bootstrap.find_uv(): uv
bootstrap.ROOT = pathlib.Path(sys.argv[2])
if len(sys.argv) > 3:  # as if this Python were too new
    bootstrap.TOO_NEW_PYTHON, bootstrap.FETCHED_PYTHON = (3, 0), sys.argv[3]
bootstrap.CACHE, bootstrap.VENV = bootstrap.ROOT / "cache", bootstrap.ROOT / ".venv"
try:
    bootstrap.make_environment(set())
except bootstrap.BootstrapError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
"""
PROJECT = """
[project]
name = "burrow"
version = "0.1"
requires-python = ">=3.11"
dependencies = ["acorn==1.0"]

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
LOCK = """
version = 1
requires-python = ">=3.11"

[[package]]
name = "acorn"
version = "1.0"
source = {{ registry = "https://pypi.org/simple" }}
wheels = [
    {{ url = "https://files.pythonhosted.org/packages/{wheel}", hash = "sha256:{digest}", size = {size} }},
]

[[package]]
name = "burrow"
version = "0.1"
source = {{ editable = "." }}
dependencies = [{{ name = "acorn" }}]

[package.metadata]
requires-dist = [{{ name = "acorn", specifier = "==1.0" }}]
"""
BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "burrow-0.1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("burrow.py", "import acorn")
        wheel.writestr("burrow-0.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: burrow\\nVersion: 0.1\\n")
        wheel.writestr("burrow-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\nRoot-Is-Purelib: true")
        wheel.writestr("burrow-0.1.dist-info/RECORD", "")
    return name
build_wheel = build_editable
"""


def _wheel(path: Path) -> bytes:
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("acorn.py", "TREE = 'oak'\n")
        wheel.writestr("acorn-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: acorn\nVersion: 1.0\n")
        wheel.writestr("acorn-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("acorn-1.0.dist-info/RECORD", "")
    return path.read_bytes()


@pytest.fixture
def index() -> Iterator[tuple[str, dict[str, bytes], list[str]]]:
    """An index that wants a password: its address, what it serves, and what it was asked with the right one."""
    served: dict[str, bytes] = {}
    asked: list[str] = []

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == "Basic " + base64.b64encode(b"house:p@ss").decode()
            body = served.get(self.path.rsplit("/", 1)[-1], b"")
            if self.path == "/simple/acorn/":
                body = "".join(f'<a href="../../files/{name}">{name}</a>' for name in served).encode()
            if known:
                asked.append(self.path)
            self.send_response(401 if not known else 200 if body else 404)
            if not known:
                self.send_header("WWW-Authenticate", 'Basic realm="house"')
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
            self.send_header("Content-Length", str(len(body) if known else 0))
            self.end_headers()
            self.wfile.write(body if known else b"")

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://house:p%40ss@127.0.0.1:{server.server_address[1]}/simple", served, asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def project(tmp_path: Path) -> Callable[[bytes], Path]:
    """A small project whose lock wants this very wheel, with a name that a careless command would trip over."""

    def make(content: bytes) -> Path:
        folder = tmp_path / "a burrow"
        folder.mkdir()
        digest = hashlib.sha256(content).hexdigest()
        (folder / "pyproject.toml").write_text(PROJECT)
        (folder / "uv.lock").write_text(LOCK.format(wheel=WHEEL, digest=digest, size=len(content)))
        (folder / "backend.py").write_text(BACKEND)
        return folder

    return make


def make_environment(folder: Path, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    """As bin/demo does it, on a machine that reaches the index and nothing else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_", "CUSPIDE_"))}
    kept |= {"UV_DEFAULT_INDEX": address, "UV_CACHE_DIR": str(folder / "uv-cache"), "LC_ALL": "en_GB"}
    kept |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"), "http://127.0.0.1:9")
    kept |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "UV_HTTP_RETRIES": "0"}
    command = [BASE_PYTHON, "-B", "-c", MAKE, str(ROOT / "bin"), str(folder), *words]
    return subprocess.run(command, env=kept, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def test_the_locked_versions_come_from_the_index_of_the_house(
    tmp_path: Path, index: tuple[str, dict[str, bytes], list[str]], project: Callable[[bytes], Path]
) -> None:
    address, served, asked = index
    served[WHEEL] = _wheel(tmp_path / WHEEL)
    folder = project(served[WHEEL])
    done = make_environment(folder, address)
    if "Cannot get uv" in done.stderr:
        pytest.skip("no uv on this machine, and no network to get it")
    assert done.returncode == 0, done.stderr
    code = "import acorn, burrow, importlib.metadata as m; print(acorn.TREE, m.version('burrow'))"
    ran = subprocess.run([folder / ".venv/bin/python", "-c", code], capture_output=True, text=True)
    assert ran.stdout.split() == ["oak", "0.1"], ran.stderr
    assert "/simple/acorn/" in asked
    assert f"/files/{WHEEL}" in asked
    assert "p%40ss" not in done.stderr + done.stdout, "a password is not printed"
    stamp = json.loads((folder / ".venv/cuspide-stamp.json").read_text())
    assert "p%40ss" not in json.dumps(stamp)
    asked.clear()
    again = make_environment(folder, address)
    assert again.returncode == 0
    assert asked == [], "an environment that is there is not made again"


def test_a_file_that_the_lock_does_not_know_is_refused(
    tmp_path: Path, index: tuple[str, dict[str, bytes], list[str]], project: Callable[[bytes], Path]
) -> None:
    address, served, _asked = index
    folder = project(_wheel(tmp_path / WHEEL))
    changed = tmp_path / "changed.whl"
    _wheel(changed)
    with zipfile.ZipFile(changed, "a") as wheel:
        wheel.writestr("stowaway.py", "")
    served[WHEEL] = changed.read_bytes()
    done = make_environment(folder, address)
    if "Cannot get uv" in done.stderr:
        pytest.skip("no uv on this machine, and no network to get it")
    assert done.returncode == 3
    assert "could not be installed" in done.stderr
    assert "ash" in done.stderr, done.stderr  # hash mismatch, in uv's words
    assert "Traceback" not in done.stderr
    assert "p%40ss" not in done.stderr, "a password is not printed"
    assert not (folder / ".venv/cuspide-stamp.json").exists()


def test_under_a_python_that_is_too_new_another_is_fetched_and_asked_for_when_it_cannot_be(
    index: tuple[str, dict[str, bytes], list[str]], project: Callable[[bytes], Path]
) -> None:
    done = make_environment(project(b""), index[0], "3.12.999")  # no machine has it
    if "Cannot get uv" in done.stderr:
        pytest.skip("no uv on this machine, and no network to get it")
    assert done.returncode == 3
    assert "is too new for one of the dependencies: Python 3.12.999 is fetched" in done.stderr
    assert "Cuspide needs Python 3.11 to 3.12.999" in done.stderr
    assert "CUSPIDE_PYTHON" in done.stderr
    assert "Traceback" not in done.stderr
