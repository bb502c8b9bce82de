"""The job that goes through a file in the background."""

import datetime as dt

from cuspide.core import clock
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Handle, Stopped, job
from cuspide.portability.models import Import, State
from cuspide.portability.services import filing, undoing, working

KEPT = dt.timedelta(days=30)


@job
def go_through(handle: Handle, pk: int) -> None:
    """Rehearse, import or undo, from the place reached. A kill leaves whole batches; the job goes on there."""

    def progress(of: Import) -> None:
        handle.progress(of.reached, of.rows_total or 0)

    of = Import.objects.filter(pk=pk).first()
    if of is None:
        return
    try:
        (undoing if of.state == State.UNDOING else working).work(pk, progress)
    except working.StopAsked:
        raise Stopped from None


@job
def forget_left_files(_handle: Handle) -> None:
    """A file that was taken in and never imported is not kept: it holds what patients told somebody else."""
    filing.forget_left(clock.now() - KEPT)


def start(of: Import) -> None:
    """Queue it, inside the transaction that set the import going or after it."""
    jobs.enqueue(go_through, of.pk, label="import")
