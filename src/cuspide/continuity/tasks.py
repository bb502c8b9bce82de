"""What somebody asked for on the page, done in the background."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cuspide.continuity.models import Destination
from cuspide.continuity.services import beside, drills, rounds, switch
from cuspide.core import keystore
from cuspide.core.actor import Actor
from cuspide.core.errors import Refusal
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Handle, job


@job
def copy_now(_handle: Handle) -> None:
    in_use = [one for one in Destination.objects.filter(ended_at=None) if not one.is_disk or one.plugged_at]
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


POINT = "earlier point"
"""The label of the jobs that bring a point back, switch to it and go back from it."""


@job
def bring_beside(handle: Handle, pk: int, snapshot: str, who: list[Any]) -> None:
    with _said(handle):
        for one in Destination.objects.filter(pk=pk):
            beside.bring(_person(who), one, snapshot)


@job
def switch_now(handle: Handle, who: list[Any]) -> None:
    with _said(handle):
        switch.to_the_point(_person(who))
        switch.start_anew(keystore.practice_home())


@job
def switch_back(handle: Handle, who: list[Any]) -> None:
    with _said(handle):
        switch.back(_person(who))
        switch.start_anew(keystore.practice_home())


@contextmanager
def _said(handle: Handle) -> Iterator[None]:
    """Why it was refused is kept with the job, where the page reads it."""
    try:
        yield
    except Refusal as error:
        handle.progress(0, 0, reached={"said": str(error)})


def _person(who: list[Any]) -> Actor:
    """Who asked on the page, where the right was checked."""
    user_id, label, workstation = who
    return Actor(user_id=user_id, label=label, workstation=workstation, is_system=True)


def ask_for_a_point(actor: Actor, destination: Destination, snapshot: str) -> None:
    jobs.enqueue(bring_beside, destination.pk, snapshot, _who(actor), label=POINT, max_attempts=1)


def ask_for_the_switch(actor: Actor, *, back: bool = False) -> None:
    jobs.enqueue(switch_back if back else switch_now, _who(actor), label=POINT, max_attempts=1)


def _who(actor: Actor) -> list[Any]:
    return [actor.user_id, actor.label, actor.workstation]
