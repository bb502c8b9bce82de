"""An earlier point brought back beside the living practice, to be looked at and, perhaps, switched to.

It lies in `backup/beside`, a whole folder of the practice. Its files are those of the living practice where these are
as they were (a second name of the same file), and come from the copy where they are not.
"""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.continuity import lost, points, proving, secrets
from cuspide.continuity.models import Destination, Run
from cuspide.continuity.permissions import RESTORE
from cuspide.continuity.restic import Repository, Snapshot
from cuspide.continuity.services.copying import cache_of
from cuspide.core import home as homes
from cuspide.core import keystore, occupied, store
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.home import Home, sync_folder, write_private
from cuspide.core.models import Blob

_POINT = "point.json"
_ALWAYS = ("/cuspide.toml", "/keys.json", "/tls", "/anchors", "/backup/store")
_AROUND = 29
"""Bytes that the encryption of a file adds to it (`core.blobs`)."""
_SINGLY = 200


@dataclass(frozen=True)
class Beside:
    """A point that was brought back beside. `at` is ISO 8601; `marks` are those of `lost.marks`."""

    folder: Path
    snapshot: str
    at: str
    place: str
    marks: dict[str, Any]
    patients: int
    entries: int
    files: int
    older: bool
    """whether its tables are of an earlier version of the program"""

    @property
    def moment(self) -> Any:
        return points.moment(Snapshot(self.snapshot, self.at))


def folder_of(home: Home) -> Path:
    return home.folder / "backup" / "beside"


def standing(home: Home) -> Beside | None:
    """The point that lies beside the practice now."""
    folder = folder_of(home)
    try:
        said = json.loads((folder / _POINT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Beside(folder, **said) if (folder / "store.sqlite3").exists() else None


def known(destination: Destination, snapshot: str) -> Run:
    """The copy of which somebody speaks; DomainError when this place never had it."""
    run = points.done(destination).filter(snapshot=snapshot).first()
    if run is None:
        raise DomainError(_("There is no such copy at this place."))
    return run


def bring(actor: Actor, destination: Destination, wanted: str) -> Beside:
    """Bring a point of a place beside the practice, in the stead of the one that lies there. `wanted` is as
    `points.chosen` reads it. DomainError or StoreError leaves nothing half there."""
    actor.require_everywhere(RESTORE)
    home = keystore.practice_home()
    if home.engine != "sqlite":
        raise DomainError(_("A practice on PostgreSQL is brought back to an empty machine only, with “restore”."))
    repository = secrets.access_to(destination).practice(cache_of(home))
    snapshot = points.chosen(repository.snapshots(), wanted)
    with occupied.one_at_a_time(home.folder / "backup" / "bringing"):
        made = _bring(home, repository, snapshot, destination.name)
    trail.record(
        actor, "continuity.bring_beside", subject=destination, detail={"at": snapshot.at[:19], "copy": snapshot.id[:8]}
    )
    return made


def drop(actor: Actor) -> None:
    """Remove what was brought beside. The copy at its place stays."""
    actor.require_everywhere(RESTORE)
    shutil.rmtree(folder_of(keystore.practice_home()), ignore_errors=True)


def _bring(home: Home, repository: Repository, snapshot: Snapshot, place: str) -> Beside:
    folder = folder_of(home)
    store.require_free(
        home.folder,
        2 * store.size(home),
        _("Bringing a point back beside needs %(needed)s on the disk of %(path)s, and %(free)s are free."),
    )
    half = folder.with_name("beside.half")
    for one in (half, folder):
        shutil.rmtree(one, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    try:
        repository.restore(snapshot.id, half, only=_ALWAYS)
        proving.refuse_strange(half)
        back = homes.load(half)
        if not back.exists:
            raise DomainError(_("The backup does not hold the practice's settings."))
        if back.key_id != home.key_id:
            raise DomainError(
                _(
                    "This copy is under another key, of before the key was changed. It comes back to an empty folder: "
                    "“cuspide restore”, with the sheet or passphrase of that time."
                )
            )
        proving.put_together(half)
        shutil.rmtree(half / "backup", ignore_errors=True)
        with proving.opened(back):
            missing = list(_linked(home, half))
        _fetch(repository, snapshot, half, missing)
        proof = proving.prove(back, half)
        with proving.opened(back):
            older = bool(store.pending())
            said: dict[str, Any] = {
                "snapshot": snapshot.id,
                "at": snapshot.at,
                "place": place,
                "marks": lost.marks(),
                "patients": proof.patients,
                "entries": proof.entries,
                "files": proof.files,
                "older": older,
            }
        write_private(half / _POINT, json.dumps(said).encode())
        half.rename(folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return Beside(folder, **said)


def _linked(home: Home, half: Path) -> Iterable[str]:
    """Give the point the files of the living practice that are as it knows them; those that are not are told."""
    for digest, size in Blob.objects.values_list("digest", "size").iterator():
        living, own = (folder / "blobs" / digest[:2] / digest for folder in (home.folder, half))
        try:
            if living.stat().st_size != size + _AROUND:
                raise FileNotFoundError
            own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            link(living, own)
        except FileNotFoundError:
            yield digest


def link(old: Path, new: Path) -> None:
    """A second name of a file that nobody changes any more; a copy of it on disks that know no second names."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(old, new)


def _fetch(repository: Repository, snapshot: Snapshot, half: Path, missing: list[str]) -> None:
    """Files from the copy itself, in a folder of their own: what has two names is never written over."""
    if not missing:
        return
    scratch = half / "fetched"
    names = [f"/blobs/{one[:2]}/{one}" for one in missing] if len(missing) <= _SINGLY else ["/blobs"]
    repository.restore(snapshot.id, scratch, only=names)
    for one in missing:
        found, own = (folder / "blobs" / one[:2] / one for folder in (scratch, half))
        if found.exists():
            own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            found.replace(own)
    shutil.rmtree(scratch, ignore_errors=True)
