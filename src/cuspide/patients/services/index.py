"""The search index of a patient, kept in step inside the transaction that changes what it is made of."""

from collections.abc import Iterable

from cuspide.patients.models import ContactPoint, NameToken, Patient
from cuspide.patients.rules.identity import search_tokens
from cuspide.patients.rules.phones import national_digits


def tokens_of(patient: Patient, phones: Iterable[str]) -> frozenset[str]:
    """All tokens of a patient; `phones` in E.164."""
    names = (
        patient.birth_name,
        patient.first_birth_given_name,
        patient.birth_given_names,
        patient.used_name,
        patient.used_given_name,
    )
    dialled = tuple(national_digits(phone) for phone in phones)
    return search_tokens(names, patient.birth_date, patient.number, dialled)


def index_new(patient: Patient, phones: Iterable[str]) -> None:
    NameToken.objects.bulk_create(NameToken(patient=patient, token=t) for t in sorted(tokens_of(patient, phones)))


def refresh(patient: Patient) -> None:
    """Make the index of a patient what it should be."""
    phones = ContactPoint.objects.filter(patient=patient, kind="phone", ended_at__isnull=True)
    wanted = tokens_of(patient, phones.values_list("normalised", flat=True))
    held = dict(NameToken.objects.filter(patient=patient).values_list("token", "pk"))
    NameToken.objects.filter(pk__in=[held[token] for token in held.keys() - wanted]).delete()
    NameToken.objects.bulk_create(NameToken(patient=patient, token=t) for t in sorted(wanted - held.keys()))
