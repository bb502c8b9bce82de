"""Look for records that may be of one person, and note that two of them are of two."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError
from cuspide.patients import permissions, reach
from cuspide.patients.models import DuplicateSearch, Patient, PossibleDuplicate
from cuspide.patients.rules.blocking import Pairs, pairs_among
from cuspide.patients.rules.likeness import Likeness, Profile, likeness
from cuspide.patients.selectors.duplicates import COMPARED, apart_traits, contacts_of_many, profile_of
from cuspide.patients.selectors.groups import STAGES, Block, Stage, next_block

_AT_ONCE = 500
_MERGED = _("One of the two records was merged meanwhile: there is nothing left to say of this pair.")

Two = tuple[int, int]
"""Keys of two patients, the lower first."""


def search(actor: Actor, progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
    """Go once through the store, from where the last time ended when it did not come to the end.

    Each block is one transaction, which also says how far the search is: after a kill nothing is found twice and
    nothing is passed over. Of two searches at once the slower gives up. `progress(done, total)` counts stages, and may
    raise to stop.
    """
    state: DuplicateSearch | None = _begin()
    while state is not None and state.ended_at is None:
        progress(state.stage, len(STAGES))
        stage = STAGES[state.stage]
        block = next_block(stage, state.after)
        pairs, compared = _compare(stage, block)
        state = _write(actor, state, block, pairs, compared)


def set_apart(actor: Actor, one: Patient, other: Patient) -> bool:
    """Note that two records are of two people; False when that is said already. It stands until their traits change.

    Raises DomainError when either is merged.
    """
    with transaction.atomic():
        low, high = _two(actor, one, other)
        pair = locks.held(PossibleDuplicate.objects).filter(low=low, high=high).first()
        if pair is None:
            found = likeness(*_profiles([low.pk, high.pk]).values())
            pair = PossibleDuplicate(low=low, high=high, score=found.score)
            pair.reasons, pair.against = list(found.reasons), list(found.against)
        elif not pair.open:
            return False
        pair.open, pair.apart_at, pair.apart_by = False, clock.now(), actor.label[:150]
        pair.apart_traits = apart_traits(low, high)
        pair.save()
        _trace(actor, "patients.set_apart", low, high)
    return True


def bring_back(actor: Actor, one: Patient, other: Patient) -> bool:
    """Take back that two records are of two people; False when nobody says so any more. Raises DomainError."""
    with transaction.atomic():
        low, high = _two(actor, one, other)
        changed = PossibleDuplicate.objects.filter(low=low, high=high, open=False).update(
            open=True, apart_at=None, apart_by="", apart_traits=""
        )
        if changed:
            _trace(actor, "patients.bring_back_pair", low, high)
    return bool(changed)


def _two(actor: Actor, one: Patient, other: Patient) -> tuple[Patient, Patient]:
    """Both, held against a merge, in the order of every pair."""
    rows = list(locks.held(Patient.objects).filter(pk__in=[one.pk, other.pk]).order_by("pk"))
    if len(rows) != 2:
        raise DomainError(_MERGED)
    for patient in rows:
        reach.require(actor, permissions.MERGE, patient)
        if patient.merged_into_id is not None:
            raise DomainError(_MERGED)
    return rows[0], rows[1]


def _trace(actor: Actor, action: str, low: Patient, high: Patient) -> None:
    for one, other in ((low, high), (high, low)):
        trail.record(actor, action, subject=one, patient_uuid=one.uuid, detail={"other": str(other.uuid)})


def _begin() -> DuplicateSearch:
    """The round that is under way, or a new one."""
    with transaction.atomic():
        DuplicateSearch.objects.get_or_create(pk=1)
        state = locks.held(DuplicateSearch.objects).get(pk=1)
        if state.started_at is None or state.ended_at is not None:
            state.round += 1
            state.stage, state.after, state.compared, state.left_out = 0, "", 0, 0
            state.started_at, state.ended_at = clock.now(), None
            state.save()
    return state


def _compare(stage: Stage, block: Block) -> tuple[dict[Two, Likeness], Pairs]:
    """What the pairs of a block look like, those that are alike; and what was compared."""
    people: dict[int, Profile] = {}
    every = Pairs(left_out=block.left_out)
    for group in block.groups:
        made = pairs_among(group, stage.keys_of)
        every.left_out += made.left_out
        every.found |= made.found
        paired = {key for two in made.found for key in two}
        people |= {one.key: one for one in group if one.key in paired}
    contacts = contacts_of_many(people)
    people = {key: replace(one, contacts=frozenset(contacts.get(key, ()))) for key, one in people.items()}
    found = {(low, high): likeness(people[low], people[high]) for low, high in every.found}
    return {two: alike for two, alike in found.items() if alike.shown}, every


def _write(
    actor: Actor, state: DuplicateSearch, block: Block, pairs: Mapping[Two, Likeness], compared: Pairs
) -> DuplicateSearch | None:
    """Keep the pairs of a block and how far the search is now; None when another search did it."""
    with transaction.atomic():
        now = locks.held(DuplicateSearch.objects).get(pk=state.pk)
        if (now.round, now.stage, now.after, now.ended_at) != (state.round, state.stage, state.after, None):
            return None
        wanted = sorted(pairs)
        for low in range(0, len(wanted), _AT_ONCE):
            _keep({two: pairs[two] for two in wanted[low : low + _AT_ONCE]}, now.round)
        now.compared += len(compared.found)
        now.left_out += compared.left_out
        if block.after is not None:
            now.after = block.after
        else:
            now.stage, now.after = now.stage + 1, ""
        if now.stage == len(STAGES):
            now.ended_at = clock.now()
            # Pairs that are alike no more. What somebody said of two people stays said.
            PossibleDuplicate.objects.filter(open=True).exclude(round=now.round).delete()
            found = PossibleDuplicate.objects.filter(open=True).count()
            trail.record(actor, "patients.search_duplicates", detail={"pairs": found, "left_out": now.left_out})
        now.save()
    return now


def _keep(pairs: Mapping[Two, Likeness], number: int) -> None:
    """Write pairs that were found: new ones, and those that are known as they look now."""
    keys = {key for two in pairs for key in two}
    known = PossibleDuplicate.objects.filter(low__in={low for low, _high in pairs}, high__in=keys)
    held = {(row.low_id, row.high_id): row for row in locks.held(known) if (row.low_id, row.high_id) in pairs}
    # Whoever was removed or merged since the block was read is nobody's duplicate.
    standing = set(Patient.objects.filter(pk__in=keys, merged_into__isnull=True).values_list("pk", flat=True))
    fresh: list[PossibleDuplicate] = []
    changed: list[PossibleDuplicate] = []
    for two, alike in pairs.items():
        if not standing.issuperset(two):
            continue
        row = held.get(two) or PossibleDuplicate(low_id=two[0], high_id=two[1])
        row.score, row.reasons, row.against, row.round = alike.score, list(alike.reasons), list(alike.against), number
        (changed if two in held else fresh).append(row)
    _reopen([row for row in changed if not row.open])
    PossibleDuplicate.objects.bulk_create(fresh, batch_size=_AT_ONCE)
    PossibleDuplicate.objects.bulk_update(changed, ["score", "reasons", "against", "round", "open"], batch_size=100)


def _reopen(apart: Iterable[PossibleDuplicate]) -> None:
    """Ask again of two people one of whom is said to be somebody else than when they were told apart."""
    rows = list(apart)
    people = Patient.objects.in_bulk({key for row in rows for key in (row.low_id, row.high_id)})
    for row in rows:
        row.open = apart_traits(people[row.low_id], people[row.high_id]) != row.apart_traits


def _profiles(keys: Iterable[int]) -> dict[int, Profile]:
    contacts = contacts_of_many(keys)
    rows = Patient.objects.filter(pk__in=contacts.keys() | set(keys)).order_by("pk").values_list(*COMPARED)
    return {row[0]: profile_of(row, contacts.get(row[0], ())) for row in rows}


def start(actor: Actor) -> None:
    """Look through the whole store now, as a job."""
    actor.require_everywhere(permissions.MERGE)
    from cuspide.patients import tasks  # the job calls this module

    with transaction.atomic():
        tasks.enqueue_search()
        trail.record(actor, "patients.start_duplicate_search")


def stop(actor: Actor) -> bool:
    """Ask the search that is under way to stop after its block; whether one was. It goes on where it stopped, at night
    or when somebody starts it."""
    actor.require_everywhere(permissions.MERGE)
    from cuspide.patients import tasks

    with transaction.atomic():
        asked = tasks.ask_to_stop()
        if asked:
            trail.record(actor, "patients.stop_duplicate_search")
    return asked
