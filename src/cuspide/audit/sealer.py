"""Give the trace its sequence and its chain: one sealer at a time, within a second of the commit.

A head locked inside every transaction would make the practice queue up behind its own trace, so the chain is closed
afterwards. The time between commit and seal is the only one in which a row could vanish without a mark.
"""

import hmac
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from cuspide.audit import chain, gathering
from cuspide.audit.models import Entry, Head
from cuspide.core import clock, keystore

logger = logging.getLogger("cuspide.audit")

PAUSE_SECONDS = 1.0
BATCH = 2_000
_ADVISORY_LOCK = 0x437573706964  # "Cuspid"
# SQL of both stores; the ORM refuses to change an entry.
_SEAL = "UPDATE audit_entry SET sequence = %s, chain = %s WHERE id = %s AND sequence IS NULL"


@dataclass(frozen=True)
class ChainHead:
    """Where the chain stands, to be kept outside of the machine. `chain` is hexadecimal."""

    sequence: int
    chain: str
    sealed_at: str

    @classmethod
    def of(cls, head: Head) -> "ChainHead":
        return cls(head.sequence, bytes(head.chain).hex(), chain.instant(head.sealed_at))


def trace_key() -> bytes:
    """The practice's key of the chain."""
    return keystore.derive("audit")


def export_head() -> ChainHead | None:
    """The head of the chain for an anchor; None before the first seal."""
    head = Head.objects.first()
    return None if head is None else ChainHead.of(head)


def last_sealed() -> tuple[int, bytes] | None:
    """Sequence and link of the last row that has them."""
    row = Entry.objects.filter(sequence__isnull=False).order_by("-sequence").only("sequence", "chain").first()
    if row is None or row.sequence is None or row.chain is None:
        return None
    return row.sequence, bytes(row.chain)


def head_is_ours(head: Head) -> bool:
    """Whether the head is one that the sealer itself wrote."""
    expected = chain.head_mac(trace_key(), head.sequence, bytes(head.chain))
    return hmac.compare_digest(expected, bytes(head.mac))


def columns(entry: Entry) -> chain.Columns:
    """An entry as the chain covers it."""
    return chain.Columns(
        entry.uuid.hex,
        chain.instant(entry.at),
        entry.actor_user_id,
        entry.actor_label,
        entry.role,
        entry.workstation,
        entry.action,
        entry.subject_kind,
        None if entry.subject_uuid is None else entry.subject_uuid.hex,
        None if entry.patient_uuid is None else entry.patient_uuid.hex,
        entry.site_id,
        bytes(entry.digest).hex(),
    )


def seal_pending(limit: int = BATCH) -> int:
    """Seal up to `limit` committed rows and say how many; 0 also when another sealer is at work."""
    if not Entry.objects.filter(sequence__isnull=True).exists():
        return 0
    with _alone() as alone:
        return _seal(limit) if alone else 0


def seal_all() -> None:
    """Seal everything that waits: the trace is then proved to its very end. Another sealer at work is left to it."""
    while seal_pending():
        pass


def run_forever(stop: threading.Event) -> None:
    """Seal each second until told to stop, and once more then."""
    while not stop.is_set():
        gathering.settle()
        while seal_pending() >= BATCH and not stop.is_set():
            pass
        stop.wait(PAUSE_SECONDS)
    gathering.settle(everything=True)
    seal_pending()


@contextmanager
def _alone() -> Iterator[bool]:
    """A transaction in which no other sealer runs. SQLite's is IMMEDIATE and so alone by nature."""
    with transaction.atomic():
        if connection.vendor != "postgresql":
            yield True
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
            (alone,) = cursor.fetchone()
        yield bool(alone)


def _seal(limit: int) -> int:
    key = trace_key()
    pending = list(Entry.objects.filter(sequence__isnull=True).order_by("id")[:limit])
    if not pending:
        return 0
    sequence, previous = _start(key)
    marks = []
    for entry in pending:
        sequence += 1
        previous = chain.link(key, previous, sequence, columns(entry))
        marks.append((sequence, previous, entry.pk))
    with connection.cursor() as cursor:
        cursor.executemany(_SEAL, marks)
    Head.objects.update_or_create(
        id=1,
        defaults={
            "sequence": sequence,
            "chain": previous,
            "mac": chain.head_mac(key, sequence, previous),
            "sealed_at": clock.now(),
        },
    )
    return len(marks)


def _start(key: bytes) -> tuple[int, bytes]:
    """Where to go on. Where the head is not the sealer's own, a number is left out: the scar stays in the chain, and
    sealing on does not make a cut trace whole again."""
    head = Head.objects.first()
    last = last_sealed()
    if head is None and last is None:
        return 0, chain.GENESIS
    sequence, stored = last or (0, chain.GENESIS)
    if head is not None and head_is_ours(head) and head.sequence >= sequence:
        return head.sequence, bytes(head.chain)
    logger.error("the head of the trace is not the one the sealer left; run cuspide audit verify")
    return max(sequence, head.sequence if head else 0) + 1, stored
