"""Master keys that the practice used before, each sealed under the one it uses now.

They prove what cannot be made again: the links of the trace and the anchors of their time; and they open copies and
backups from then. Who has the present key has them too; who has an old one learns nothing of those that came after.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag

from cuspide.core import keystore
from cuspide.core.keys.sealing import seal, unseal
from cuspide.core.keys.uses import Exchange, uses
from cuspide.core.models import RetiredKey

logger = logging.getLogger("cuspide.keys")

LABEL = "retired"


@dataclass(frozen=True)
class Retired:
    """A key of before. `notes` is what each use asked to have kept of that time, by label."""

    mark: str
    master: bytes
    notes: Mapping[str, Any]

    def derive(self, label: str) -> bytes:
        return keystore.derived(self.master, label)


def kept() -> list[Retired]:
    """The keys of before, the oldest first. One that does not open is left out: what needs it is not proved."""
    found = []
    for row in RetiredKey.objects.order_by("pk"):
        opened = _opened(row, keystore.derive(LABEL))
        if opened is None:
            logger.error("the retired key %s cannot be opened", row.mark)
        else:
            found.append(opened)
    return found


def mark_of_store() -> str:
    """The mark of the key that this store is of; "" before the first change of key, when the store does not say."""
    last = RetiredKey.objects.order_by("-pk").values_list("successor", flat=True).first()
    return last or ""


def notes() -> dict[str, Any]:
    """What the uses want to be known of the time that ends now."""
    return {use.key: use.note() for use in uses if use.note is not None}


def retire(exchange: Exchange, said: Mapping[str, Any]) -> int:
    """Seal the old key, and those before it, under the new one. How many they are now."""
    old, new = exchange.old(LABEL), exchange.new(LABEL)
    for row in RetiredKey.objects.order_by("pk"):
        opened = _opened(row, old)
        if opened is not None:
            row.sealed = _sealed(opened, row.successor, new)
            row.save(update_fields=["sealed"])
    mark = keystore.key_id(exchange.old_master)
    successor = keystore.key_id(exchange.new_master)
    sealed = _sealed(Retired(mark, exchange.old_master, said), successor, new)
    RetiredKey.objects.create(mark=mark, successor=successor, sealed=sealed)
    return RetiredKey.objects.count()


def _bound(mark: str, successor: str) -> bytes:
    return f"{mark}:{successor}".encode()


def _sealed(retired: Retired, successor: str, key: bytes) -> bytes:
    said = json.dumps({"key": retired.master.hex(), "notes": dict(retired.notes)}, sort_keys=True).encode()
    return seal(key, said, _bound(retired.mark, successor))


def _opened(row: RetiredKey, key: bytes) -> Retired | None:
    try:
        said = json.loads(unseal(key, bytes(row.sealed), _bound(row.mark, row.successor)))
        return Retired(row.mark, bytes.fromhex(said["key"]), said["notes"])
    except (InvalidTag, ValueError, KeyError, TypeError):
        return None
