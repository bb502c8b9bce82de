"""The room's work in the background."""

import datetime as dt

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.models import Job
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Handle, job
from cuspide.patients.models import DuplicateSearch, Merge
from cuspide.patients.services import duplicates, merging

_SEARCH = "patients.duplicates"
"""The label of a search, whoever queued it."""
LATE = dt.timedelta(seconds=30)
"""After a merge: whoever began to write before it has ended by then."""
_LOOKED_AT_AGAIN = dt.timedelta(days=3)


@job
def search_duplicates(handle: Handle) -> None:
    """Look for records of one person through the whole store: new and changed ones are found within a day. A kill
    leaves whole blocks; the search goes on there."""
    duplicates.search(Actor.system("duplicates"), handle.progress)


def enqueue_search() -> None:
    """Queue a search unless one is queued already for the round that comes next."""
    state = DuplicateSearch.objects.first()
    done = state.round if state is not None and state.ended_at is not None else (state.round - 1 if state else 0)
    queued = jobs.enqueue(search_duplicates, key=f"patients.duplicates:{done + 1}", label=_SEARCH)
    if queued.attempts:
        # It was stopped, or killed too often: it goes on where it came to.
        jobs.resume(queued.pk)


def ask_to_stop() -> bool:
    """Whether a search was running, which ends after its block."""
    running = Job.objects.filter(label=_SEARCH, lease_until__isnull=False, stop_requested=False)
    return bool(running.update(stop_requested=True))


@job
def gather_late(_handle: Handle, merge: int) -> None:
    """Bring along what came to the record that a merge has hidden, written by somebody who had read it before."""
    done = Merge.objects.filter(pk=merge).first()
    if done is not None:
        merging.gather(Actor.system("merging"), done)


@job
def gather_each_night(_handle: Handle) -> None:
    """The same for the merges of the last days, should something have come later still."""
    for done in Merge.objects.filter(undone_at__isnull=True, merged_at__gt=clock.now() - _LOOKED_AT_AGAIN):
        merging.gather(Actor.system("merging"), done)


def enqueue_gathering(done: Merge) -> None:
    """Inside the transaction of the merge."""
    key = f"patients.gather:{done.pk}"
    jobs.enqueue(gather_late, done.pk, key=key, label="patients.gather", run_after=clock.now() + LATE)


jobs.schedule.add(jobs.Scheduled("patients.gather", gather_each_night, every=dt.timedelta(days=1)))
jobs.schedule.add(jobs.Scheduled(_SEARCH, search_duplicates, every=dt.timedelta(days=1), max_attempts=5))
