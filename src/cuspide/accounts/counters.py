"""Where failed sign-ins are counted: Django's cache in the store, with writes that cannot pass each other.

Django's own looks for the row and then writes it, in two statements, and keeps silent about a write that failed. Two
workers on PostgreSQL then both took a lock that had run out, both counted from the same number, and 20 guesses at once
had 20 tries where ten are allowed.
"""

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router

from cuspide.core import clock

_FOREVER = datetime.max.replace(tzinfo=UTC)
_COUNT = "SELECT COUNT(*) FROM accounts_cache"
# SQL of both stores.
_SET = """
INSERT INTO accounts_cache (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires
"""
_ADD = _SET + " WHERE accounts_cache.expires < %s"


class Counters(DatabaseCache):
    """The cache of the limits: `add` and `set` are one statement each, and raise DatabaseError when it fails."""

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._write(key, value, timeout, version, over_live=True)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._write(key, value, timeout, version, over_live=False)

    def _write(self, key: str, value: Any, timeout: Any, version: int | None, *, over_live: bool) -> bool:
        """Write the row unless a live one stands there and `over_live` is not given; whether it was written."""
        name = self.make_and_validate_key(key, version=version)
        connection = connections[router.db_for_write(self.cache_model_class)]
        adapt = connection.ops.adapt_datetimefield_value
        # Django's cache reads and expires by the time of the machine.
        now = clock.machine().replace(microsecond=0)
        ends = self.get_backend_timeout(timeout)
        until = (_FOREVER if ends is None else datetime.fromtimestamp(ends, tz=UTC)).replace(microsecond=0)
        row = [name, base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1"), adapt(until)]
        with connection.cursor() as cursor:
            cursor.execute(_COUNT)
            count = cursor.fetchone()[0]
            if count > self._max_entries:
                self._cull(connection.alias, cursor, now, count)  # type: ignore[attr-defined]
            cursor.execute(_SET if over_live else _ADD, row if over_live else [*row, adapt(now)])
            return bool(cursor.rowcount)
