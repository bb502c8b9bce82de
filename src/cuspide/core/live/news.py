"""What is told: a topic such as `agenda:<site>:<day>`, written in the transaction of the change it tells of.

On PostgreSQL it is a NOTIFY, which the server hands out at the commit and forgets at a rollback. SQLite tells nothing
but that something changed (`PRAGMA data_version`): the topic's row says what, with a number that rises over all topics.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cuspide.core.actor import Actor
from cuspide.core.registry import Point
from cuspide.core.rights import Right

CHANNEL = "cuspide_live"
# Uuids, days and words of the program: no name fits in by accident.
_TOPIC = re.compile(r"[a-z]+(:[a-z0-9-]{1,40}){0,3}", flags=re.ASCII)
# Writers of SQLite stand in a row: nobody else takes the same number.
_TELL = """
INSERT INTO core_livetopic (topic, site_id, version)
VALUES (%s, %s, (SELECT COALESCE(MAX(version), 0) + 1 FROM core_livetopic))
ON CONFLICT (topic) DO UPDATE SET version = EXCLUDED.version, site_id = EXCLUDED.site_id
"""


@dataclass(frozen=True)
class Kind:
    """A kind of news, by the first word of its topics, and the right without which nobody hears it."""

    key: str
    right: Right
    order: int = 50


kinds: Point[Kind] = Point("kinds of news")


@dataclass(frozen=True)
class News:
    """Something changed. `site` is the primary key of the site it belongs to, None where it belongs to none."""

    topic: str
    site: int | None = None

    def may_be_told(self, actor: Actor) -> bool:
        """Whether this person may know of it. What no room declared is told to nobody."""
        kind = self.topic.partition(":")[0]
        return kind in kinds and actor.can(kinds[kind].right, self.site)


def announce(kind: Kind, *words: Any, site: int | None = None) -> None:
    """Tell, when the caller's transaction commits, that what these words name has changed."""
    topic = ":".join([kind.key, *map(str, words)])
    if not _TOPIC.fullmatch(topic):
        raise ValueError("a topic is made of lower-case words, digits and hyphens")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps([topic, site])])
        else:
            cursor.execute(_TELL, [topic, site])
