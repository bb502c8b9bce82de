"""What a PostgreSQL server must be set to, so that an acknowledged change is on its disk.

SQLite's settings are ours, set and read back on every connection (`core.db.sqlcipher`). PostgreSQL's are the
operator's: they are read, and a server that may forget what it acknowledged is refused.
"""

from typing import Any

# With remote_write and remote_apply a replica has it as well.
REQUIRED_SETTINGS = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}


def wrong_settings(cursor: Any) -> dict[str, str]:
    """The settings of this connection under which an acknowledged change may be lost, with their values."""
    cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(REQUIRED_SETTINGS)])
    return {name: value for name, value in cursor.fetchall() if value not in REQUIRED_SETTINGS[name]}
