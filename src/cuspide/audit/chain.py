"""The arithmetic of the trace: canonical text of a row, digest of its payload, link of the chain. Pure functions.

A link is HMAC-SHA256 under the practice's trace key over the link before it and the row's canonical JSON, so that
whoever holds the store without the key cannot recompute the chain. The payload enters by a salted digest only:
retention may empty it and every link still holds.
"""

import datetime as dt
import enum
import hashlib
import hmac
import json
import math
import uuid
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from django.utils.functional import Promise

GENESIS = bytes(32)
SALT_BYTES = 16
BODY_LIMIT = 32 * 1024
_DEPTH_LIMIT = 12
_ITEMS_LIMIT = 2_000
_INTEGER_LIMIT = 2**63


class Columns(NamedTuple):
    """A row's columns in their canonical form: uuids as 32 hexadecimal digits, the instant as ISO 8601 in UTC with
    six decimals and without offset, the digest as hexadecimal ("" where there is no payload)."""

    uuid: str
    at: str
    actor_user_id: int | None
    actor_label: str
    role: str
    workstation: str
    action: str
    subject_kind: str
    subject_uuid: str | None
    patient_uuid: str | None
    site_id: int | None
    digest: str


def instant(at: dt.datetime) -> str:
    """The canonical form of an aware instant."""
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def row_text(sequence: int, row: Columns) -> str:
    """Canonical JSON of a row at its place: an array in the order of `Columns` behind the sequence, ASCII only.

    Written by hand because verification spends most of its time here; a test holds it equal to `json.dumps`.
    """
    quote = encode_basestring_ascii
    return (
        f'[{sequence},"{row.uuid}","{row.at}",{_or_null(row.actor_user_id)},{quote(row.actor_label)},'
        f"{quote(row.role)},{quote(row.workstation)},{quote(row.action)},{quote(row.subject_kind)},"
        f"{_quoted_or_null(row.subject_uuid)},{_quoted_or_null(row.patient_uuid)},{_or_null(row.site_id)},"
        f'"{row.digest}"]'
    )


def _or_null(value: int | None) -> str:
    return "null" if value is None else str(value)


def _quoted_or_null(value: str | None) -> str:
    return "null" if value is None else f'"{value}"'


def link(key: bytes, previous: bytes, sequence: int, row: Columns) -> bytes:
    """The chain's value at a row: 32 bytes."""
    return hmac.digest(key, previous + row_text(sequence, row).encode("utf-8", "replace"), "sha256")


def head_mac(key: bytes, sequence: int, chain: bytes) -> bytes:
    """What proves that the sealer itself left the chain at this head: no row of the store contains it, so that the
    rows behind a cut do not offer an older head."""
    return hmac.digest(key, b"head:%d:" % sequence + chain, "sha256")


def digest(salt: bytes, body: str) -> bytes:
    """SHA-256 over the salt and the canonical JSON of a payload."""
    return hashlib.sha256(salt + body.encode("ascii")).digest()


def canonical(detail: Mapping[str, Any]) -> str:
    """Canonical JSON of a payload: sorted keys, no spaces, ASCII, no NaN, exact decimals as text.

    What JSON cannot hold exactly becomes text; a payload over 32 KiB is replaced by its size, SHA-256 and keys, so
    that a page never fails because of its trace. TypeError for an object nobody taught it (a mistake of the program).
    """
    body = _dump(_plain(detail, 0))
    if len(body) <= BODY_LIMIT:
        return body
    keys = sorted(str(key)[:60] for key in detail)[:50]
    return _dump({"cut": True, "keys": keys, "sha256": hashlib.sha256(body.encode()).hexdigest(), "size": len(body)})


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _plain(value: Any, depth: int) -> Any:
    """A value in what JSON holds exactly."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return _plain(value.value, depth)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value) if -_INTEGER_LIMIT < value < _INTEGER_LIMIT else hex(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, Decimal | uuid.UUID | Promise):
        return str(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return f"{value.total_seconds()} s"
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    if depth >= _DEPTH_LIMIT:
        return "…"
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, depth + 1) for key, item in _first(value.items())}
    if isinstance(value, Set):
        return sorted((_plain(item, depth + 1) for item in _first(value)), key=repr)
    if isinstance(value, Sequence):
        return [_plain(item, depth + 1) for item in _first(value)]
    raise TypeError(f"the trace cannot hold a {type(value).__name__}")


def _key(key: Any) -> str:
    return str(key.value if isinstance(key, enum.Enum) else key)


def _first(items: Any) -> Any:
    for number, item in enumerate(items):
        if number >= _ITEMS_LIMIT:
            return
        yield item
