"""A practice brought back to an empty machine, from a place and the sheet or passphrase. Nothing is there to ask: what
is found at the place is proved before the practice gets its folder.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext_lazy as _

from cuspide.audit import anchors
from cuspide.continuity import proving, restic, secrets
from cuspide.continuity.onefile import reading
from cuspide.continuity.onefile.reading import Opened
from cuspide.continuity.proving import Proof
from cuspide.continuity.services import envelope
from cuspide.core import home as homes
from cuspide.core import keystore
from cuspide.core.errors import DomainError, Refusal
from cuspide.core.home import Home
from cuspide.core.keys import copies
from cuspide.core.keys.errors import CopyError


@dataclass(frozen=True)
class Restored:
    """What was brought back: from which copy, under which key, and what was proved."""

    snapshot: restic.Snapshot
    mark: str
    proof: Proof


@dataclass(frozen=True)
class Found:
    """A place that was opened: its repository, the practice's key, the wrapped copies of it."""

    repository: restic.Repository
    master: bytes
    snapshots: list[restic.Snapshot]


def open_place(place: str, environment: Mapping[str, str], opened: Opened) -> Found:
    """Open a place by its newest envelope that sheet or passphrase open; `opened` asks for them and gives the master
    key. Whoever may only add to the place may have laid others on top. DomainError when none of them is Cuspide's and
    of this key."""
    access = secrets.Access(place, "", dict(environment))
    found = access.envelope().snapshots()
    if not found:
        raise DomainError(_("There is no backup at %(place)s."), {"place": restic.shown(place)})
    refused: Refusal | None = None
    for one in reversed(found):
        try:
            master, password = _from_envelope(access, one, opened)
        except Refusal as error:
            # A wrong sheet says more than an envelope that is none.
            refused = error if refused is None or isinstance(error, CopyError) else refused
            continue
        repository = secrets.Access(place, password, dict(environment)).practice()
        return Found(repository, master, repository.snapshots())
    assert refused is not None
    raise refused


def _from_envelope(access: secrets.Access, one: restic.Snapshot, opened: Opened) -> tuple[bytes, str]:
    """The master key and the repository's password out of one envelope."""
    folder = Path(tempfile.mkdtemp(prefix="cuspide-envelope-"))
    try:
        access.envelope().restore(one.id, folder)
        proving.refuse_strange(folder)
        made = copies.read(Home(folder))
        if not made:
            raise ValueError
        master = opened(made)
        said = json.loads((folder / envelope.SEALED).read_text(encoding="ascii"))
        inside = secrets.opened(bytes.fromhex(said["sealed"]), keystore.derived(master, secrets.LABEL))
    except CopyError:
        raise
    except (OSError, ValueError, KeyError, TypeError, InvalidTag) as error:
        raise DomainError(
            _("What lies at %(place)s was not made under this key: it is another practice's, or was exchanged."),
            {"place": restic.shown(access.place)},
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return master, inside.password


def bring_back(found: Found, snapshot: restic.Snapshot, home: Home, given: Sequence[str] = ()) -> Restored:
    """Make the practice's folder from a snapshot. It has its name once everything in it was proved, with the anchors
    that are `given` as `audit verify` takes them; whatever fails before leaves nothing."""
    with _coming(home) as half:
        found.repository.restore(snapshot.id, half)
        proving.refuse_strange(half)
        proving.put_together(half)
        proof = _proved(half, found.master, given)
        _take_its_place(half, home, found.master)
    return Restored(snapshot, keystore.key_id(found.master), proof)


def bring_back_file(file: Path, home: Home, opened: Opened, given: Sequence[str] = ()) -> Restored:
    """The same from a copy in one file."""
    with _coming(home) as half:
        master, said = reading.unpack(file, half, opened)
        proof = _proved(half, master, given)
        _take_its_place(half, home, master)
    return Restored(restic.Snapshot(file.name, said["made"]), keystore.key_id(master), proof)


@contextmanager
def _coming(home: Home) -> Iterator[Path]:
    """The folder in which the practice is put together, beside its own; gone again after any failure."""
    if home.folder.exists() and any(home.folder.iterdir()):
        raise DomainError(_("The folder %(path)s is not empty. Nothing was changed."), {"path": home.folder})
    half = home.folder.with_name(home.folder.name + ".restoring")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    try:
        yield half
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def _proved(half: Path, master: bytes, given: Sequence[str]) -> Proof:
    back = homes.load(half)
    if not back.exists or back.key_id != keystore.key_id(master):
        raise DomainError(_("The copy is of another practice than the key. Nothing was changed."))
    if back.engine != "sqlite":
        raise DomainError(_("This copy is of a practice on PostgreSQL."))
    with keystore.standing_in(master):
        return proving.prove(back, half, lambda: [one for text in given for one in anchors.read(text)])


def _take_its_place(half: Path, home: Home, master: bytes) -> None:
    shutil.rmtree(half / "backup", ignore_errors=True)
    keystore.put(homes.load(half), master)
    if home.folder.exists():
        home.folder.rmdir()
    half.rename(home.folder)
    homes.sync_folder(home.folder.parent)
