"""What the page of backups shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cuspide.continuity.checks import State
from cuspide.continuity.models import Outcome, Run
from cuspide.continuity.services.disks import turns
from cuspide.continuity.tasks import POINT
from cuspide.core.models import Job
from cuspide.core.pages.typography import moment

LAST_RUNS = 30


@dataclass(frozen=True)
class Lamp:
    """One of the three questions, its answer in a sentence, and what to do about it."""

    label: Any
    tone: str
    sentence: Any
    remedy: Any = ""


def lamps(states: Sequence[State]) -> list[Lamp]:
    return [_copied(states), _proved(states), _out_of_reach(states)]


def last_runs() -> list[Run]:
    return list(Run.objects.select_related("destination").order_by("-started_at", "-pk")[:LAST_RUNS])


def is_any_under_way() -> bool:
    return Run.objects.filter(outcome=Outcome.UNDER_WAY).exists()


def is_point_under_way() -> bool:
    """Whether a point is being brought beside, or a switch prepared."""
    waits = [TaskResultStatus.READY, TaskResultStatus.RUNNING]
    of_points = Job.objects.filter(label=POINT).values("task_id")
    return DBTaskResult.objects.filter(id__in=of_points, status__in=waits).exists()


def said_of_point() -> str:
    """Why the last that was asked of an earlier point was refused; "" where it was not."""
    newest = Job.objects.filter(label=POINT).order_by("-pk").first()
    return str(newest.reached.get("said", "")) if newest else ""


def _copied(states: Sequence[State]) -> Lamp:
    label = _("Last copy")
    if not states:
        return Lamp(label, "danger", _("Nothing copies the practice."), _("Say where copies go, below."))
    late = [one for one in states if one.is_late]
    newest = max((one.last_copy.started_at for one in states if one.last_copy), default=None)
    if newest is None:
        return Lamp(label, "danger", _("Nothing was copied yet."), _("Copy now, and see what is said below."))
    sentence = _("Copied on %(at)s.") % {"at": moment(newest)}
    if not late:
        return Lamp(label, "sound", sentence)
    names = ", ".join(one.destination.name for one in late)
    tone = "danger" if len(late) == len(states) else "watch"
    remedy = _("Is the disk plugged in, the other machine on?")
    return Lamp(label, tone, _("%(copied)s Late: %(names)s.") % {"copied": sentence, "names": names}, remedy)


def _proved(states: Sequence[State]) -> Lamp:
    label = _("Last proof")
    failed = [one for one in states if one.read_failed or (one.last_try and one.last_try.outcome == Outcome.FAILED)]
    if failed:
        names = ", ".join(one.destination.name for one in failed)
        sentence = _("What lies there could not be brought back: %(names)s.") % {"names": names}
        return Lamp(label, "danger", sentence, _("Do not count on it. See below why."))
    proved = [one for one in states if not one.is_unproved]
    if not proved:
        return Lamp(
            label, "watch" if states else "danger", _("Nothing was brought back yet to see whether it is good.")
        )
    newest = max(one.last_try.started_at for one in proved if one.last_try)
    sentence = _("Brought back and proved on %(at)s.") % {"at": moment(newest)}
    names = ", ".join(one.destination.name for one in states if one.is_unproved)
    if not names:
        return Lamp(label, "sound", sentence)
    return Lamp(label, "watch", _("%(proved)s Not proved: %(names)s.") % {"proved": sentence, "names": names})


def _out_of_reach(states: Sequence[State]) -> Lamp:
    label = _("Out of an attacker's reach")
    if forgotten := ", ".join(one.disk.name for one in turns() if one.forgotten):
        return Lamp(
            label, "danger", _("Plugged in for longer than allowed: %(names)s.") % {"names": forgotten}, _("Unplug it.")
        )
    if names := ", ".join(one.destination.name for one in states if one.destination.only_takes):
        return Lamp(label, "sound", _("%(names)s refused to delete when asked to.") % {"names": names})
    away = [one for one in states if one.destination.is_disk and not one.destination.plugged_at and not one.is_late]
    if names := ", ".join(one.destination.name for one in away):
        return Lamp(label, "sound", _("%(names)s is unplugged, with a copy.") % {"names": names})
    if any(one.destination.only_takes is None for one in states):
        return Lamp(label, "watch", _("It was not tried yet whether copies can be deleted from here."))
    return Lamp(
        label,
        "danger",
        _("Whoever takes this machine over can delete every copy."),
        _("Add a place that only takes (a second machine), or unplug the disk after each copy."),
    )
