"""Jobs over django-tasks: what it lacks is added here.

django-tasks keeps a queue in the store. It has no lease, so a task whose worker was killed stays "running" for ever;
no attempts, no key, no progress, no stop. `Job` holds these beside the task. A job runs at least once: what it does
outside the store goes through `core.work.outbox`, keyed.

    @job
    def rebuild(handle: Handle, site_id: int) -> None:
        for done, row in enumerate(rows(after=handle.reached.get("row"))):
            ...
            handle.progress(done, total, reached={"row": row.pk})   # also the place to stop

    jobs.enqueue(rebuild, site.pk, key=f"rebuild:{site.pk}")
"""

import datetime as dt
import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.db import IntegrityError, connection, transaction
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from cuspide.core import clock
from cuspide.core.db import locks
from cuspide.core.models import Job
from cuspide.core.registry import Point

logger = logging.getLogger("cuspide.jobs")

LEASE = dt.timedelta(seconds=60)
_HEARTBEAT_S = 15.0
_POLL_S = 1.0
# Of what comes round, how many of the last are looked at.
_SLOTS = 400
_BACKOFF = [dt.timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600)]


class Stopped(Exception):
    """Somebody asked the job to stop; it goes on later from the place it reached."""


@dataclass
class Handle:
    """What a running job holds of itself."""

    job: Job

    @property
    def reached(self) -> dict[str, Any]:
        """The place an earlier attempt reached, as it said so itself."""
        return cast(dict[str, Any], self.job.reached)

    def progress(self, done: int, total: int, reached: dict[str, Any] | None = None) -> None:
        """Say how far the job is. Raises Stopped when somebody asked for it."""
        changes: dict[str, Any] = {"done": done, "total": total}
        if reached is not None:
            changes["reached"] = self.job.reached = reached
        Job.objects.filter(pk=self.job.pk).update(**changes)
        if Job.objects.filter(pk=self.job.pk, stop_requested=True).exists():
            raise Stopped


def job(function: Callable[..., None]) -> Task[..., None]:
    """Make a function of a module a job. It gets a `Handle`, then the arguments it was queued with (JSON values)."""

    def start(context: Any, *args: Any, **kwargs: Any) -> None:
        function(Handle(Job.objects.get(task_id=context.task_result.id)), *args, **kwargs)

    start.__name__ = start.__qualname__ = function.__name__
    start.__module__ = function.__module__
    start.__doc__ = function.__doc__
    return task(takes_context=True)(start)


def enqueue(
    what: Task[..., None],
    *args: Any,
    key: str | None = None,
    label: str = "",
    max_attempts: int = 5,
    run_after: dt.datetime | None = None,
    **kwargs: Any,
) -> Job:
    """Queue a job in the caller's transaction. A key queues once: a second call gives the first job."""
    if key is not None and (known := Job.objects.filter(key=key).first()):
        return known
    try:
        with transaction.atomic():
            result = what.using(run_after=run_after).enqueue(*args, **kwargs)
            return Job.objects.create(
                task_id=uuid.UUID(str(result.id)), key=key, label=label or what.name, max_attempts=max_attempts
            )
    except IntegrityError:
        return Job.objects.get(key=key)


def request_stop(pk: int) -> None:
    """Ask a job to stop at its next `progress`."""
    Job.objects.filter(pk=pk).update(stop_requested=True)


def resume(pk: int) -> None:
    """Let a stopped or failed job go on from the place it reached."""
    with transaction.atomic():
        found = locks.held(Job.objects).get(pk=pk)
        found.stop_requested, found.attempts = False, 0
        found.save(update_fields=["stop_requested", "attempts"])
        DBTaskResult.objects.filter(id=found.task_id).exclude(status=TaskResultStatus.RUNNING).update(
            status=TaskResultStatus.READY, run_after=clock.now(), finished_at=None
        )


@dataclass(frozen=True)
class Scheduled:
    """A job that comes round: every `every`, counted from midnight UTC of 1 January 2000. `max_attempts`: what goes on
    where it was killed is tried again before its next turn."""

    key: str
    task: Task[..., None]
    every: dt.timedelta
    order: int = 50
    max_attempts: int = 1

    def slot(self, now: dt.datetime) -> int:
        return int((now - dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) / self.every)


schedule: Point[Scheduled] = Point("schedule")


def enqueue_scheduled() -> None:
    """Queue what is due. Each slot has its key, so two schedulers or a restart do not queue it twice."""
    for entry in schedule:
        key = f"schedule:{entry.key}:{entry.slot(clock.now())}"
        enqueue(entry.task, key=key, label=entry.key, max_attempts=entry.max_attempts)


def recover_lost() -> int:
    """Take back jobs whose worker went away without a word. Returns how many."""
    lost = list(Job.objects.filter(lease_until__lt=clock.now()))
    for one in lost:
        _give_back(one, "worker lost")
    return len(lost)


def forget_a_wrong_clock() -> None:
    """Undo what a clock that was set back meanwhile left in days to come. A lease is shortened, never taken: whoever
    lives renews it. What was to be tried again is due. What comes round and was done for a day that is still to come
    is done on that day too."""
    now = clock.now()
    Job.objects.filter(lease_until__gt=now + LEASE + clock.SLACK).update(lease_until=now + LEASE)
    tried = Job.objects.filter(attempts__gt=0).values("task_id")
    DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, run_after__gt=now + _BACKOFF[-1] + clock.SLACK, id__in=tried
    ).update(run_after=now)
    for entry in schedule:
        begins = f"schedule:{entry.key}:"
        known = Job.objects.filter(key__startswith=begins).values_list("key", flat=True).order_by("-pk")[:_SLOTS]
        early = [key for key in known if key and int(key.removeprefix(begins)) > entry.slot(now)]
        Job.objects.filter(key__in=early).update(key=None)


def _give_back(one: Job, error: str) -> None:
    """After a failed attempt: again after a pause, or failed for good."""
    with transaction.atomic():
        current = locks.held(Job.objects).get(pk=one.pk)
        again = current.attempts < current.max_attempts
        current.lease_until, current.last_error = None, error[:200]
        current.save(update_fields=["lease_until", "last_error"])
        row = locks.held(DBTaskResult.objects).get(id=current.task_id)
        row.status = TaskResultStatus.READY if again else TaskResultStatus.FAILED
        if again:
            row.run_after = clock.now() + _BACKOFF[min(current.attempts, len(_BACKOFF)) - 1]
        else:
            row.finished_at = clock.now()
        row.save(update_fields=["status", "run_after", "finished_at"])


def claim(worker: str) -> tuple[DBTaskResult, Job] | None:
    """Take the next job, with a lease; None when there is none."""
    with transaction.atomic():
        row = DBTaskResult.objects.ready().get_locked()
        if row is None:
            return None
        row.claim(worker)
        found, _made = Job.objects.get_or_create(task_id=row.id, defaults={"label": row.task_path})
        found.attempts += 1
        found.lease_until = clock.now() + LEASE
        found.save(update_fields=["attempts", "lease_until"])
        return row, found


def run_one(worker: str = "worker") -> bool:
    """Claim and run one job. False when there was none."""
    claimed = claim(worker)
    if claimed is None:
        return False
    row, found = claimed
    over = threading.Event()
    pulse = threading.Thread(target=_heartbeat, args=(found.pk, over), daemon=True)
    pulse.start()
    try:
        result = row.task_result
        from django_tasks.base import TaskContext

        context: Any = TaskContext
        row.task.call(context(task_result=result), *result.args, **result.kwargs)
    except Stopped:
        Job.objects.filter(pk=found.pk).update(lease_until=None)
        DBTaskResult.objects.filter(id=row.id).update(status=TaskResultStatus.FAILED, finished_at=clock.now())
    except Exception as error:
        # The text of an error may hold a patient's data: its kind is enough for the log.
        logger.error("job %s failed: %s", found.label, type(error).__name__)
        _give_back(found, type(error).__name__)
    else:
        with transaction.atomic():
            row.set_successful(None)
            Job.objects.filter(pk=found.pk).update(lease_until=None, last_error="")
    finally:
        over.set()
        pulse.join()
    return True


def _heartbeat(pk: int, over: threading.Event) -> None:
    """Keep a running job's lease; if this process is killed, the lease runs out by itself."""
    try:
        while not over.wait(_HEARTBEAT_S):
            Job.objects.filter(pk=pk, lease_until__isnull=False).update(lease_until=clock.now() + LEASE)
    finally:
        connection.close()


def run_forever(stop: threading.Event) -> None:
    """The worker's loop: take back lost jobs, queue what is due, run what waits."""
    worker = f"{socket.gethostname()}:{os.getpid()}"[:64]
    while not stop.is_set():
        recover_lost()
        enqueue_scheduled()
        while not stop.is_set() and run_one(worker):
            pass
        stop.wait(_POLL_S)
