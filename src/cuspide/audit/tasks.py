"""The trace's work that comes round each day."""

import datetime as dt

from cuspide.audit import anchors, retention
from cuspide.audit.models import Entry
from cuspide.core.actor import Actor
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Handle, job


@job
def anchor(_handle: Handle) -> None:
    """Send the head of the chain away; a practice without a single entry has none."""
    if Entry.objects.exists():
        anchors.make(Actor.system("anchor"))


@job
def empty_details(handle: Handle) -> None:
    """Empty the details that have become too old."""
    retention.empty_details(Actor.system("retention"), progress=handle.progress)


DAY = dt.timedelta(days=1)
jobs.schedule.add(jobs.Scheduled("audit.anchor", anchor, DAY, order=20))
jobs.schedule.add(jobs.Scheduled("audit.retention", empty_details, DAY, order=30))
