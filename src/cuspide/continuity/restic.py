"""restic, the program that carries copies to a place and brings them back: what is asked of it and what it answers.

Secrets go by the environment: other users of the machine read command lines. Nothing here deletes copies: what the
running program can delete, whoever takes the machine over can delete too. `gives_up` is how that is found out.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import DomainError

HOST = "cuspide"
_NOT_THERE = re.compile(r"unable to open config file|does not exist|NoSuchBucket|404")
_ALREADY = re.compile(r"already initialized|config file already exists")
_REFUSED = re.compile(r"403 Forbidden|permission denied|AccessDenied|blob not removed", re.IGNORECASE)
_WRONG_PASSWORD = re.compile(r"wrong password or no key found")
_NO_ROOM = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_NO_ANSWER = re.compile(r"connection refused|no such host|i/o timeout|no route to host|network is unreachable", re.I)


class ResticError(DomainError):
    """restic refused or failed; the sentence says why as far as it is known, `kind` the same for programs."""

    def __init__(self, sentence: Any, params: Mapping[str, Any] | None = None, kind: str = "other") -> None:
        super().__init__(sentence, params)
        self.kind = kind


@dataclass(frozen=True)
class Snapshot:
    """One copy that lies in a repository. `at` is ISO 8601 as restic writes it."""

    id: str
    at: str


@dataclass(frozen=True)
class Summary:
    """What a copy came to: `added` bytes are what the repository grew by, before restic packs them."""

    snapshot: str
    files: int
    size: int
    added: int


@dataclass(frozen=True)
class Repository:
    """A repository: `place` as restic names it (a folder, `rest:https://…`, `sftp:…`, `s3:…`)."""

    place: str
    password: str = field(repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    cache: Path | None = None

    def make(self) -> None:
        """A new, empty one. ResticError when there is one already, or the place cannot be written to."""
        self._run(["init"])

    def exists(self) -> bool:
        """Whether there is one that this password opens. ResticError when there is one and it does not."""
        try:
            self._run(["cat", "config", "--no-lock"])
        except ResticError as error:
            if error.kind == "missing":
                return False
            raise
        return True

    def back_up(self, folder: Path, names: Sequence[str]) -> Summary:
        """Copy these names of a folder. Files that are as they were in the last copy are not read again."""
        for said in self._lines(["backup", "--json", "--host", HOST, "--", *names], cwd=folder):
            if said.get("message_type") == "summary":
                files = said["total_files_processed"]
                return Summary(said["snapshot_id"], files, said["total_bytes_processed"], said["data_added"])
        raise ResticError(_("restic did not say what it had copied."))

    def snapshots(self) -> list[Snapshot]:
        """What lies there, the oldest first."""
        said = json.loads(self._run(["snapshots", "--json", "--no-lock"]) or "[]") or []
        found = [Snapshot(one["id"], one["time"]) for one in said]
        return sorted(found, key=lambda one: one.at)

    def restore(self, snapshot: str, target: Path, only: Sequence[str] = ()) -> None:
        """Bring a snapshot back into a folder; restic proves what it reads. Never `latest`: that may be another's."""
        words = ["restore", snapshot, "--target", str(target), "--no-lock"]
        for name in only:
            words += ["--include", name]
        self._run(words)

    def read_all(self) -> None:
        """Read every byte that lies there and prove it. ResticError where something is not what was written."""
        self._run(["check", "--read-data", "--no-lock"])

    def gives_up(self, snapshot: str) -> bool:
        """Try to have a snapshot deleted; False where the place refuses. ResticError when it fails otherwise."""
        try:
            self._run(["forget", snapshot])
        except ResticError as error:
            if error.kind == "refused":
                return False
            raise
        return True

    def _lines(self, words: Sequence[str], cwd: Path | None = None) -> Iterator[dict[str, Any]]:
        for line in self._run(words, cwd=cwd).splitlines():
            if line.startswith("{"):
                yield json.loads(line)

    def _run(self, words: Sequence[str], cwd: Path | None = None) -> str:
        program = shutil.which("restic")
        if program is None:
            raise ResticError(
                _(
                    "The program restic is missing on this machine. On Debian: apt install restic; elsewhere see "
                    "restic.net."
                )
            )
        cache = ["--cache-dir", str(self.cache)] if self.cache else ["--no-cache"]
        environment = dict(os.environ) | {"RESTIC_REPOSITORY": self.place, "RESTIC_PASSWORD": self.password}
        done = subprocess.run(
            [program, "--quiet" if words[0] != "backup" else "--verbose=0", *cache, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env=environment | {"RESTIC_PROGRESS_FPS": "0.1"} | dict(self.environment),
            cwd=cwd,
            check=False,
        )
        if done.returncode != 0:
            raise _told(done.stderr or done.stdout, shown(self.place))
        return done.stdout


def _told(said: str, place: str) -> ResticError:
    """What restic complained of, in the user's language where it is known."""
    last = next((line for line in reversed(said.strip().splitlines()) if line.strip()), "?")[:300]
    for kind, pattern, sentence in _REASONS:
        if pattern.search(said):
            return ResticError(sentence, {"place": place, "reason": last}, kind)
    return ResticError(_("restic failed at %(place)s: %(reason)s"), {"place": place, "reason": last})


_REASONS = [
    ("refused", _REFUSED, _("%(place)s does not let anything be deleted or overwritten.")),
    ("password", _WRONG_PASSWORD, _("%(place)s is a repository of somebody else: its password is another.")),
    ("full", _NO_ROOM, _("There is no room left at %(place)s.")),
    ("away", _NO_ANSWER, _("%(place)s does not answer.")),
    ("missing", _NOT_THERE, _("There is no backup at %(place)s.")),
    ("already", _ALREADY, _("%(place)s already holds something. Name an empty place.")),
]


def shown(place: str) -> str:
    """`rest:https://user:password@host/` is told without what stands before the host."""
    return re.sub(r"//[^/@]*@", "//", place)
