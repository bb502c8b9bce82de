"""Find patients by what was typed. The same code on both stores; the index answers, no text is compared by the store.

A prefix is a range of the token index. The rarest-looking term drives, the others are looked up for each patient that
it gives, so the work grows with what is found and not with the practice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from cuspide.core.actor import Actor
from cuspide.patients import reach
from cuspide.patients.models import ContactPoint, NameToken, Patient
from cuspide.patients.permissions import VIEW, VIEW_IDENTITY
from cuspide.patients.rules.contacts import CALL_FIRST
from cuspide.patients.rules.names import TOKEN_LENGTH, fold
from cuspide.patients.rules.phones import national_digits, shown_phone
from cuspide.patients.rules.query import Query, parse_query

ROWS = 10
_CANDIDATES = 300
# Patients read to be put in order by name.
_RANKED = 60
# Above every letter and digit of a token.
_END = "~"


@dataclass(frozen=True)
class Found:
    """A patient found, with the telephone by which she is told from a homonym, or the one that was typed. `terms` are
    those that were looked for."""

    patient: Patient
    phone: str = ""
    terms: tuple[str, ...] = ()


def find_patients(actor: Actor, text: str, limit: int = ROWS) -> list[Found]:
    """The patients within the actor's reach who match every term, best first: whole words before beginnings. At most
    three queries. A typed NIR finds its patient for those who may read records.
    """
    query = parse_query(text)
    if query.nir:
        return _with_phones(_by_nir(actor, query, limit))
    exact = dict(_ranked(actor, query.terms)[: max(limit, _RANKED)])
    patients = Patient.objects.in_bulk(list(exact)).values()

    def by_rank(patient: Patient) -> tuple[int, bool, str, str]:
        """More whole words first; then those whose name in use begins with a term; then by name and birth."""
        name = fold(patient.display_name)
        begins = any(name.startswith(term) for term in query.terms)
        return -exact[patient.pk], not begins, name, patient.birth_date

    return _with_phones(sorted(patients, key=by_rank)[:limit], query.terms)


def search_patients(actor: Actor, text: str, limit: int = ROWS) -> list[Patient]:
    """The same for another room's pages, as far as the actor may see. Raises Forbidden."""
    actor.require(VIEW_IDENTITY)
    return [found.patient for found in find_patients(actor, text, limit)]


def _by_nir(actor: Actor, query: Query, limit: int) -> list[Patient]:
    found = Patient.objects.filter(reach.within(actor, VIEW))
    found = found.filter(nir__gte=query.nir, nir__lt=query.nir + _END, merged_into__isnull=True)
    return list(found.exclude(nir="").order_by("number")[:limit])


def _begins(term: str) -> Q:
    return Q(token__gte=term, token__lt=term + _END)


def _ranked(actor: Actor, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Primary keys of patients, with how many terms are whole words, best first."""
    cut = sorted({term[:TOKEN_LENGTH] for term in terms}, key=lambda term: (-len(term), term))
    if not cut:
        return []
    driver, *others = cut
    rows: QuerySet[NameToken] = NameToken.objects.filter(_begins(driver))
    rows = rows.filter(reach.within(actor, VIEW_IDENTITY, "patient"))
    exact_columns = []
    for position, term in enumerate(others):
        same_patient = NameToken.objects.filter(patient=OuterRef("patient"))
        rows = rows.filter(Exists(same_patient.filter(_begins(term))))
        column = f"exact_{position}"
        rows = rows.annotate(**{column: Exists(same_patient.filter(token=term))})
        exact_columns.append(column)
    # In the order of the token the whole word comes first, and the store stops as soon as it has enough.
    found = rows.order_by("token", "patient").values_list("patient", "token", *exact_columns)[:_CANDIDATES]
    best: dict[int, int] = defaultdict(int)
    for key, token, *exact in found:
        best[key] = max(best[key], (token == driver) + sum(exact))
    return sorted(best.items(), key=lambda item: -item[1])


def _with_phones(patients: Sequence[Patient], terms: tuple[str, ...] = ()) -> list[Found]:
    phones = first_phones((patient.pk for patient in patients), terms)
    return [Found(patient, phones.get(patient.pk, ""), terms) for patient in patients]


def first_phones(patient_ids: Iterable[int], terms: Sequence[str] = ()) -> dict[int, str]:
    """The telephone to call first (mobile before home), as it is shown, for each patient that has one; one that begins
    with a term goes before. One query."""
    points = ContactPoint.objects.filter(patient_id__in=list(patient_ids), kind="phone", ended_at__isnull=True)
    dialled = tuple(term for term in terms if term.isdigit())
    best: dict[int, tuple[tuple[bool, int], str]] = {}
    for owner, use, position, number in points.values_list("patient_id", "use", "position", "normalised"):
        typed = bool(dialled) and national_digits(number).startswith(dialled)
        rank = (not typed, CALL_FIRST[use] * 10 + position)
        if owner not in best or rank < best[owner][0]:
            best[owner] = (rank, number)
    return {owner: shown_phone(number) for owner, (_rank, number) in best.items()}


def newest_patients(actor: Actor, limit: int = ROWS) -> list[Found]:
    """The patients created last, of those within reach. Two queries."""
    newest = Patient.objects.filter(reach.within(actor, VIEW_IDENTITY), merged_into__isnull=True)
    return _with_phones(list(newest.order_by("-created_at", "-pk")[:limit]))


def count_patients(actor: Actor) -> int:
    return Patient.objects.filter(reach.within(actor, VIEW_IDENTITY), merged_into__isnull=True).count()
