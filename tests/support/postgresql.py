"""A PostgreSQL cluster that lives as long as the tests: its own folder, port and socket, fsync as in real life.

Standard library only: `bin/test` starts one before there is an environment to speak of.
"""

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class PostgreSQLMissingError(Exception):
    """No PostgreSQL that could be started on this machine; the text says why."""


def programs() -> Path:
    """The folder of the newest initdb and pg_ctl."""

    def version(path: Path) -> int:
        found = re.search(r"/postgresql/(\d+)/", str(path))
        return int(found[1]) if found else 0

    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).parent / "pg_ctl").exists():
        return Path(on_path).parent
    raise PostgreSQLMissingError("no PostgreSQL (initdb, pg_ctl)")


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: somebody unprivileged runs it then."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise PostgreSQLMissingError("PostgreSQL refuses to run as root, and there is no user nobody")


class Cluster:
    """`start()` gives the address of a superuser's empty database; `stop()` leaves nothing behind."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.folder: Path | None = None

    def start(self) -> str:
        if self.folder is not None:
            return self.url()
        where = programs()
        user = _server_user()
        self.folder = Path(tempfile.mkdtemp(prefix="cuspide-pg-"))
        if user is not None:
            shutil.chown(self.folder, user)
        self.folder.chmod(0o700)
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        data = self.folder / "data"
        try:
            self._run([where / "initdb", "-D", data, "-U", "cuspide", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
            self.resume()
        except BaseException:
            self.stop()
            raise
        return self.url()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://cuspide@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """An empty database and its address; one of that name is thrown away first."""
        psql = shutil.which("psql") or programs() / "psql"
        for statement in (f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"'):
            self._run([psql, "-q", "-d", self.url(), "-c", statement])
        return self.url(name)

    def server_pid(self) -> int:
        """The postmaster's process."""
        if self.folder is None:
            raise PostgreSQLMissingError("not started")
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def crash(self) -> None:
        """Stop at once without a checkpoint, as when the power goes; `resume` recovers."""
        self._control("-m", "immediate", "stop")

    def resume(self) -> None:
        self._control("-l", f"{self.folder}/log", "-o", self._settings(), "start")

    def _settings(self) -> str:
        return f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"

    def _control(self, *words: str) -> None:
        self._run([programs() / "pg_ctl", "-D", f"{self.folder}/data", "-w", "-t", "60", *words])

    def stop(self) -> None:
        if self.folder is None:
            return
        if (self.folder / "data" / "postmaster.pid").exists():
            with contextlib.suppress(PostgreSQLMissingError):
                self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = None

    def _run(self, command: list[Path | str]) -> None:
        user = _server_user()
        log = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe would be kept open by the server
        with log:
            done = subprocess.run(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                check=False,
                timeout=120,
            )
            log.seek(0)
            said = log.read().decode(errors="replace").strip()
        if done.returncode != 0:
            raise PostgreSQLMissingError(f"{Path(command[0]).name} failed: {said[-500:]}")

    def __enter__(self) -> "Cluster":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
