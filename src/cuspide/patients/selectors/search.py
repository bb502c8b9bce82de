"""Find patients by what was typed. The same code on both stores; the index answers, no text is compared by the store.

A search is read strictly first: every term is the beginning of a token. The rarest term drives, the others are looked
up for each patient that it gives, so that the work grows with what is found and not with the practice. Where that
finds too little, one of the words may be misread: its neighbours of one edit and the names it stands inside of take
its place, and what people add to a name and leave out of it is not asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import In

from cuspide.core.actor import Actor
from cuspide.core.db.prepared import ALL, among, prepared
from cuspide.patients import reach
from cuspide.patients.models import ContactPoint, Patient, Posting, TokenDeletion, TokenEnding
from cuspide.patients.permissions import VIEW, VIEW_IDENTITY
from cuspide.patients.rules.contacts import CALL_FIRST
from cuspide.patients.rules.names import TOKEN_LENGTH
from cuspide.patients.rules.phones import national_digits, shown_phone
from cuspide.patients.rules.query import Misreading, Query, Term, parse_query
from cuspide.patients.rules.readings import MISREAD, STRICTLY, WITHOUT_PARTICLES, answer, beginnings
from cuspide.patients.rules.tokens import looked_up, nearest

ROWS = 10
_CANDIDATES = 100
"""Postings read to be put in order."""
_FEW = 200
"""Patients of the rarest term for each of whom the others are looked up."""
_COUNTED = 2000
"""How far the patients of a term are counted to find the rarest."""
_LOOKED_AT = 1000
"""Tokens looked at to find those near a misread term, or those in which it stands."""
_NEIGHBOURS = 64
"""Tokens that take the place of a misread term."""
# Above every letter and digit of a token.
_END = "~"
# SQL of both stores.
_RANGE = "token >= %s AND token < %s"
_COUNT = "(SELECT COUNT(*) FROM (SELECT 1 FROM patients_posting WHERE {} LIMIT %s) AS counted)"

Ends = tuple[Any, ...]
"""The ends of the ranges in which the tokens of a term lie, one pair after the other."""


@dataclass(frozen=True)
class Found:
    """A patient found, with the telephone by which she is told from a homonym, or the one that was typed. `terms` are
    the beginnings that were found; in place of a misread one the token it stands for."""

    patient: Patient
    phone: str = ""
    terms: tuple[str, ...] = ()


@dataclass(order=True, frozen=True)
class _Match:
    """A patient that a reading found; the smallest is the best."""

    order: tuple[int, ...]
    patient: int
    terms: tuple[str, ...] = field(compare=False)


def find_patients(actor: Actor, text: str, limit: int = ROWS) -> list[Found]:
    """The patients within the actor's reach whom the text describes, best first: whole words before beginnings, these
    before misread words; among equals the name somebody goes by, then the newest record. Three queries where the rarest
    word finds enough, at most eleven. A typed NIR finds its patient for those who may read records.
    """
    query = parse_query(text)
    if query.nir:
        return _with_phones(_by_nir(actor, query, limit), {})
    if not query.terms:
        return []
    where = reach.within(actor, VIEW_IDENTITY, "patient")
    counts = _counts(query.terms)
    found: dict[int, _Match] = {}
    driver = _few(query.essential, counts)
    if driver is not None:
        found = _at_hand(query, driver, where)
    elif all(counts.values()):
        found = _strictly(counts, where, reading=STRICTLY)
    if len(found) < limit:
        essential = {term: counts[term] for term in query.essential}
        if driver is None and len(essential) < len(counts):
            _add(found, _strictly(essential, where, reading=WITHOUT_PARTICLES))
        _add(found, _misread(query, counts, driver, where))
    best = sorted(found.values())[:limit]
    patients = {patient.pk: patient for patient in _patients(tuple(match.patient for match in best))}
    terms = {match.patient: match.terms for match in best}
    return _with_phones([patients[match.patient] for match in best], terms)


def search_patients(actor: Actor, text: str, limit: int = ROWS) -> list[Patient]:
    """The same for another room's pages, as far as the actor may see. Raises Forbidden."""
    actor.require(VIEW_IDENTITY)
    return [found.patient for found in find_patients(actor, text, limit)]


def _by_nir(actor: Actor, query: Query, limit: int) -> list[Patient]:
    found = Patient.objects.filter(reach.within(actor, VIEW))
    found = found.filter(nir__gte=query.nir, nir__lt=query.nir + _END, merged_into__isnull=True)
    return list(found.exclude(nir="").order_by("number")[:limit])


@prepared
def _patients(keys: tuple[int, ...]) -> QuerySet[Patient]:
    return Patient.objects.filter(among("pk", keys))


def _ranges(term: Term) -> Ends:
    cut = [beginning[:TOKEN_LENGTH] for beginning in term.beginnings]
    return tuple(end for beginning in cut for end in (beginning, beginning + _END))


def _within(column: str, ends: Ends) -> Q:
    """A token in one of the ranges. A query is filled up with the last end again: a range of nothing."""
    found = Q()
    for low, high in zip(ends[::2], ends[1::2], strict=True):
        found |= Q((f"{column}__gte", low), (f"{column}__lt", high))
    return found


def _counts(terms: Sequence[Term]) -> dict[Term, int]:
    """How many postings a term has, as far as they are counted. One term is not counted: it drives alone."""
    if len(terms) == 1:
        return dict.fromkeys(terms, _COUNTED)
    ranges = [_ranges(term) for term in terms]
    counts = ", ".join(_COUNT.format(" OR ".join([_RANGE] * (len(ends) // 2))) for ends in ranges)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for ends in ranges for value in (*ends, _COUNTED)])
        return dict(zip(terms, cursor.fetchone(), strict=True))


def _few(terms: Sequence[Term], counts: Mapping[Term, int]) -> Term | None:
    """The rarest of the terms that somebody has, if all who have it can be looked at one by one."""
    known = [term for term in terms if counts[term]]
    rarest = min(known, key=lambda term: counts[term], default=None)
    return rarest if rarest is not None and counts[rarest] <= _FEW else None


def _at_hand(query: Query, driver: Term, where: Q) -> dict[int, _Match]:
    """Those who have one rare term, and answer the whole search in one of its readings: all their tokens are read."""
    held: dict[int, dict[str, int]] = {}
    for patient, token, rank in _tokens_of(tuple({key for (key,) in _who_have(_ranges(driver), where=where)})):
        held.setdefault(patient, {})[token] = rank
    found = {}
    for patient, tokens in held.items():
        answered = answer(query, tokens)
        if answered is not None:
            order, terms = answered
            found[patient] = _Match((*order, -patient), patient, terms)
    return found


def _strictly(counts: Mapping[Term, int], where: Q, *, reading: int) -> dict[int, _Match]:
    """Everybody who has a token for each term, as far as candidates are read."""
    if not all(counts.values()):
        return {}
    rarest, *others = sorted(counts, key=lambda term: counts[term])
    if not others or counts[rarest] <= _FEW:
        driver = rarest
        rows = _of_all(_ranges(driver), *(_ranges(term) for term in others), where=where)
    else:
        driver = others.pop()
        others = [rarest, *others]
        rows = _of_common(_ranges(driver), *(_ranges(term) for term in others), where=where)
    typed = beginnings(tuple(counts))
    found: dict[int, _Match] = {}
    for patient, token, rank, *ranks in rows:
        exact, nearest_to_name = _whole([rank if token in driver.beginnings else None, *ranks])
        match = _Match((reading, -exact, nearest_to_name, rank, -patient), patient, typed)
        found[patient] = min(found.get(patient, match), match)
    return found


def _whole(ranks: Sequence[int | None]) -> tuple[int, int]:
    """How many terms are whole words, and how near these are to what somebody is called."""
    known = [rank for rank in ranks if rank is not None]
    return len(known), sum(known)


def _misread(query: Query, counts: Mapping[Term, int], driver: Term | None, where: Q) -> dict[int, _Match]:
    """Those who have a token for each term but the misread ones, and for these a token near them. All who have the
    driver were looked at."""
    unknown = {term for term in query.essential if not counts[term]}
    candidates = [
        each for each in query.misreadings if unknown <= set(each.terms) and (driver is None or driver in each.terms)
    ]
    others_of = {each: [term for term in query.essential if term not in each.terms] for each in candidates}
    at_hand = {each: few for each in candidates if (few := _few(others_of[each], counts)) is not None}
    found: dict[int, _Match] = {}
    for few in dict.fromkeys(at_hand.values()):
        _add(found, _at_hand(query, few, where))
    gathered = [each for each in candidates if each not in at_hand]
    tokens = _neighbours(gathered)
    for each in gathered:
        near = nearest(each.text, tokens, _NEIGHBOURS)
        others = sorted(others_of[each], key=lambda term: counts[term])
        typed = beginnings(others)
        rows = _near(tuple(sorted(near)), *(_ranges(term) for term in others), where=where)
        for patient, token, rank, *ranks in rows:
            exact, nearest_to_name = _whole(ranks)
            order = (MISREAD, near[token], -exact, nearest_to_name + rank, -patient)
            match = _Match(order, patient, (*typed, token))
            found[patient] = min(found.get(patient, match), match)
    return found


def _near(near: Ends, *others: Ends, where: Q) -> list[Any]:
    """Patients with a near token, and with one for each other term: the patient, that token, its rank, and the rank of
    each other term that is a whole word."""
    if not others:
        return _of_tokens(near, where=where)
    found = []
    for patient, other, rank, token, of_token, *ranks in _of_tokens_and(near, *others, where=where):
        found.append((patient, token, of_token, rank if other in others[0][::2] else None, *ranks))
    return found


def _neighbours(misreadings: Sequence[Misreading]) -> set[str]:
    """Tokens that may be near one of the texts, or have it inside."""
    forms = sorted(frozenset().union(*(looked_up(each.text) for each in misreadings)))
    ranges = tuple(end for each in misreadings for end in (each.text, each.text + _END))
    return {token for (token,) in (*_with_deletion(tuple(forms)), *_with_ending(ranges))}


def _add(found: dict[int, _Match], more: Mapping[int, _Match]) -> None:
    for patient, match in more.items():
        found[patient] = min(found.get(patient, match), match)


@prepared
def _who_have(driver: Ends, where: Q = ALL) -> QuerySet[Posting, Any]:
    return Posting.objects.filter(_within("token", driver), where).values_list("patient_id")


@prepared
def _tokens_of(patients: tuple[int, ...]) -> QuerySet[Posting, Any]:
    return Posting.objects.filter(among("patient_id", patients)).values_list("patient_id", "token", "rank")


@prepared
def _of_all(driver: Ends, *others: Ends, where: Q = ALL) -> QuerySet[Posting, Any]:
    """The others are looked up for each patient of the driver. In the order of the token the whole word comes first,
    and the store stops as soon as it has enough."""
    return _best_first(_held_with(driver, others, where), others)


@prepared
def _of_common(driver: Ends, rarest: Ends, *others: Ends, where: Q = ALL) -> QuerySet[Posting, Any]:
    """Where the rarest has many patients, too, looking each of them up would jump about in the index: its patients are
    gathered at one go, and those of the most common term gone through in order."""
    rows = _held_with(driver, others, where).filter(_gathered(_within("token", rarest)))
    return _best_first(rows, (rarest, *others))


@prepared
def _of_tokens(tokens: Ends, where: Q = ALL) -> QuerySet[Posting, Any]:
    rows = Posting.objects.filter(among("token", tokens), where)
    return rows.values_list("patient_id", "token", "rank")[:_CANDIDATES]


@prepared
def _of_tokens_and(tokens: Ends, driver: Ends, *others: Ends, where: Q = ALL) -> QuerySet[Posting, Any]:
    """As `_of_common`, with the tokens for the rarest: which of them it is, and its rank, come after the driver's."""
    near = among("token", tokens)
    rows = _held_with(driver, others, where).filter(_gathered(near))
    rows = rows.annotate(near=_of_same("token", near), of_near=_of_same("rank", near))
    return _best_first(rows, others, "near", "of_near")


def _best_first(rows: QuerySet[Posting], others: Sequence[Ends], *more: str) -> QuerySet[Posting, Any]:
    whole = {f"whole_{at}": _of_same("rank", among("token", ends[::2])) for at, ends in enumerate(others)}
    rows = rows.annotate(**whole).order_by("token", "rank", "-patient")
    return rows.values_list("patient_id", "token", "rank", *more, *whole)[:_CANDIDATES]


def _held_with(driver: Ends, others: Sequence[Ends], where: Q) -> QuerySet[Posting]:
    also = (Exists(_same_patients(_within("token", ends))) for ends in others)
    return Posting.objects.filter(_within("token", driver), where, *also)


def _gathered(condition: Any) -> Any:
    """Patients of postings, gathered once. The sum keeps the store from looking each of them up after all."""
    return In(F("patient_id") + 0, Posting.objects.filter(condition).values("patient_id"))


def _of_same(column: str, condition: Any) -> Subquery:
    return Subquery(_same_patients(condition).values(column)[:1])


def _same_patients(condition: Any) -> QuerySet[Posting]:
    return Posting.objects.filter(condition, patient=OuterRef("patient"))


@prepared
def _with_deletion(forms: tuple[str, ...]) -> QuerySet[TokenDeletion, Any]:
    return TokenDeletion.objects.filter(among("deletion", forms)).values_list("token")[:_LOOKED_AT]


@prepared
def _with_ending(ends: Ends) -> QuerySet[TokenEnding, Any]:
    return TokenEnding.objects.filter(_within("ending", ends)).values_list("token")[:_LOOKED_AT]


def _with_phones(patients: Sequence[Patient], terms: Mapping[int, tuple[str, ...]]) -> list[Found]:
    typed = next(iter(terms.values()), ())
    phones = first_phones((patient.pk for patient in patients), typed)
    return [Found(patient, phones.get(patient.pk, ""), terms.get(patient.pk, ())) for patient in patients]


def first_phones(patient_ids: Iterable[int], terms: Sequence[str] = ()) -> dict[int, str]:
    """The telephone to call first (mobile before home), as it is shown, for each patient that has one; one that begins
    with a term goes before. One query."""
    dialled = tuple(term for term in terms if term.isdigit())
    best: dict[int, tuple[tuple[bool, int], str]] = {}
    for owner, use, position, number in _numbers(tuple(patient_ids)):
        typed = bool(dialled) and national_digits(number).startswith(dialled)
        rank = (not typed, CALL_FIRST[use] * 10 + position)
        if owner not in best or rank < best[owner][0]:
            best[owner] = (rank, number)
    return {owner: shown_phone(number) for owner, (_rank, number) in best.items()}


@prepared
def _numbers(owners: tuple[int, ...]) -> QuerySet[ContactPoint, Any]:
    points = ContactPoint.objects.filter(among("patient_id", owners), kind="phone", ended_at__isnull=True)
    return points.values_list("patient_id", "use", "position", "normalised")


def newest_patients(actor: Actor, limit: int = ROWS) -> list[Found]:
    """The patients created last, of those within reach. Two queries."""
    newest = Patient.objects.filter(reach.within(actor, VIEW_IDENTITY), merged_into__isnull=True)
    return _with_phones(list(newest.order_by("-created_at", "-pk")[:limit]), {})


def count_patients(actor: Actor) -> int:
    return Patient.objects.filter(reach.within(actor, VIEW_IDENTITY), merged_into__isnull=True).count()
