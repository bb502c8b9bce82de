"""The practice's store exchanged for another one, the one from before kept aside: whole or not at all.

Once the note `switching.json` lies in the practice's folder it is decided. Every step after it may be done again, and
whoever opens the practice next ends what a kill cut short before anything else is opened. Nothing here needs Django's
models, nor that the store from before can be read.
"""

import json
from pathlib import Path
from typing import Any

from cuspide.core.home import Home, sync_folder, write_private

_LOG, _INDEX = "-wal", "-shm"


def found(home: Home) -> bool:
    """Whether a switch was decided and is not ended."""
    return _note(home).exists()


def decide(home: Home, coming: Path, said: dict[str, Any]) -> None:
    """From here on the practice's store is `coming`, a closed file of the same disk. `said` is kept with it: what it
    was and by whom it was wanted."""
    from cuspide.core.moving import aside

    kept = aside.new_name(home, "switched", ".sqlite3")
    note = said | {"coming": coming.relative_to(home.folder).as_posix(), "aside": kept.name}
    write_private(_note(home), json.dumps(note).encode())


def settle(home: Home) -> Path:
    """Do what was decided; where the store from before lies now. Only who has the practice alone does so."""
    from cuspide.core.moving import aside

    said = json.loads(_note(home).read_text(encoding="utf-8"))
    coming, kept = home.folder / said["coming"], aside.folder(home) / Path(said["aside"]).name
    store = home.store_file
    if coming.exists():
        # Its log goes with it, and first: it would be read into the store that comes.
        for ending in (_LOG, ""):
            one = store.with_name(store.name + ending)
            if one.exists():
                one.replace(kept.with_name(kept.name + ending))
        store.with_name(store.name + _INDEX).unlink(missing_ok=True)
        sync_folder(kept.parent)
        sync_folder(home.folder)
        coming.replace(store)
        sync_folder(home.folder)
        sync_folder(coming.parent)
    write_private(_last(home), json.dumps(said).encode())
    _note(home).unlink(missing_ok=True)
    sync_folder(home.folder)
    return kept


def last(home: Home) -> dict[str, Any] | None:
    """What was said of the last switch while its old store still lies there, with its path as `path`."""
    try:
        said: dict[str, Any] = json.loads(_last(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    kept = home.folder / "copies" / Path(said["aside"]).name
    return said | {"path": kept} if kept.exists() else None


def _note(home: Home) -> Path:
    return home.folder / "switching.json"


def _last(home: Home) -> Path:
    return home.folder / "backup" / "switched.json"
