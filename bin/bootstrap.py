"""Makes the project's environment (.venv, from uv.lock) on a machine that has Python and little else.

Only the standard library is used. uv is taken from what is there, in this order: `uv` on PATH, a venv with pip,
`pip install --target`, the wheel itself from the configured index. Whatever the way, the uv that is fetched is
the one pinned here by its SHA-256.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from speech import BootstrapError, say, words
from wheel_index import certificate_file, configured_index, fetch_wheel, unpack_script

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bootstrap"
VENV = ROOT / ".venv"
MINIMUM_PYTHON = (3, 11)
# sqlcipher3-wheels stops before 3.15: under a newer Python uv fetches this one for .venv.
TOO_NEW_PYTHON = (3, 15)
FETCHED_PYTHON = "3.14"
MINIMUM_UV = (0, 5)
UV_VERSION = "0.13.9"
# Digests as PyPI gives them for this release; a file that differs is refused, whatever index it came from.
UV_DIGESTS = {
    "manylinux_2_17_x86_64.manylinux2014_x86_64": "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    "musllinux_1_1_x86_64": "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    "manylinux_2_28_aarch64": "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64": (
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe"
    ),
    "macosx_10_12_x86_64": "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    "macosx_11_0_arm64": "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    "win_amd64": "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b",
}
UV_WHEELS = {f"uv-{UV_VERSION}-py3-none-{platform}.whl": digest for platform, digest in UV_DIGESTS.items()}


def interpreter() -> str:
    """The Python that runs this file, as an absolute path that outlives a change of directory."""
    return sys.executable or shutil.which("python3") or "python3"


def require_python() -> None:
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise BootstrapError(
            words(
                f"Cuspide demande Python 3.11 ou plus récent\N{NO-BREAK SPACE}; celui-ci est {found}.",
                f"Cuspide needs Python 3.11 or newer; this one is {found}.",
            )
        )


def environment() -> dict[str, str]:
    """The environment of uv, pip and npm: certificates of the house, a cache that can be written, no stray venv."""
    env = dict(os.environ)
    for stray in ("VIRTUAL_ENV", "PYTHONHOME", "UV_PROJECT", "UV_PYTHON_PREFERENCE"):
        env.pop(stray, None)
    certificates = certificate_file()
    if certificates:
        for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"):
            env.setdefault(name, certificates)
    home = env.get("HOME", "")
    if os.name == "posix" and not (home and os.path.isdir(home) and os.access(home, os.W_OK)):
        env["HOME"] = str(ROOT / ".cache" / "home")
        Path(env["HOME"]).mkdir(parents=True, exist_ok=True)
    fetched = sys.version_info >= TOO_NEW_PYTHON
    env.update(
        UV_PYTHON=FETCHED_PYTHON if fetched else interpreter(),
        UV_PYTHON_DOWNLOADS="automatic" if fetched else "never",
        UV_PROJECT_ENVIRONMENT=str(VENV),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_NO_INPUT="1",
    )
    return env


def call(command: Sequence[str | Path], *, quiet: bool = True, timeout: float | None = None) -> tuple[int, str]:
    """Run without a terminal on its input; the exit status and what it wrote (nothing when not quiet)."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else sys.stderr,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
            errors="replace",
            cwd=ROOT,
            env=environment(),
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, str(error)
    return done.returncode, done.stdout or ""


# --- uv, by what is there ---------------------------------------------------------------------------------------


def _usable(uv: Path | str) -> bool:
    status, output = call([uv, "--version"], timeout=60)
    if status != 0 or not output.startswith("uv "):
        return False
    with contextlib.suppress(ValueError):
        return tuple(int(part) for part in output.split()[1].split(".")[:2]) >= MINIMUM_UV
    return False


def _script(folder: Path, name: str) -> Path:
    return folder / ("Scripts" if os.name == "nt" else "bin") / (name + (".exe" if os.name == "nt" else ""))


def _pinned_requirements(folder: Path) -> Path:
    path = folder / "uv-requirements.txt"
    hashes = " ".join(f"--hash=sha256:{digest}" for digest in UV_WHEELS.values())
    path.write_text(f"uv=={UV_VERSION} {hashes}\n", encoding="ascii")
    return path


def uv_on_path(_folder: Path) -> Path:
    found = shutil.which("uv")
    if not found:
        raise BootstrapError("uv: PATH")
    return Path(found)


def uv_by_venv(folder: Path) -> Path:
    status, output = call([interpreter(), "-m", "venv", folder / "venv"], timeout=300)
    if status == 0:
        pip: list[str | Path] = [
            _script(folder / "venv", "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary",
            ":all:",
        ]
        status, output = call([*pip, "--require-hashes", "-r", _pinned_requirements(folder)], timeout=600)
    if status != 0:
        raise BootstrapError(output)
    return _script(folder / "venv", "uv")


def uv_by_pip_target(folder: Path) -> Path:
    target = folder / "target"
    pip: list[str | Path] = [
        interpreter(),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--only-binary",
        ":all:",
        "--target",
        target,
    ]
    status, output = call([*pip, "--require-hashes", "-r", _pinned_requirements(folder)], timeout=600)
    if status != 0:
        raise BootstrapError(output)
    return _script(target, "uv")


def uv_by_wheel(folder: Path) -> Path:
    wheel = fetch_wheel("uv", UV_WHEELS, folder)
    return unpack_script(wheel, "uv", folder / "wheel")


WAYS: list[tuple[str, Callable[[Path], Path]]] = [
    ("path", uv_on_path),
    ("venv", uv_by_venv),
    ("target", uv_by_pip_target),
    ("wheel", uv_by_wheel),
]


def find_uv() -> Path:
    """A uv that runs. Raises BootstrapError with what each way answered."""
    kept = CACHE / f"uv-{UV_VERSION}"
    answers = []
    for name, way in WAYS:
        if name == "venv" and (kept / "uv-path").is_file():  # fetched on an earlier day
            uv = kept / (kept / "uv-path").read_text(encoding="utf-8")
            if _usable(uv):
                return uv
        if name != "path":
            CACHE.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="uv-", dir=CACHE if CACHE.is_dir() else None))
        try:
            uv = way(folder)
            if not _usable(uv):
                raise BootstrapError(words(f"{uv} ne fonctionne pas ici", f"{uv} does not run here"))
            if name == "path":
                return uv
            shutil.rmtree(kept, ignore_errors=True)
            folder.rename(kept)
            (kept / "uv-path").write_text(str(uv.relative_to(folder)), encoding="utf-8")
            say(f"uv {UV_VERSION} obtenu (voie «\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}»).", f"Got uv by “{name}”.")
            return kept / uv.relative_to(folder)
        except (BootstrapError, OSError) as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            answers.append(f"  {name}: {lines[-1] if lines else error!r}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise BootstrapError(
        words(
            "Impossible d’obtenir uv, qui installe les dépendances. Vérifiez la connexion à Internet (ou PIP_INDEX_URL,"
            " HTTPS_PROXY et SSL_CERT_FILE derrière le réseau d’une entreprise). Voies essayées\N{NO-BREAK SPACE}:",
            "Cannot get uv, which installs the dependencies. Check the network (or PIP_INDEX_URL, HTTPS_PROXY and"
            " SSL_CERT_FILE behind a company's network). Ways tried:",
        )
        + "\n"
        + "\n".join(answers)
    )


# --- .venv from uv.lock ------------------------------------------------------------------------------------------


def venv_python() -> Path:
    return _script(VENV, "python")


def venv_script(name: str) -> Path:
    return _script(VENV, name)


def _lock_digest() -> str:
    digest = hashlib.sha256(str(ROOT).encode())  # an environment that was moved has scripts that point nowhere
    digest.update((ROOT / "uv.lock").read_bytes())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    digest.update(json.dumps([project["project"], project["build-system"]], sort_keys=True).encode())
    return digest.hexdigest()


def _stamp() -> dict[str, object]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((VENV / "cuspide-stamp.json").read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One bootstrap at a time: a second one waits for the first."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        if os.name == "posix":
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Une autre installation est en cours, attente…", "Another installation is running, waiting…")
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_environment(groups: set[str]) -> None:
    """`.venv` holds what uv.lock says for these dependency groups; nothing is done when it already does.

    A run that was killed leaves a marker, and the next one starts the environment afresh.
    """
    require_python()
    try:
        with alone():
            _make_environment(groups)
    except PermissionError as error:
        raise BootstrapError(
            words(
                f"Le dossier {ROOT} n’est pas modifiable par cet utilisateur ({error.filename}).",
                f"The folder {ROOT} cannot be written by this user ({error.filename}).",
            )
        ) from error


def _make_environment(groups: set[str]) -> None:
    stamp = _stamp()
    kept = stamp.get("groups")
    had = {str(group) for group in kept} if isinstance(kept, list) else set()
    marker = CACHE / "making"
    if marker.exists():
        shutil.rmtree(VENV, ignore_errors=True)
    alive = venv_python().exists() and call([venv_python(), "-c", "import sys"], timeout=60)[0] == 0
    if alive and stamp.get("digest") == _lock_digest() and groups <= had:
        return
    if VENV.exists() and not alive:
        shutil.rmtree(VENV)
    say("Installation de l’environnement (.venv) depuis uv.lock…", "Making the environment (.venv) from uv.lock…")
    too_new = sys.version_info >= TOO_NEW_PYTHON
    found = ".".join(map(str, sys.version_info[:2]))
    if too_new:
        say(
            f"Python {found} est trop récent pour une des dépendances\N{NO-BREAK SPACE}: Python {FETCHED_PYTHON} est"
            " téléchargé à côté, pour Cuspide seul.",
            f"Python {found} is too new for one of the dependencies: Python {FETCHED_PYTHON} is fetched beside it, for"
            " Cuspide alone.",
        )
    uv = find_uv()
    wanted = sorted(groups | had)
    marker.touch()
    options = [option for group in wanted for option in ("--group", group)]
    index = configured_index()
    if index is None:
        steps: list[list[str | Path]] = [[uv, "sync", "--frozen", *options]]
    else:  # the lock names the files of PyPI: another index is asked for the same versions with the same digests
        listing = CACHE / "requirements.txt"
        at_index: list[str | Path] = ["--python", venv_python(), "--default-index", index]
        steps = [
            [uv, "venv", "--quiet", "--allow-existing", VENV],
            [uv, "export", "--quiet", "--frozen", "--no-emit-project", *options, "--output-file", listing],
            [uv, "pip", "sync", *at_index, "--require-hashes", listing],
            [uv, "pip", "install", *at_index, "--no-deps", "--editable", ROOT],
        ]
    for step in steps:
        status, output = call([*step], quiet=not sys.stderr.isatty())
        if status != 0:
            raise BootstrapError(
                words(
                    "Les dépendances n’ont pas pu être installées. Ce que uv a répondu\N{NO-BREAK SPACE}:",
                    "The dependencies could not be installed. What uv answered:",
                )
                + "\n"
                + output[-4000:]
                + (_other_python(found) if too_new else "")
            )
    stamp_text = json.dumps({"digest": _lock_digest(), "groups": wanted})
    (VENV / "cuspide-stamp.json").write_text(stamp_text, encoding="utf-8")
    marker.unlink()


def _other_python(found: str) -> str:
    """What helps where no suitable Python could be fetched."""
    return "\n" + words(
        f"Cuspide demande Python 3.11 à {FETCHED_PYTHON}, et seul Python {found} a été trouvé. Installez l’un d’eux, ou"
        " indiquez-le par CUSPIDE_PYTHON.",
        f"Cuspide needs Python 3.11 to {FETCHED_PYTHON}, and only Python {found} was found. Install one of them, or"
        " name it in CUSPIDE_PYTHON.",
    )


def system_node() -> str | None:
    """A Node on PATH that Vite runs on (20.19 or 22.12 and later); otherwise the `node` group brings one."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        status, output = call([node, "--version"], timeout=30)
        with contextlib.suppress(ValueError):
            major, minor = map(int, output.strip().lstrip("v").split(".")[:2])
            if status == 0 and ((20, 19) <= (major, minor) < (21, 0) or (major, minor) >= (22, 12)):
                return node
    return None


def build_front_end() -> None:
    status, output = call([venv_python(), ROOT / "frontend" / "build.py"], quiet=not sys.stderr.isatty())
    if status != 0:
        raise BootstrapError(
            words("L’interface n’a pas pu être construite.", "The front end could not be built.")
            + "\n"
            + output[-4000:]
        )
