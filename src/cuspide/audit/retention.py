"""Empty the details of old entries. The rows and the chain stay: who did what and when is kept longer than the what.

Before a detail is emptied, an entry says through which number and of which time, with a proof that needs the
practice's key. Verification takes an emptied detail for retention's only when such an entry covers it, so that
whoever empties one early, or forges the entry, is found out.
"""

import datetime as dt
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cuspide.audit import chain, sealer, trail
from cuspide.audit.eras import trace_keys
from cuspide.audit.models import Entry, Keeping, Payload
from cuspide.audit.permissions import EMPTY
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError
from cuspide.core.models import Job
from cuspide.core.work import jobs

ACTION = "audit.empty_details"
DONE = "audit.details_emptied"
# CNIL, deliberation 2021-122 of 14 October 2021 on logging: six months to one year; longer, up to three years, where
# a particular risk is written down.
FEWEST_MONTHS, USUAL_MONTHS, MOST_MONTHS = 6, 12, 36
_DAYS = 365.25 / 12
BATCH = 2_000
# The salt goes with the body: with it, a short detail could be guessed from its digest.
_EMPTY = """
UPDATE audit_payload SET body = '', salt = %s, emptied_at = %s
WHERE emptied_at IS NULL AND entry_id IN (
    SELECT id FROM audit_entry WHERE sequence > %s AND sequence <= %s AND at < %s AND action <> %s
)
"""


@dataclass(frozen=True)
class Cover:
    """What retention's own entry allows to be empty: entries through a number, made before an instant (in the
    canonical form of `chain.instant`)."""

    through: int
    before: str


def months() -> int:
    """For how many months details are kept."""
    kept = Keeping.objects.first()
    return kept.months if kept is not None else USUAL_MONTHS


def set_months(actor: Actor, wanted: int) -> None:
    """Set for how long details are kept. Raises Forbidden or DomainError."""
    actor.require(EMPTY)
    if not FEWEST_MONTHS <= wanted <= MOST_MONTHS:
        raise DomainError(
            _("Details are kept for %(fewest)d to %(most)d months."),
            {"fewest": FEWEST_MONTHS, "most": MOST_MONTHS},
        )
    with transaction.atomic():
        kept, _made = locks.held(Keeping.objects).get_or_create(id=1)
        before, kept.months = kept.months, wanted
        kept.save(update_fields=["months"])
        trail.record(actor, "audit.set_keeping", detail={"before": before, "after": wanted})


def due_before(of_months: int | None = None) -> dt.datetime:
    """Details of entries made before this instant are due."""
    return clock.now() - dt.timedelta(days=_DAYS * (of_months or months()))


def empty_details(
    actor: Actor,
    before: dt.datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Empty the details of all sealed entries made before an instant (by default as the owner set) and say how many.

    In batches, each committed: `progress(done, total)` hears each and may raise to stop; what was emptied stays, and
    the next run goes on from there. DomainError for an instant that is too young.
    """
    actor.require(EMPTY)
    before = before or due_before()
    if before > due_before(FEWEST_MONTHS):
        raise DomainError(_("Details younger than %(fewest)d months are not emptied."), {"fewest": FEWEST_MONTHS})
    after = _reached()
    old = Entry.objects.filter(at__lt=before, sequence__gt=after)
    through = old.aggregate(last=Max("sequence"))["last"]
    if through is None or not _anything(after, through, before):
        return 0
    _announce(actor, through, before)
    # Behind the first younger entry (a clock was wrong once) the next run looks again.
    younger = Entry.objects.filter(at__gte=before, sequence__gt=after).aggregate(first=Min("sequence"))["first"]
    ripe = through if younger is None else min(through, younger - 1)
    emptied = 0
    try:
        for low in range(after, through, BATCH):
            high = min(low + BATCH, through)
            emptied += _empty(low, high, before, min(high, ripe))
            if progress is not None:
                progress(high - after, through - after)
    finally:
        # A run that was stopped says what it did, too.
        trail.record(actor, DONE, detail={"emptied": emptied})
    return emptied


@dataclass(frozen=True)
class State:
    """How far retention is: the last entry emptied through, the details still kept, and the run there is or was."""

    reached: int
    kept: int
    due: bool
    running: bool
    stopped: bool
    done: int
    total: int


_RUN = "audit.retention.run"


def state() -> State:
    """What the page says of retention. Four queries."""
    reached, before = _reached(), due_before()
    run = Job.objects.filter(key__startswith=_RUN).order_by("-pk").first()
    status = _status(run)
    return State(
        reached=reached,
        kept=Payload.objects.filter(emptied_at__isnull=True).count(),
        due=Payload.objects.filter(emptied_at__isnull=True, entry__sequence__gt=reached, entry__at__lt=before)
        .exclude(entry__action=ACTION)
        .exists(),
        running=status in {TaskResultStatus.READY, TaskResultStatus.RUNNING},
        stopped=bool(run and run.stop_requested and status == TaskResultStatus.FAILED),
        done=run.done if run else 0,
        total=run.total if run else 0,
    )


def start(actor: Actor) -> None:
    """Empty now what is due, as a job; one that was stopped goes on."""
    actor.require(EMPTY)
    from cuspide.audit import tasks  # the job calls this module

    with transaction.atomic():
        last = Job.objects.filter(key__startswith=_RUN).order_by("-pk").first()
        if _status(last) in {TaskResultStatus.READY, TaskResultStatus.RUNNING}:
            return
        number = Job.objects.filter(key__startswith=_RUN).count()
        jobs.enqueue(tasks.empty_details, key=f"{_RUN}:{number}", label="audit.retention")
        trail.record(actor, "audit.start_emptying")


def stop(actor: Actor) -> None:
    """Ask the running job to stop after its batch."""
    actor.require(EMPTY)
    with transaction.atomic():
        last = Job.objects.filter(key__startswith=_RUN).order_by("-pk").first()
        if last is not None and _status(last) in {TaskResultStatus.READY, TaskResultStatus.RUNNING}:
            jobs.request_stop(last.pk)
            trail.record(actor, "audit.stop_emptying")


def _status(run: Job | None) -> str:
    if run is None:
        return ""
    return DBTaskResult.objects.filter(id=run.task_id).values_list("status", flat=True).first() or ""


def _reached() -> int:
    kept = Keeping.objects.first()
    return kept.reached if kept is not None else 0


def _anything(after: int, through: int, before: dt.datetime) -> bool:
    return (
        Payload.objects.filter(
            emptied_at__isnull=True, entry__sequence__gt=after, entry__sequence__lte=through, entry__at__lt=before
        )
        .exclude(entry__action=ACTION)
        .exists()
    )


def _announce(actor: Actor, through: int, before: dt.datetime) -> None:
    """The entry that covers what will be empty, committed before the first detail is."""
    said = Cover(through, chain.instant(before))
    trail.record(
        actor,
        ACTION,
        detail={"through": said.through, "before": said.before, "proof": _proof(said, sealer.trace_key())},
    )


def _empty(low: int, high: int, before: dt.datetime, reached: int) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_EMPTY, [b"", clock.now(), low, high, before, ACTION])
            emptied = int(cursor.rowcount)
        kept, _made = locks.held(Keeping.objects).get_or_create(id=1)
        if reached > kept.reached:
            kept.reached = reached
            kept.save(update_fields=["reached"])
    return emptied


def _proof(said: Cover, key: bytes) -> str:
    return hmac.digest(key, f"retention:{said.through}:{said.before}".encode(), "sha256").hex()


def covers() -> list[Cover]:
    """What retention's entries allow, widest first. Those whose proof is not ours, and those that were announced for
    what was too young then, allow nothing."""
    return sorted(_proved(), key=lambda one: (-one.through, one.before))


def _proved() -> Iterator[Cover]:
    entries = Entry.objects.filter(action=ACTION).select_related("payload")
    keys = trace_keys()
    for entry in entries.iterator(chunk_size=100):
        payload = getattr(entry, "payload", None)
        if payload is None or not payload.body.isascii():
            continue
        if chain.digest(bytes(payload.salt), payload.body) != bytes(entry.digest):
            continue
        try:
            kept = json.loads(payload.body)
            said, proof = Cover(int(kept["through"]), str(kept["before"])), str(kept["proof"])
        except (ValueError, KeyError, TypeError):
            continue
        youngest = chain.instant(entry.at - dt.timedelta(days=_DAYS * FEWEST_MONTHS - 1))
        # One that waits for its seal is of this era.
        expected = _proof(said, keys.keys[-1] if entry.sequence is None else keys.at(entry.sequence))
        if hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace")) and said.before <= youngest:
            yield said
