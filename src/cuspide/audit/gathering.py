"""One entry for one search, though each letter typed shows other patients.

What an answer shows is committed before the answer leaves, as everything read is; not as an entry but as an open
`Answer`. When the same person at the same workstation has typed nothing for a few seconds, her answers become one
entry that names every patient who was shown. Whoever reads the trace has all searches closed first.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.db import transaction

from cuspide.audit import chain, trail
from cuspide.audit.models import Answer
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks

QUIET = dt.timedelta(seconds=8)
LONGEST = dt.timedelta(seconds=60)
# Far below the size at which the trace cuts a detail down to its digest.
MOST_SHOWN = 300
_AT_ONCE = 5_000


def show(actor: Actor, action: str, uuids: Iterable[uuid.UUID]) -> None:
    """An answer shows these patients. Call it before the answer is returned, outside of any transaction."""
    shown = [str(one) for one in uuids]
    if not shown:
        return
    if actor.user_id is None:
        trail.reading(actor, action, detail={"shown": shown, "answers": 1})
        return
    Answer.objects.create(
        actor_user_id=actor.user_id,
        actor_label=trail.label(actor.label, 150),
        role=trail.roles(actor),
        workstation=trail.label(actor.workstation, 80),
        action=action,
        shown=shown,
        at=clock.now(),
    )


def settle(*, everything: bool = False) -> int:
    """Make entries of the searches that are over, or of all. Says how many."""
    now = clock.now()
    over = [
        search for search in _searches(Answer.objects.order_by("pk")[:_AT_ONCE]) if everything or _over(search, now)
    ]
    return sum(_settle([one.pk for one in search]) for search in over)


def _searches(answers: Iterable[Answer]) -> Iterator[list[Answer]]:
    """Answers of one person at one workstation, cut where she was quiet, where it went on for long, and where so many
    patients were shown that one entry would not hold their names."""
    for _who, group in groupby(sorted(answers, key=lambda one: (_who_did(one), one.pk)), key=_who_did):
        search: list[Answer] = []
        names: set[str] = set()
        for answer in group:
            if search and (
                not -QUIET <= answer.at - search[-1].at <= QUIET
                or answer.at - search[0].at > LONGEST
                or len(names | set(answer.shown)) > MOST_SHOWN
            ):
                yield search
                search, names = [], set()
            search.append(answer)
            names |= set(answer.shown)
        yield search


def _who_did(answer: Answer) -> tuple[int, str, str, str]:
    return answer.actor_user_id, answer.workstation, answer.role, answer.action


def _over(search: Sequence[Answer], now: dt.datetime) -> bool:
    # A clock that was set back ends it, too.
    return not (search[-1].at <= now <= search[-1].at + QUIET and now <= search[0].at + LONGEST)


def _settle(keys: Sequence[int]) -> int:
    """One entry for these answers; none where somebody else is closing them just now."""
    with transaction.atomic():
        answers = list(locks.held(Answer.objects, skip_held=True).filter(pk__in=keys).order_by("pk"))
        if not answers:
            return 0
        first, last = answers[0], answers[-1]
        who = Actor(
            user_id=first.actor_user_id,
            label=first.actor_label,
            roles=frozenset(first.role.split(",")) if first.role else frozenset(),
            workstation=first.workstation,
        )
        detail = {
            "shown": list(dict.fromkeys(one for answer in answers for one in answer.shown)),
            "answers": len(answers),
            "from": f"{chain.instant(first.at)}Z",
            "to": f"{chain.instant(last.at)}Z",
        }
        Answer.objects.filter(pk__in=[one.pk for one in answers]).delete()
        trail.reading(who, first.action, detail=detail)
    return 1
