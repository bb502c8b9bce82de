"""One entry for one search, though each letter typed shows other patients.

What an answer shows is committed before the answer leaves, as everything read is; not as an entry of its own but in
the open gathering of that person at that workstation. When she has typed nothing for a few seconds, the gathering
becomes one entry that names every patient who was shown. Whoever reads the trace closes all gatherings first.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from cuspide.audit import chain, trail
from cuspide.audit.models import Gathering
from cuspide.core import clock
from cuspide.core.actor import Actor

QUIET = dt.timedelta(seconds=8)
LONGEST = dt.timedelta(seconds=60)
# Far below the size at which the trace cuts a detail down to its digest.
MOST_SHOWN = 300


def show(actor: Actor, action: str, uuids: Iterable[uuid.UUID]) -> None:
    """An answer shows these patients. Call it before the answer is returned, outside of any transaction."""
    new = [str(one) for one in uuids]
    if not new:
        return
    if actor.user_id is None:
        trail.reading(actor, action, detail={"shown": new, "answers": 1})
        return
    now = clock.now()
    with transaction.atomic():
        kept = _open(actor, actor.user_id, action, now)
        if kept.answers and (_is_over(kept, now) or len({*kept.shown, *new}) > MOST_SHOWN):
            _settle(kept)
            kept = _open(actor, actor.user_id, action, now)
        kept.shown = list(dict.fromkeys([*kept.shown, *new]))
        kept.answers += 1
        kept.last_at = now
        kept.save(update_fields=["shown", "answers", "last_at"])


def settle(*, everything: bool = False) -> int:
    """Make entries of the gatherings that are over, or of all of them. Says how many."""
    now = clock.now()
    over = Q() if everything else Q(last_at__lt=now - QUIET) | Q(started_at__lt=now - LONGEST)
    settled = 0
    for pk in list(Gathering.objects.filter(over).values_list("pk", flat=True)):
        with transaction.atomic():
            kept = Gathering.objects.select_for_update().filter(over, pk=pk).first()
            if kept is not None:
                _settle(kept)
                settled += 1
    return settled


def _open(actor: Actor, user_id: int, action: str, now: dt.datetime) -> Gathering:
    kept, _made = Gathering.objects.select_for_update().get_or_create(
        actor_user_id=user_id,
        workstation=trail.label(actor.workstation, 80),
        role=trail.roles(actor),
        action=action,
        defaults={"actor_label": trail.label(actor.label, 150), "started_at": now, "last_at": now},
    )
    return kept


def _is_over(kept: Gathering, now: dt.datetime) -> bool:
    # A clock that was set back ends it, too.
    return not (kept.last_at <= now <= kept.last_at + QUIET and now <= kept.started_at + LONGEST)


def _settle(kept: Gathering) -> None:
    who = Actor(
        user_id=kept.actor_user_id,
        label=kept.actor_label,
        roles=frozenset(kept.role.split(",")) if kept.role else frozenset(),
        workstation=kept.workstation,
    )
    detail = {
        "shown": kept.shown,
        "answers": kept.answers,
        "from": f"{chain.instant(kept.started_at)}Z",
        "to": f"{chain.instant(kept.last_at)}Z",
    }
    kept.delete()
    trail.reading(who, kept.action, detail=detail)
