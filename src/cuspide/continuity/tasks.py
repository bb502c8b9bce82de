"""What somebody asked for on the page, done in the background."""

from cuspide.continuity.models import Destination
from cuspide.continuity.services import drills, rounds
from cuspide.core import keystore
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Handle, job


@job
def copy_now(_handle: Handle) -> None:
    in_use = list(Destination.objects.filter(ended_at=None))
    if in_use:
        rounds.copy(keystore.practice_home(), in_use)


@job
def try_now(_handle: Handle, pk: int) -> None:
    for one in Destination.objects.filter(pk=pk, ended_at=None):
        drills.try_the_way_back(one, newest=True)


def ask_for_copies() -> None:
    jobs.enqueue(copy_now, label="backups", max_attempts=1)


def ask_for_a_trial(destination: Destination) -> None:
    jobs.enqueue(try_now, destination.pk, label="trial of a backup", max_attempts=1)
