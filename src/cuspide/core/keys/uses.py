"""Every use of the practice's key, and what becomes of it when the practice changes its master key.

A label that the source derives and that does not stand here fails a test: whoever adds a use says what a change of
key does with what was made under it.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cuspide.core import keystore
from cuspide.core.registry import Point


class Fate(enum.Enum):
    """What becomes of what was made under the old key."""

    REMADE = "made again under the new key; the old one opens it no more"
    KEPT = "stays, and is still proved or opened by the retired key, which lies sealed under the new one"
    STAYS = "stays, and nothing needs a key to go on with it"
    FORGOTTEN = "is worth nothing afterwards, and is to be made again by people"


@dataclass(frozen=True)
class Exchange:
    """A change of the master key, as the uses see it: two keys a label."""

    old_master: bytes
    new_master: bytes

    def old(self, label: str) -> bytes:
        return keystore.derived(self.old_master, label)

    def new(self, label: str) -> bytes:
        return keystore.derived(self.new_master, label)


@dataclass(frozen=True)
class KeyUse:
    """`key` is the label. `remake(exchange)` makes rows of the store again, in the transaction of the change, and says
    how many; `note()` is what must be known of the old key's time, read before anything is made again."""

    key: str
    fate: Fate
    why: str
    remake: Callable[[Exchange], int] | None = None
    note: Callable[[], Any] | None = None
    order: int = 50


uses: Point[KeyUse] = Point("key_uses")
