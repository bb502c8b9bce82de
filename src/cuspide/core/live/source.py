"""Where news come from. Asked a few times a second, in one thread that keeps its connection."""

import json
from typing import Any, Protocol

from django.db import connection

from cuspide.core.live.news import CHANNEL, News


class Source(Protocol):
    """`look()` gives what was told since the last look. A database error means that some may have been missed."""

    def look(self) -> list[News]: ...


class SQLiteSource:
    """`PRAGMA data_version` moves when another connection committed; only then the topics are asked."""

    def __init__(self) -> None:
        self._seen: int | None = None
        self._last = 0

    def look(self) -> list[News]:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchone()
            if version == self._seen:
                return []
            if self._seen is None:
                cursor.execute("SELECT COALESCE(MAX(version), 0) FROM core_livetopic")
                (self._last,) = cursor.fetchone()
            self._seen = version
            cursor.execute(
                "SELECT topic, site_id, version FROM core_livetopic WHERE version > %s ORDER BY version", [self._last]
            )
            rows = cursor.fetchall()
        if rows:
            self._last = rows[-1][2]
        return [News(topic, site) for topic, site, _version in rows]


class PostgreSQLSource:
    """LISTEN, on a connection of its own; what came in is read without asking the server."""

    def __init__(self) -> None:
        self._listening: Any = None
        self._heard: list[News] = []

    def look(self) -> list[News]:
        connection.ensure_connection()
        link: Any = connection.connection
        if link is not self._listening:
            link.add_notify_handler(lambda told: self._hear(told.payload))
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listening = link
        with connection.wrap_database_errors:
            link.pgconn.consume_input()
            while told := link.pgconn.notifies():
                self._hear(told.extra.decode())
        heard, self._heard = self._heard, []
        return heard

    def _hear(self, payload: str) -> None:
        topic, site = json.loads(payload)
        self._heard.append(News(topic, site))


def source() -> Source:
    """The source of the practice's store."""
    return PostgreSQLSource() if connection.vendor == "postgresql" else SQLiteSource()
