"""The room's work that comes round each day."""

import datetime as dt

from cuspide.core.actor import Actor
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Handle, job
from cuspide.patients.models import DuplicateSearch
from cuspide.patients.services import duplicates


@job
def search_duplicates(handle: Handle) -> None:
    """Look for records of one person through the whole store: new and changed ones are found within a day. A kill
    leaves whole blocks; the search goes on there."""
    duplicates.search(Actor.system("duplicates"), handle.progress)


def enqueue_search() -> None:
    """Queue a search unless one is queued already for the round that comes next."""
    state = DuplicateSearch.objects.first()
    done = state.round if state is not None and state.ended_at is not None else (state.round - 1 if state else 0)
    queued = jobs.enqueue(search_duplicates, key=f"patients.duplicates:{done + 1}", label="patients.duplicates")
    if queued.attempts:
        # It was stopped, or killed too often: it goes on where it came to.
        jobs.resume(queued.pk)


jobs.schedule.add(jobs.Scheduled("patients.duplicates", search_duplicates, every=dt.timedelta(days=1), max_attempts=5))
