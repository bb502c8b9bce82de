"""The trace's work that comes round each day."""

import datetime as dt
import logging

from django.conf import settings

from cuspide.audit import anchors, retention
from cuspide.audit.models import Entry
from cuspide.core.actor import Actor
from cuspide.core.service import pulse
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Handle, job

logger = logging.getLogger("cuspide.audit")

DAY = dt.timedelta(days=1)


@job
def anchor(_handle: Handle) -> None:
    """Send the head of the chain away; a practice without a single entry has none."""
    if Entry.objects.exists():
        anchors.make(Actor.system("anchor"))


@job
def empty_details(handle: Handle) -> None:
    """Empty the details that have become too old; not by a clock that was set on while the service ran, for what was
    emptied does not come back."""
    if pulse.clock_moved(settings.CUSPIDE_HOME) > DAY:
        logger.error("details were not emptied: the clock was set on while the service ran")
        return
    retention.empty_details(Actor.system("retention"), progress=handle.progress)


jobs.schedule.add(jobs.Scheduled("audit.anchor", anchor, DAY, order=20))
jobs.schedule.add(jobs.Scheduled("audit.retention", empty_details, DAY, order=30))
