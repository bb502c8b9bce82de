"""A disk that refuses to write though it has room: a limit or a quota of the account, a medium that fails.

The system tells nobody of it before somebody writes, so whoever is refused leaves a mark, a file without content.
While it lies there the background tries a write of its own every few seconds, and takes it away when one went well and
nobody was refused for a while.
"""

import contextlib
import logging
import time
from pathlib import Path

from django.db import DatabaseError, OperationalError, connection, transaction

from cuspide.core import keystore
from cuspide.core.models import StoreVersion
from cuspide.core.service import pulse

logger = logging.getLogger("cuspide.disk")

_QUIET_S = 15.0
# The mark of this process, where not even the file could be made, and when somebody was refused last.
_noted: float | None = None
# In the background: which mark was seen last, and since when.
_seen: tuple[int, float] | None = None
_IO_ERROR = "58030"


def is_refusal(error: BaseException | None) -> bool:
    """Whether a database error says that the disk gave one."""
    if not isinstance(error, OperationalError):
        return False
    return "disk I/O error" in str(error) or getattr(error.__cause__, "sqlstate", None) == _IO_ERROR


def note() -> None:
    """Somebody was refused."""
    global _noted
    if not is_noted():
        logger.error("the disk refuses to write")
    _noted = time.monotonic()
    with contextlib.suppress(OSError):
        _mark().touch(mode=0o600)


def is_noted() -> bool:
    """Whether the disk refuses to write, as far as is known."""
    return (_noted is not None and time.monotonic() - _noted < _QUIET_S) or _mark().exists()


def look() -> None:
    """Where somebody was refused: try again. Called in the background, every few seconds."""
    if not _mark().exists():
        return
    try:
        _write()
    except DatabaseError as error:
        if is_refusal(error):
            note()
        return
    finally:
        connection.close()  # what holds a file that failed may go on failing
    if _quiet():
        _mark().unlink(missing_ok=True)
        logger.warning("the disk takes writes again")


def _write() -> None:
    """Write what is there already, as any write: through the log of the store and onto the disk."""
    with transaction.atomic():
        for row in StoreVersion.objects.order_by("-pk")[:1]:
            row.save(update_fields=["version"])


def _quiet() -> bool:
    """Whether nobody was refused for a while. This process alone looks, from when it first saw the mark as it is."""
    global _seen
    stamp = _mark().stat().st_mtime_ns
    if _seen is None or _seen[0] != stamp:
        _seen = (stamp, time.monotonic())
    return time.monotonic() - _seen[1] >= _QUIET_S


def _mark() -> Path:
    return pulse.folder(keystore.practice_home()) / "refused"
