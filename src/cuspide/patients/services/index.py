"""The search index of patients, kept in step inside the transaction that changes what it is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from django.db import transaction
from django.db.models import F, QuerySet

from cuspide.core.db import bulk
from cuspide.core.db.prepared import among, prepared
from cuspide.patients.models import ContactPoint, Patient, Posting, TokenDeletion, TokenEnding
from cuspide.patients.rules.phones import national_digits
from cuspide.patients.rules.tokens import Rank, deletions, endings, tokens_of, words_of

_AT_ONCE = 500
"""Patients whose index is made together, and words that are looked up together."""


def index_new(patient: Patient, phones: Iterable[str]) -> None:
    """The index of a patient just created; `phones` in E.164."""
    index_many([(patient, phones)])


def index_many(created: Iterable[tuple[Patient, Iterable[str]]]) -> None:
    """The same of many. The statements grow with what is written, not with the number of patients."""
    write(postings(created))


def postings(created: Iterable[tuple[Patient, Iterable[str]]]) -> list[tuple[int, str, int]]:
    """What `write` writes of patients who are not in the index: key of the patient, token, rank. Asks nothing."""
    return [
        (patient.pk, token, int(rank))
        for patient, phones in created
        for token, rank in _tokens(patient, phones).items()
    ]


def refresh(patient: Patient) -> None:
    """Make the index of a patient what it should be: empty for one merged into another."""
    phones = ContactPoint.objects.filter(patient=patient, kind="phone", ended_at__isnull=True)
    numbers = phones.values_list("normalised", flat=True)
    wanted = _tokens(patient, numbers)
    held = {token: (key, rank) for key, token, rank in _held(patient.pk)}
    stale = [key for token, (key, rank) in held.items() if wanted.get(token) != rank]
    if stale:
        Posting.objects.filter(pk__in=stale).delete()
    write([(patient.pk, token, rank) for token, rank in wanted.items() if token not in held or held[token][1] != rank])


def stale(patients: Sequence[Patient]) -> list[Patient]:
    """Those whom the index does not hold as it should."""
    held: dict[int, dict[str, int]] = {patient.pk: {} for patient in patients}
    for owner, token, rank in Posting.objects.filter(patient__in=patients).values_list("patient_id", "token", "rank"):
        held[owner][token] = rank
    numbers = zip(patients, _phones(patients), strict=True)
    return [patient for patient, phones in numbers if held[patient.pk] != _tokens(patient, phones)]


def rebuild() -> Iterator[int]:
    """Make the whole index anew in one transaction; after each batch, how many patients are in it. Words that nobody
    has any more leave it here."""
    with transaction.atomic():
        for model in (Posting, TokenDeletion, TokenEnding):
            model._default_manager.all().delete()
        found = Patient.objects.filter(merged_into__isnull=True).order_by("pk").iterator(_AT_ONCE)
        done = 0
        while batch := list(islice(found, _AT_ONCE)):
            index_many(zip(batch, _phones(batch), strict=True))
            done += len(batch)
            yield done


def _phones(patients: Sequence[Patient]) -> list[list[str]]:
    found: dict[int, list[str]] = {patient.pk: [] for patient in patients}
    points = ContactPoint.objects.filter(patient__in=patients, kind="phone", ended_at__isnull=True)
    for owner, number in points.values_list("patient_id", "normalised"):
        found[owner].append(number)
    return list(found.values())


def _tokens(patient: Patient, phones: Iterable[str]) -> Mapping[str, Rank]:
    if patient.merged_into_id is not None:
        return {}
    return tokens_of(
        in_use=(patient.family_name, patient.given_name),
        at_birth=(patient.birth_name, patient.first_birth_given_name),
        all_given_names=patient.birth_given_names,
        birth_date=patient.birth_date,
        number=patient.number,
        phones=[national_digits(phone) for phone in phones],
    )


@prepared
def _held(patient: int) -> QuerySet[Posting, tuple[int, str, int]]:
    return Posting.objects.filter(patient_id=patient).values_list("pk", "token", "rank")


@prepared
def _known(words: tuple[str, ...]) -> QuerySet[TokenDeletion, tuple[str]]:
    return TokenDeletion.objects.filter(among("deletion", words), deletion=F("token")).values_list("token")


def write(rows: Sequence[tuple[int, str, int]]) -> None:
    """Add postings, and the forms of words that are new."""
    bulk.insert_rows(Posting, ("patient_id", "token", "rank"), rows)
    _learn({token for _patient, token, _rank in rows})


def _learn(tokens: Iterable[str]) -> None:
    """Note the forms of words that nobody had before. Somebody else may be noting the same word."""
    words = words_of(tokens)
    for low in range(0, len(words), _AT_ONCE):
        part = words[low : low + _AT_ONCE]
        known = {word for (word,) in _known(tuple(part))}
        unknown = [word for word in part if word not in known]
        ends = [(end, word) for word in unknown for end in sorted(endings(word))]
        forms = [(form, word) for word in unknown for form in sorted(deletions(word))]
        bulk.insert_rows(TokenEnding, ("ending", "token"), ends, unless_there=True)
        bulk.insert_rows(TokenDeletion, ("deletion", "token"), forms, unless_there=True)
