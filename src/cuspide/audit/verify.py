"""Prove the trace: walk the whole chain and name what was altered, removed, moved or never sealed.

The walk holds one batch in memory, whatever the length. It goes through plain SQL, because making model instances
would cost more than the arithmetic.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection
from django.db.models import Max, Min

from cuspide.audit import chain, retention
from cuspide.audit.eras import TraceKeys, trace_keys
from cuspide.audit.models import Entry, Head
from cuspide.audit.sealer import head_is_ours
from cuspide.core import clock

BATCH = 5_000
FAULTS_LIMIT = 1_000
_MOVED_LIMIT = 50
_BACK_LIMIT = 20
_BACK_BY = dt.timedelta(minutes=2)
UNSEALED_AFTER = dt.timedelta(minutes=1)

ALTERED = "altered"
PAYLOAD_ALTERED = "payload altered"
PAYLOAD_REMOVED = "payload removed"
PAYLOAD_ADDED = "payload added"
REMOVED = "removed"
MOVED = "moved"
HEAD = "head"
UNSEALED = "unsealed"
ANCHOR = "anchor"


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the sealer left it. `last` ends a range of removed rows; `origin` is where a moved row
    stood."""

    kind: str
    sequence: int | None
    last: int | None = None
    origin: int | None = None


@dataclass(frozen=True)
class ClockBack:
    """The clock of the machine was set back before this entry was written. The numbers go on rising, so it is told
    and is no fault."""

    sequence: int
    seconds: int


@dataclass
class Verdict:
    """What a verification found. `emptied` counts the details that retention emptied, `anchored` the anchors that
    fit."""

    rows: int = 0
    emptied: int = 0
    anchored: int = 0
    clock_back: list[ClockBack] = field(default_factory=list)
    last_sequence: int = 0
    unsealed: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0

    @property
    def whole(self) -> bool:
        return not self.faults

    def add(self, fault: Fault) -> None:
        if len(self.faults) < FAULTS_LIMIT:
            self.faults.append(fault)
        else:
            self.more_faults += 1


@dataclass(frozen=True)
class _Sealed:
    """A row as stored, and its payload."""

    sequence: int
    columns: chain.Columns
    chain: bytes
    salt: bytes | None
    body: str | None
    emptied: bool


def standing_faults() -> list["Fault"]:
    """What is wrong with the trace apart from rows that wait for their seal: what a change of the store, or of its key,
    must leave as it was. An old fault is no reason to stay behind."""
    return [one for one in verify().faults if one.kind != UNSEALED]


def verify(*, anchors: Iterable[tuple[int, str]] = (), progress: Callable[[int], None] | None = None) -> Verdict:
    """Verify every sealed row, the head and the age of unsealed rows.

    `anchors` are heads kept outside (sequence and hexadecimal chain, or its first digits): with one, even a trace that
    was cut and wholly recomputed by somebody who has the key is found out. `progress` hears the sequence after each
    batch.
    """
    started = clock.now()
    walk = _Walk(trace_keys(), anchors)
    head = Head.objects.first()
    end = head.sequence if head is not None else 0
    end = max(end, Entry.objects.aggregate(last=Max("sequence"))["last"] or 0)
    for batch in _batches(end):
        for row in batch:
            walk.step(row)
        if progress is not None:
            progress(walk.expected - 1)
    walk.finish(head, end)
    _count_unsealed(walk.verdict)
    walk.verdict.seconds = (clock.now() - started).total_seconds()
    return walk.verdict


class _Walk:
    """The state of one verification, from the first row to the last."""

    def __init__(self, keys: TraceKeys, anchors: Iterable[tuple[int, str]]) -> None:
        self.keys = keys
        self.anchors: dict[int, set[str]] = defaultdict(set)
        for sequence, value in anchors:
            self.anchors[sequence].add(value)
        self.verdict = Verdict()
        self.expected = 1
        # What the next row may be chained to. After a faulty row both its stored and its computed link are tried, so
        # that one fault is told once; empty after a gap, where nothing can be said of the first row behind it.
        self.previous: tuple[bytes, ...] = (chain.GENESIS,)
        self.covers = retention.covers()
        self.latest = ""
        self.suspects: list[tuple[_Sealed, tuple[bytes, ...]]] = []

    def step(self, row: _Sealed) -> None:
        if row.sequence != self.expected:
            self.verdict.add(Fault(REMOVED, self.expected, last=row.sequence - 1))
            self.previous = ()
        self._check_link(row)
        self._check_payload(row)
        self._check_anchor(row)
        self._check_clock(row)
        self.expected = row.sequence + 1
        self.verdict.rows += 1
        self.verdict.last_sequence = row.sequence

    def _check_link(self, row: _Sealed) -> None:
        computed: tuple[bytes, ...] = ()
        key = self.keys.at(row.sequence)
        for previous in self.previous:
            value = chain.link(key, previous, row.sequence, row.columns)
            if value == row.chain:
                self.previous = (row.chain,)
                return
            computed += (value,)
        if computed and len(self.suspects) < _MOVED_LIMIT:
            self.suspects.append((row, self.previous))
        elif computed:
            self.verdict.add(Fault(ALTERED, row.sequence))
        self.previous = (row.chain, *computed[:1])

    def _check_payload(self, row: _Sealed) -> None:
        said = row.columns.digest
        if row.body is None:
            if said:
                self.verdict.add(Fault(PAYLOAD_REMOVED, row.sequence))
        elif row.emptied:
            if row.body or not self._covered(row):
                self.verdict.add(Fault(PAYLOAD_REMOVED, row.sequence))
            else:
                self.verdict.emptied += 1
        elif not said:
            self.verdict.add(Fault(PAYLOAD_ADDED, row.sequence))
        elif not row.body.isascii() or chain.digest(row.salt or b"", row.body).hex() != said:
            self.verdict.add(Fault(PAYLOAD_ALTERED, row.sequence))

    def _covered(self, row: _Sealed) -> bool:
        """Whether an entry of retention allows this detail to be empty; the widest cover comes first."""
        return any(row.sequence <= one.through and row.columns.at < one.before for one in self.covers)

    def _check_anchor(self, row: _Sealed) -> None:
        wanted = self.anchors.pop(row.sequence, None)
        if wanted is None:
            return
        if all(row.chain.hex().startswith(value) for value in wanted):
            self.verdict.anchored += len(wanted)
        else:
            self.verdict.add(Fault(ANCHOR, row.sequence))

    def _check_clock(self, row: _Sealed) -> None:
        """Instants as text compare like instants; only what goes back is parsed. Each step back is told once."""
        at, latest = row.columns.at, self.latest
        self.latest = at
        if at >= latest or len(self.verdict.clock_back) >= _BACK_LIMIT:
            return
        try:
            back = dt.datetime.fromisoformat(latest) - dt.datetime.fromisoformat(at)
        except ValueError:
            return
        if back >= _BACK_BY:
            self.verdict.clock_back.append(ClockBack(row.sequence, int(back.total_seconds())))

    def finish(self, head: Head | None, end: int) -> None:
        """What can only be said at the end: moved rows, rows cut off, the head."""
        if self.expected <= end:
            self.verdict.add(Fault(REMOVED, self.expected, last=end))
        for fault in self._moved_or_altered():
            self.verdict.add(fault)
        for sequence in sorted(self.anchors):
            self.verdict.add(Fault(ANCHOR, sequence))
        if head is None:
            if self.verdict.rows:
                self.verdict.add(Fault(HEAD, None))
        elif not head_is_ours(head) or (
            # A faulty last row has been told already.
            self.verdict.last_sequence == head.sequence
            and self.verdict.last_sequence not in {row.sequence for row, _previous in self.suspects}
            and bytes(head.chain) not in self.previous
        ):
            self.verdict.add(Fault(HEAD, head.sequence))

    def _link(self, previous: bytes, sequence: int, row: _Sealed) -> bytes:
        return chain.link(self.keys.at(sequence), previous, sequence, row.columns)

    def _moved_or_altered(self) -> Iterator[Fault]:
        """A suspect whose link holds at another suspect's place was moved from there; the others were altered."""
        for row, _previous in self.suspects:
            origin = next(
                (
                    other.sequence
                    for other, previous in self.suspects
                    if other is not row
                    and any(self._link(value, other.sequence, row) == row.chain for value in previous)
                ),
                None,
            )
            if origin is None:
                yield Fault(ALTERED, row.sequence)
            else:
                yield Fault(MOVED, row.sequence, origin=origin)


def _count_unsealed(verdict: Verdict) -> None:
    unsealed = Entry.objects.filter(sequence__isnull=True)
    verdict.unsealed = unsealed.count()
    if unsealed.filter(at__lt=clock.now() - UNSEALED_AFTER).exists():
        verdict.add(Fault(UNSEALED, None))


_SELECT = """
SELECT e.sequence, {uuid}, {at}, e.actor_user_id, {actor_label}, {role}, {workstation}, {action}, {subject_kind},
       {subject_uuid}, {patient_uuid}, e.site_id, e.digest, e.chain, p.salt, {body}, p.emptied_at IS NOT NULL
FROM audit_entry e LEFT JOIN audit_payload p ON p.entry_id = e.id
WHERE e.sequence > %s AND e.sequence <= %s
ORDER BY e.sequence
"""
_TEXTS = ["actor_label", "role", "workstation", "action", "subject_kind"]
_PARSED = ["uuid", "at", "subject_uuid", "patient_uuid"]


def _statement(form: str) -> str:
    """The query, with the columns that a driver would parse or decode in a `form`: "sqlite" and "postgresql" give
    text, because to make objects and turn them back would double the time; "bytes" gives what is there."""
    columns = {name: f"e.{name}" for name in [*_TEXTS, *_PARSED]} | {"body": "p.body"}
    if form == "sqlite":
        columns |= {name: f"CAST(e.{name} AS TEXT)" for name in _PARSED}
    elif form == "postgresql":
        columns |= {name: f"replace(e.{name}::text, '-', '')" for name in _PARSED}
        columns["at"] = """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""
    else:
        columns = {name: f"CAST({column} AS BLOB)" for name, column in columns.items()}
    return _SELECT.format(**columns)


def _batches(end: int) -> Iterator[list[_Sealed]]:
    """All sealed rows up to `end` in order, a stretch of sequences at a time: a bounded stretch is read by the index
    whatever the store believes of its tables, where a LIMIT let PostgreSQL sort the whole trace for each batch."""
    read = _postgresql if connection.vendor == "postgresql" else _sqlite
    after = 0
    while after < end:
        batch = read(after, min(after + BATCH, end))
        if batch:
            yield batch
            after += BATCH
            continue
        following = Entry.objects.filter(sequence__gt=after).aggregate(first=Min("sequence"))["first"]
        if following is None:
            return
        after = following - 1


def _rows(form: str, after: int, end: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(form), [after, end])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _postgresql(after: int, end: int) -> list[_Sealed]:
    return [_sealed(row, row[2]) for row in _rows("postgresql", after, end)]


def _sqlite(after: int, end: int) -> list[_Sealed]:
    try:
        rows = _rows("sqlite", after, end)
    except OperationalError:
        # A text that is no text: SQLite lets anybody write one. It is read as bytes, and will not fit its link.
        rows = [tuple(_decoded(value, at) for at, value in enumerate(row)) for row in _rows("bytes", after, end)]
    return [_sealed(row, _instant_of(str(row[2]))) for row in rows]


def _decoded(value: Any, column: int) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) and column not in {12, 13, 14} else value


def _instant_of(text: str) -> str:
    """The canonical instant from the text in which Django keeps it in SQLite."""
    at = text.replace(" ", "T", 1)
    return at if len(at) == 26 else f"{at}.000000"


def _sealed(row: tuple[Any, ...], at: str) -> _Sealed:
    """A row of `_SELECT`. Whatever type somebody wrote into a column, it is read and not stumbled over."""
    columns = chain.Columns(
        uuid=str(row[1]),
        at=at,
        actor_user_id=row[3],
        actor_label=str(row[4]),
        role=str(row[5]),
        workstation=str(row[6]),
        action=str(row[7]),
        subject_kind=str(row[8]),
        subject_uuid=row[9],
        patient_uuid=row[10],
        site_id=row[11],
        digest=_bytes(row[12]).hex(),
    )
    return _Sealed(
        sequence=row[0],
        columns=columns,
        chain=_bytes(row[13]),
        salt=None if row[14] is None else _bytes(row[14]),
        body=row[15],
        emptied=bool(row[16]),
    )


def _bytes(value: Any) -> bytes:
    return str(value).encode() if isinstance(value, str | int | float) else bytes(value)
