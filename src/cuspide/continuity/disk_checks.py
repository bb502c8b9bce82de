"""Removable disks: for `cuspide check`, the first page in the morning, and the status line when one is forgotten."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.continuity.services import disks
from cuspide.core.actor import Actor
from cuspide.core.registry import Finding

DISKS = _("Removable disks")
_LEVELS = {"sound": "ok", "info": "ok"}
_KEPT_S = 15.0
_kept: tuple[float, tuple[str, Any] | None] = (0.0, None)


def found() -> Sequence[Finding]:
    """One finding a disk; none where there is no rotation."""
    return [Finding(_LEVELS.get(one.said["tone"], one.said["tone"]), one.said["text"]) for one in disks.turns()]


def card(_actor: Actor, _request: Any) -> Mapping[str, Any] | None:
    """What is to be plugged in or unplugged."""
    wanted = disks.wanted()
    return {"wanted": wanted} if wanted else None


def status(_actor: Actor) -> tuple[str, Any] | None:
    """A forgotten disk, or one that is missing. Every page asks; the store is asked four times a minute."""
    global _kept
    until, said = _kept
    if time.monotonic() > until:
        worst = next((one for one in disks.wanted() if one["tone"] == "danger"), None)
        said = (worst["tone"], worst["text"]) if worst else None
        _kept = time.monotonic() + _KEPT_S, said
    return said
