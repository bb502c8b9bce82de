"""Whether what was brought back is the practice: put together, opened, read page by page, its trace proved."""

import datetime as dt
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cuspide.audit import anchors, verify
from cuspide.audit.models import Entry
from cuspide.continuity import live, pages
from cuspide.core import blobs, store
from cuspide.core.db.errors import StoreError
from cuspide.core.errors import DomainError
from cuspide.core.home import Home
from cuspide.core.models import Blob
from cuspide.core.moving import target
from cuspide.patients.models import Patient

FILES = 20
"""So many files of the practice, drawn by chance, are opened."""


@dataclass(frozen=True)
class Proof:
    """What was found in what was brought back."""

    patients: int
    entries: int
    """of the trace, each link proved"""
    files: int
    anchors: int = 0
    """heads of the trace, kept elsewhere or in the copy, that it carries"""
    later: tuple[str, ...] = ()
    """anchors, as they are typed, that end behind this trace: it is of before them, or was cut"""
    ends_at: dt.datetime | None = None
    """when the last entry of the trace was written"""


def put_together(folder: Path) -> Path:
    """The store of a folder that was brought back, from its newest generation. DomainError where it has none that is
    whole: an exclude may have left it out, or somebody changed it."""
    home = Home(folder)
    known = live.generations(home)
    if not known:
        raise DomainError(_("The backup does not hold the store."))
    try:
        pages.assemble(known[-1], home.store_file)
    except pages.DamagedError as error:
        raise DomainError(_("The backup is damaged: %(path)s is not what was copied."), {"path": error}) from error
    return home.store_file


def refuse_strange(folder: Path) -> None:
    """DomainError where a copy holds anything but files and folders: no copy of a practice does, and a link would lead
    whoever writes there out of it."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            kind = (Path(place) / name).lstat().st_mode
            if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
                raise DomainError(
                    _("The backup holds links or devices, which no copy of a practice does: %(name)s."), {"name": name}
                )


def prove(home: Home, folder: Path, given: Callable[[], Iterable[anchors.Anchor]] = tuple) -> Proof:
    """Open the store in `folder` as the practice `home` and prove it, with the anchors that lie in the copy and those
    that are `given` (read once the store is open, whose earlier keys may have signed them). DomainError or StoreError
    says what is wrong. The key is the one that the running process has."""
    there = replace(home, folder=folder)
    with opened(there):
        store.prove_pages(there.store_file)
        ends = Entry.objects.filter(sequence__isnull=False).order_by("-sequence").values_list("sequence", "at").first()
        kept = {*given(), *_anchors_in(folder / anchors.FOLDER)}
        length = ends[0] or 0 if ends else 0
        within = [(one.sequence, one.chain) for one in kept if one.sequence <= length]
        later = sorted(one.typed for one in kept if one.sequence > length)
        verdict = verify.verify(anchors=within)
        # What was written within the second before the copy is sealed by the practice that is brought back.
        wrong = sum(fault.kind != verify.UNSEALED for fault in verdict.faults) + verdict.more_faults
        if any(fault.kind == verify.ANCHOR for fault in verdict.faults):
            raise DomainError(
                _("The trace in the backup is not the one that the anchors name: it was cut or rewritten.")
            )
        if wrong:
            raise DomainError(_("The trace in the backup does not hold together: %(count)d faults."), {"count": wrong})
        files = 0
        for blob in Blob.objects.order_by("?")[:FILES]:
            try:
                blobs.get(blob, there.blob_folder)
            except blobs.BlobError as error:
                raise DomainError(_("The backup does not hold all files: %(reason)s"), {"reason": error}) from error
            files += 1
        return Proof(
            Patient.objects.count(),
            verdict.rows,
            files,
            verdict.anchored,
            tuple(later),
            ends[1] if ends else None,
        )


def _anchors_in(folder: Path) -> Iterator[anchors.Anchor]:
    """Those that the practice had kept among its own files. A damaged one proves nothing and hinders nobody."""
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            yield from anchors.read(str(file))
        except anchors.AnchorError:
            continue


@contextmanager
def opened(home: Home) -> Iterator[None]:
    """The store of a folder that was brought back stands in for the practice's, in this thread."""
    own = target.opened(home, home.store_file)
    try:
        with target.standing_in(own):
            yield
    except StoreError:
        raise
    finally:
        own.close()
        for ending in ("-wal", "-shm"):
            home.store_file.with_name(home.store_file.name + ending).unlink(missing_ok=True)
