"""A copy to a destination: the store as it stands, the files, the settings, the wrapped copies of the key."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cuspide.continuity import live, secrets
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.services import envelope
from cuspide.core import clock, keystore
from cuspide.core.errors import DomainError, Refusal
from cuspide.core.home import Home

# The key itself is never among them: a copy without sheet or passphrase tells nothing.
CARRIED = ("cuspide.toml", "keys.json", "blobs", "tls", "anchors", "kit")


def copy_to(destination: Destination, copied: live.Copied) -> Run:
    """Carry a copy of the store and all else there. A Run that failed says why; nothing is raised for that."""
    home = keystore.practice_home()
    names = [name for name in CARRIED if (home.folder / name).exists()]
    # The same names each time: restic then knows what it need not read again.
    names.append(copied.folder.parent.relative_to(home.folder).as_posix())
    with under_way(destination, Kind.COPY) as run:
        access = secrets.access_to(destination)
        digest = envelope.renewed(home, access, destination.envelope_digest)
        if digest != destination.envelope_digest:
            Destination.objects.filter(pk=destination.pk).update(envelope_digest=digest)
        repository = access.practice(cache_of(home))
        summary = repository.back_up(home.folder, names)
        run.snapshot, run.added, run.size = summary.snapshot, summary.added, summary.size
    return run


def copy_store(home: Home, *, whole: bool) -> live.Copied:
    """The store into the practice's own folder, from where it is carried. StoreError."""
    if home.engine != "sqlite":
        raise DomainError(
            _("Backups of a practice on PostgreSQL are not made by Cuspide yet: use pg_dump every night.")
        )
    return live.copy_whole(home) if whole else live.copy_changed(home)


def not_made(destination: Destination, why: Refusal) -> Run:
    """Note that there was nothing to carry: the disk of the practice is full, or its store did not come to rest."""
    now = clock.now()
    failed = {"outcome": Outcome.FAILED, "started_at": now, "ended_at": now, "said": str(why)}
    return Run.objects.create(destination=destination, kind=Kind.COPY, **failed)


@contextmanager
def under_way(destination: Destination, kind: str) -> Iterator[Run]:
    """Notes that it began, and how it ended."""
    run = Run.objects.create(destination=destination, kind=kind)
    try:
        yield run
    except BaseException as error:
        run.outcome = Outcome.FAILED
        run.said = str(error) if isinstance(error, Refusal) else type(error).__name__
        if not isinstance(error, Refusal):
            raise
    else:
        run.outcome = Outcome.DONE
    finally:
        run.ended_at = clock.now()
        run.save()


def cache_of(home: Home) -> Path:
    """Where restic keeps what it knows of the places; worth nothing when lost."""
    return home.folder / "backup" / "cache"
