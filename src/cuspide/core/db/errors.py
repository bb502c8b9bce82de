"""Why a store is refused, in sentences. A refused store is never touched."""

import os
from pathlib import Path
from typing import NoReturn

from django.db.utils import OperationalError
from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import Refusal


class StoreError(Refusal, OperationalError):
    """The store cannot be used; the text says why, what was kept and what to do. To Django it is an operational
    error of the database."""


def refuse_missing(path: Path) -> None:
    """Refuse a store that is not there, or is a file of no bytes."""
    if not path.exists():
        raise StoreError(
            _(
                "The store %(path)s is not there. No new one was made in its place. If the folder is right, bring the "
                "store back from a backup; if this practice is new, run “cuspide init”."
            ),
            {"path": path},
        )
    if path.stat().st_size == 0:
        refuse_empty(path)


def is_writable(path: Path) -> bool:
    """Whether a file and its folder may be written to, as the system sees it now; it says no of a disk that turned read
    only, to root, too."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def refuse_read_only(path: Path) -> None:
    """Refuse a store that can be read and not written: nothing could be shown, for what is shown is traced."""
    if not is_writable(path):
        raise StoreError(
            _(
                "The store %(path)s can be read and not written: its disk is set to be read only, or its folder "
                "belongs to somebody else. Nothing was changed. Look at the disk, then start again."
            ),
            {"path": path},
        )


def refuse_empty(path: Path) -> NoReturn:
    """Refuse a store without a single table."""
    raise StoreError(
        _(
            "The store %(path)s is empty: its content was lost or it was never finished. Nothing was written to it. "
            "Bring it back from a backup."
        ),
        {"path": path},
    )


def refuse_unreadable(path: Path, error: Exception) -> None:
    """Refuse a store whose first page does not open under a key that is known to be the right one."""
    if "not a database" in str(error) or "malformed" in str(error):
        raise StoreError(
            _(
                "The store %(path)s is damaged at its beginning, or it was encrypted with another key. Nothing was "
                "written to it. Keep this file, and bring the store back from a backup. If it is from before a change "
                "of the key: “cuspide key former”, with the store of today in its place, hands out the key of its time."
            ),
            {"path": path},
        ) from error


def damaged(path: Path, places: int) -> StoreError:
    """The error of a store with pages that do not hold what was written."""
    return StoreError(
        _(
            "The store %(path)s is damaged: %(places)d of its pages do not hold what was written to them. It was not "
            "opened and nothing was changed. Keep this file, and bring the store back from a backup."
        ),
        {"path": path, "places": places},
    )
