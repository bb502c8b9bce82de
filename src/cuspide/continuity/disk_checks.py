"""Removable disks: for `cuspide check`, the first page in the morning, and the status line when one is forgotten."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.continuity.services import disks
from cuspide.core.actor import Actor
from cuspide.core.kept import kept_for
from cuspide.core.registry import Finding

DISKS = _("Removable disks")
_LEVELS = {"sound": "ok", "info": "ok"}


def found() -> Sequence[Finding]:
    """One finding a disk; none where there is no rotation."""
    return [Finding(_LEVELS.get(one.said["tone"], one.said["tone"]), one.said["text"]) for one in disks.turns()]


def card(_actor: Actor, _request: Any) -> Mapping[str, Any] | None:
    """What is to be plugged in or unplugged."""
    wanted = disks.wanted()
    return {"wanted": wanted} if wanted else None


def status(_actor: Actor) -> tuple[str, Any] | None:
    """A forgotten disk, or one that is missing."""
    return _worst()


@kept_for(15)
def _worst() -> tuple[str, Any] | None:
    worst = next((one for one in disks.wanted() if one["tone"] == "danger"), None)
    return (worst["tone"], worst["text"]) if worst else None
