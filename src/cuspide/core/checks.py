"""The ground floor's part of `cuspide check`."""

import shutil
from collections.abc import Sequence

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.core import blobs as blob_store
from cuspide.core import keystore, pdf
from cuspide.core import store as practice_store
from cuspide.core.actor import Actor
from cuspide.core.db.errors import StoreError
from cuspide.core.models import Blob
from cuspide.core.pages.typography import file_size
from cuspide.core.permissions import STATUS
from cuspide.core.registry import Finding
from cuspide.core.service import pulse, refusing, reserve

STORE = gettext_lazy("Store")
DISK = gettext_lazy("Disk space")
DOCUMENTS = gettext_lazy("Documents")
BLOBS = gettext_lazy("Files")

_LOW_BYTES = 5 * 1024**3
_SAMPLE = 200


def store() -> Sequence[Finding]:
    """The store opens, every page holds what was written, and every connection has its settings."""
    try:
        state = practice_store.prove(keystore.practice_home())
    except (StoreError, keystore.PracticeKeyError) as error:
        return [Finding("danger", str(error))]
    found = [Finding("ok", _("The store is sound (%(version)s).") % {"version": state.version})]
    if state.pending:
        found.append(
            Finding(
                "danger",
                _("The store is older than the program: %(count)d changes of its tables are not applied.")
                % {"count": len(state.pending)},
                _("Stop the service and run “cuspide upgrade”."),
            )
        )
    if state.unknown:
        found.append(
            Finding(
                "danger",
                _("The store is newer than the program: a later version of Cuspide has worked with it."),
                _("Install that version or a later one."),
            )
        )
    if state.engine == "sqlite":
        found.extend(_pragmas())
    else:
        found.append(Finding("ok", _("What is saved is on the disk before it is said to be saved.")))
        found.append(
            Finding(
                "watch",
                _("PostgreSQL does not encrypt its files; Cuspide cannot see whether its volume is encrypted."),
                _("Keep the PostgreSQL server on an encrypted volume."),
            )
        )
    return found


def _pragmas() -> list[Finding]:
    from cuspide.core.db.sqlcipher.base import REQUIRED_PRAGMAS

    found = []
    with connection.cursor() as cursor:
        for name, wanted in REQUIRED_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}")
            (value,) = cursor.fetchone()
            if value != wanted:
                found.append(Finding("danger", f"PRAGMA {name} = {value!r} ≠ {wanted!r}"))
    return found or [Finding("ok", _("What is saved is on the disk before it is said to be saved."))]


def disk() -> Sequence[Finding]:
    """Room left on the disk of the practice's folder."""
    usage = shutil.disk_usage(keystore.practice_home().folder)
    free = _("%(free)s free") % {"free": file_size(usage.free)}
    if usage.free < _LOW_BYTES:
        return [Finding("danger", free, _("Free some room: with a full disk nothing more can be saved."))]
    if refusing.is_noted():
        return [
            Finding(
                "danger",
                _("The disk refused to write while the service ran."),
                _("Look for a limit or a quota of the service's account, and at the disk itself: it may be failing."),
            )
        ]
    return [Finding("ok", free)]


def documents() -> Sequence[Finding]:
    """The fonts that invoices and receipts are set in are there."""
    missing = pdf.missing_fonts()
    if missing:
        return [
            Finding(
                "danger",
                _("No document can be made: fonts are missing (%(names)s).") % {"names": ", ".join(missing)},
                _("Install the program again, or run frontend/build.py in its sources."),
            )
        ]
    return [Finding("ok", _("The fonts of invoices and receipts are there."))]


def blobs() -> Sequence[Finding]:
    """The newest files can be read and hold what was written."""
    bad = 0
    newest = Blob.objects.order_by("-pk")[:_SAMPLE]
    for blob in newest:
        try:
            blob_store.get(blob)
        except blob_store.BlobError:
            bad += 1
    if bad:
        return [
            Finding(
                "danger",
                _("%(bad)d of the newest files are missing or damaged.") % {"bad": bad},
                _("Bring them back from a backup."),
            )
        ]
    return [Finding("ok", _("%(count)d files read and proved.") % {"count": len(newest)})]


def disk_status(_actor: Actor) -> tuple[str, str] | None:
    """In everybody's status line, while writes are refused."""
    if reserve.is_given_up():
        return "danger", _("The disk is full: nothing can be saved")
    if reserve.takes_nothing():
        return "danger", _("The disk can only be read: nothing can be saved")
    return ("danger", _("The disk refuses to write: nothing can be saved")) if refusing.is_noted() else None


def clock_status(actor: Actor) -> tuple[str, str] | None:
    """In the status line of whoever can have it set right."""
    moved = actor.can(STATUS) and pulse.clock_moved(settings.CUSPIDE_HOME)
    return ("danger", _("The server's clock was changed while it ran")) if moved else None
