"""Ends a change of key that was cut short, before anything else opens the practice: forward when it was decided, back
when it was not. Each step may be done again; between any two of them a kill costs nothing.

On SQLite the change is decided by the name of its folder, on PostgreSQL by the store, which says whose key it is of.
Nothing here needs Django.
"""

import shutil
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cuspide.core import keystore
from cuspide.core.home import Home, sync_folder
from cuspide.core.keys import platform
from cuspide.core.keys.changing import staging
from cuspide.core.keys.changing.staging import Change, ChangeError
from cuspide.core.keys.errors import PracticeKeyError

FORWARD, BACK = "forward", "back"


def found(home: Home) -> bool:
    """Whether something of a change of key lies there."""
    return any(place(home).exists() for place in (staging.half, staging.whole, staging.done))


def settle(home: Home) -> str:
    """End what was cut short: FORWARD, BACK, or "" when there was nothing to end. ChangeError with nothing changed when
    what lies there is not this practice's, or a file of it is not as it was made."""
    told = ""
    if staging.whole(home).exists():
        change = staging.read(home, _masters(home))
        if home.engine == "sqlite" or _store_changed(home, change):
            _forward(home, change)
            told = FORWARD
        else:
            if staging.half(home).exists():
                staging.forget(home)
            staging.whole(home).rename(staging.half(home))
    if staging.done(home).exists():
        told = told or FORWARD
        _clean(home)
    if staging.half(home).exists():
        staging.forget(home)
        told = told or BACK
    return told


def _masters(home: Home) -> list[bytes]:
    """The keys by which a change may be proved."""
    if not home.key_in_file:
        marks = {home.key_id, *staging.marks(staging.whole(home))}
        return [one for mark in sorted(marks) if mark and (one := platform.get(mark)) is not None and len(one) == 32]
    try:
        # What waits beside it may be of anybody's making: only the key in its place proves a change.
        return [keystore.read(home.key_file)]
    except PracticeKeyError:
        return []


def _store_changed(home: Home, change: Change) -> bool:
    """Whether the PostgreSQL store says that it is of the new key."""
    import psycopg

    try:
        with psycopg.connect(home.url, connect_timeout=20) as link:
            if link.execute("SELECT to_regclass('core_retiredkey')").fetchone() == (None,):
                return False
            last = link.execute("SELECT mark, successor FROM core_retiredkey ORDER BY id DESC LIMIT 1").fetchone()
    except psycopg.Error as error:
        raise ChangeError(
            _(
                "A change of the key was cut short, and the PostgreSQL store that knows whether it was made does not "
                "answer (%(reason)s). Nothing was changed. Start PostgreSQL and try again."
            ),
            {"reason": type(error).__name__},
        ) from None
    return last == (change.old, change.new)


def _forward(home: Home, change: Change) -> None:
    targets = staging.places(home)
    _refuse_missing_key(home, change)
    for name, digest in change.files.items():
        _refuse_damaged(staging.whole(home) / name, targets[name], digest)
    for name in staging.NAMES:
        if name in change.files and name != staging.CONFIG:
            _place(staging.whole(home) / name, targets[name])
    _place_key(home, change)
    _place(staging.whole(home) / staging.CONFIG, targets[staging.CONFIG])
    staging.whole(home).rename(staging.done(home))
    sync_folder(home.folder)


def _refuse_damaged(waiting: Path, target: Path, digest: str) -> None:
    """Before anything gets its place: each file must wait as it was made, or be in its place already."""
    if staging.digest(waiting if waiting.exists() else target) != digest:
        raise _damaged(waiting)


def _place(waiting: Path, target: Path) -> None:
    if not waiting.exists():
        return  # it is there already
    if waiting.name == staging.STORE:
        # The log belongs to the store that goes; left behind, it would be read into the one that comes.
        for ending in ("-wal", "-shm"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
    waiting.replace(target)
    sync_folder(target.parent)


def _damaged(path: Path) -> ChangeError:
    return ChangeError(
        _(
            "A change of the key was cut short, and its file %(path)s is missing or is not as it was made. Nothing "
            "was changed. Bring the practice's folder back from a backup."
        ),
        {"path": path},
    )


def _refuse_missing_key(home: Home, change: Change) -> None:
    """Before anything gets its place: the new key must be there to follow."""
    if not home.key_in_file:
        if platform.get(change.new) is None:
            raise _key_missing(change)
    elif not _key_in_place(home, change):
        try:
            right = keystore.key_id(keystore.read(staging.next_key(home))) == change.new
        except PracticeKeyError:
            right = False
        if not right:
            raise _key_missing(change)


def _key_in_place(home: Home, change: Change) -> bool:
    return keystore.key_id(keystore.read(home.key_file)) == change.new


def _place_key(home: Home, change: Change) -> None:
    if home.key_in_file and not _key_in_place(home, change):
        staging.next_key(home).replace(home.key_file)
        sync_folder(home.key_file.parent)


def _key_missing(change: Change) -> ChangeError:
    return ChangeError(
        _(
            "A change of the key was cut short, and the new key (mark %(mark)s) does not lie where it was put. Name "
            "the place with CUSPIDE_KEY_FILE, as when the change was begun. Nothing more was changed."
        ),
        {"mark": change.new},
    )


def _clean(home: Home) -> None:
    """What is left when all is in its place. In a keystore, the old key goes: it lies sealed in the store."""
    if not home.key_in_file and (old := staging.marks(staging.done(home))[0]):
        platform.remove(old)
    shutil.rmtree(staging.done(home))
    sync_folder(home.folder)
