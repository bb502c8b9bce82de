"""Patients who may be the person being created or changed, and the pairs that the search through the store found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cuspide.core.actor import Actor
from cuspide.core.db.prepared import ALL, prepared
from cuspide.patients import reach
from cuspide.patients.models import ContactPoint, DuplicateSearch, Patient, PossibleDuplicate
from cuspide.patients.permissions import MERGE, VIEW_IDENTITY
from cuspide.patients.rules.duplicates import Known, may_be_the_same
from cuspide.patients.rules.likeness import AGAINST, REASONS, Likeness, Profile, band, likeness, profile, traits_digest

MOST_SHOWN = 5
ON_PAGE = 25
MOST_COUNTED = 500
_AT_ONCE = 500


def known(patient: Patient) -> Known:
    return Known(
        family_names=(patient.birth_name, patient.used_name),
        given_names=(patient.first_birth_given_name, patient.used_given_name),
        birth_date=patient.birth_date,
        nir=patient.nir,
    )


def possible_duplicates(actor: Actor, candidate: Patient) -> list[Patient]:
    """Patients within the actor's reach who may be the candidate (saved or not), at most five. One query.

    Somebody of another site is not asked about: the question would tell of her. Whoever sees both merges them.
    """
    where = reach.within(actor, VIEW_IDENTITY)
    # Nobody has the key 0.
    asked = (candidate.born_on, candidate.pk or 0)
    if candidate.nir:
        others = _born_or_numbered(*asked, candidate.nir, where=where)
    else:
        others = _born(*asked, where=where)
    sought = known(candidate)
    return [other for other in others if may_be_the_same(sought, known(other))][:MOST_SHOWN]


@prepared
def _born(day: Any, but: Any, where: Q = ALL) -> QuerySet[Patient]:
    return _others(Q(born_on=day), but, where)


@prepared
def _born_or_numbered(day: Any, but: Any, nir: Any, where: Q = ALL) -> QuerySet[Patient]:
    return _others(Q(born_on=day) | Q(nir=nir), but, where)


def _others(near: Q, but: Any, where: Q) -> QuerySet[Patient]:
    return Patient.objects.filter(near, where, merged_into__isnull=True).exclude(pk=but).order_by("number")


COMPARED = (
    "pk",
    "birth_name",
    "used_name",
    "first_birth_given_name",
    "used_given_name",
    "birth_given_names",
    "birth_date",
    "sex",
    "nir",
    "household_id",
)
"""Columns of a patient from which `profile_of` makes what is compared."""


def profile_of(columns: Sequence[Any], contacts: Iterable[str] = ()) -> Profile:
    key, birth_name, used_name, first, used_given, every, birth_date, sex, nir, household = columns
    return profile(
        key=key,
        birth_name=birth_name,
        used_name=used_name,
        first_given_name=first,
        used_given_name=used_given,
        all_given_names=every,
        birth_date=birth_date,
        sex=sex,
        nir=nir,
        household=household,
        contacts=contacts,
    )


def contacts_of_many(keys: Iterable[int]) -> Mapping[int, set[str]]:
    """`Profile.contacts` by patient. One query for each five hundred patients."""
    found: dict[int, set[str]] = {}
    wanted = sorted(keys)
    for low in range(0, len(wanted), _AT_ONCE):
        points = ContactPoint.objects.filter(patient__in=wanted[low : low + _AT_ONCE], ended_at__isnull=True)
        for owner, kind, value in points.order_by().values_list("patient_id", "kind", "normalised"):
            found.setdefault(owner, set()).add(f"{kind}:{value}")
    return found


def apart_traits(low: Patient, high: Patient) -> str:
    """The digest of what both are said to be: while it is the same, two people stay two people."""
    return traits_digest(*([getattr(one, name) for name in COMPARED[1:-1]] for one in (low, high)))


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person. `stored` is None where only this page found them."""

    low: Patient
    high: Patient
    score: int
    reasons: Sequence[Any]
    against: Sequence[Any]
    stored: PossibleDuplicate | None = None

    @property
    def band(self) -> str:
        return band(self.score)

    def other_than(self, patient: Patient) -> Patient:
        return self.high if self.low.pk == patient.pk else self.low


def _pair(low: Patient, high: Patient, found: PossibleDuplicate | Likeness, stored: PossibleDuplicate | None) -> Pair:
    reasons = [REASONS[key] for key in found.reasons if key in REASONS]
    against = [AGAINST[key] for key in found.against if key in AGAINST]
    return Pair(low, high, found.score, reasons, against, stored)


def _both(actor: Actor) -> Q:
    """The condition on pairs that the actor may merge both records."""
    return reach.within(actor, MERGE, "low") & reach.within(actor, MERGE, "high")


def _standing() -> QuerySet[PossibleDuplicate]:
    """The pairs of which neither record is merged already."""
    return PossibleDuplicate.objects.filter(low__merged_into__isnull=True, high__merged_into__isnull=True)


def _within(actor: Actor) -> QuerySet[PossibleDuplicate]:
    return _standing().filter(_both(actor)).select_related("low", "high")


def pairs_to_look_at(actor: Actor, *, apart: bool = False, after: str = "") -> tuple[list[Pair], bool]:
    """Pairs, best first, at most `ON_PAGE`, and whether there are more; `apart`: those said to be two people. `after`
    is the uuid of the last pair of the page before. Two queries, one without `after`."""
    rows = _within(actor).filter(open=not apart)
    last = PossibleDuplicate.objects.filter(uuid=after).values_list("score", "pk").first() if after else None
    if last is not None:
        rows = rows.filter(Q(score__lt=last[0]) | Q(score=last[0], pk__gt=last[1]))
    found = [_pair(row.low, row.high, row, row) for row in rows.order_by("-score", "pk")[: ON_PAGE + 1]]
    return found[:ON_PAGE], len(found) > ON_PAGE


def count_pairs(actor: Actor) -> int:
    """How many are to be looked at, `MOST_COUNTED` + 1 when they are more. One query."""
    return _within(actor).filter(open=True).order_by()[: MOST_COUNTED + 1].count()


def pairs_of(actor: Actor, patient: Patient) -> tuple[list[Pair], list[Pair]]:
    """Who may be this patient: as found in the store and as found now, best first; and those said to be two people.
    Three queries."""
    stored = list(_within(actor).filter(Q(low=patient) | Q(high=patient)).order_by("-score", "pk")[:ON_PAGE])
    pairs = [_pair(row.low, row.high, row, row) for row in stored]
    said = {pair.other_than(patient).pk: pair for pair in pairs}
    now = [one for one in possible_duplicates(actor, patient) if reach.may(actor, MERGE, one) and one.pk not in said]
    if now:
        contacts = contacts_of_many([patient.pk, *(one.pk for one in now)])
        for one in now:
            low, high = sorted((patient, one), key=lambda each: each.pk)
            profiles = [
                profile_of([getattr(each, name) for name in COMPARED], contacts.get(each.pk, ()))
                for each in (low, high)
            ]
            pairs.append(_pair(low, high, likeness(*profiles), None))
    is_apart = [pair.stored is not None and not pair.stored.open for pair in pairs]
    found = [pair for pair, apart in zip(pairs, is_apart, strict=True) if not apart]
    return (
        sorted(found, key=lambda pair: -pair.score),
        [pair for pair, apart in zip(pairs, is_apart, strict=True) if apart],
    )


def has_possible_duplicate(actor: Actor, patient: Patient) -> bool:
    """Whether the store holds a pair of this patient that waits for a word. One query."""
    return bool(_waiting(patient.pk, where=_both(actor)))


@prepared
def _waiting(patient: Any, where: Q = ALL) -> QuerySet[PossibleDuplicate, tuple[int]]:
    of_her = Q(low=patient) | Q(high=patient)
    return _standing().filter(of_her, where, open=True).order_by().values_list("pk")[:1]


def search_state() -> DuplicateSearch | None:
    """How far the search is; None before the first. One query."""
    return DuplicateSearch.objects.first()
