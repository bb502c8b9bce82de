"""What a patient agreed to. A room asks here before it writes to somebody or uses her data."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from cuspide.core.db.prepared import among, prepared
from cuspide.patients.models import ConsentStatement, Patient
from cuspide.patients.models.consents import ConsentSubject
from cuspide.patients.rules import consents as rules
from cuspide.patients.rules.consents import Answer


def may_contact(patient: Patient, purpose: str, channel: str) -> Answer:
    """Whether a `reminder` or a `recall` may be sent by `sms`, `email`, `letter` or `phone`. One query.

    Every room that sends one asks here, at the moment at which it sends. Raises ValueError for other words.
    """
    dead, merged = patient.deceased_on is not None, patient.merged_into_id is not None
    return rules.may_contact(_said(_statements((patient.pk,))), purpose, channel, dead=dead, merged=merged)


def contactable(patient_ids: Iterable[int], purpose: str, channel: str) -> set[int]:
    """Those of them who may be sent it: the same for many, in two queries."""
    ids = tuple(patient_ids)
    of: dict[int, list[ConsentStatement]] = {}
    for statement in _statements(ids):
        of.setdefault(statement.patient_id, []).append(statement)
    found = Patient.objects.filter(pk__in=ids).values_list("pk", "deceased_on", "merged_into_id")
    return {
        key
        for key, died, merged in found
        if rules.may_contact(_said(of.get(key, [])), purpose, channel, dead=died is not None, merged=merged is not None)
    }


def may_use(patient: Patient, subject: ConsentSubject) -> Answer:
    """Whether letters go to correspondents, photographs are shown in a lecture… One query. Death changes nothing here:
    it opens nothing, and closes nothing that the patient granted."""
    return rules.may(_said(_statements((patient.pk,))), subject.value)


def oppositions(patient: Patient) -> list[str]:
    """Subjects of the banner that the patient opposed, as they stand. One query."""
    said = _said(_statements((patient.pk,)))
    asked = [one for one in rules.SAID_IN_THE_BANNER if one != "parents" or patient.is_minor]
    return [one for one in asked if said.get(one) is False]


def parents_may_know(patient: Patient) -> bool:
    """Whether whoever holds parental authority may be handed what the record says. Every page that hands something to a
    parent asks here. One query, of a minor."""
    return not patient.is_minor or bool(may_use(patient, ConsentSubject.PARENTS))


@dataclass(frozen=True)
class ConsentLine:
    """A subject as it stands: what was said last, or that nobody asked and what holds then."""

    subject: ConsentSubject
    statement: ConsentStatement | None
    allowed: bool


def consent_lines(patient: Patient) -> list[ConsentLine]:
    """Every subject that is asked of this patient. One query."""
    last = _last(_statements((patient.pk,)))
    return [
        ConsentLine(
            subject,
            statement := last.get(subject.value),
            statement.agrees if statement else rules.UNASKED[subject.value],
        )
        for subject in ConsentSubject
        if subject != ConsentSubject.PARENTS or patient.is_minor
    ]


def consent_history(patient: Patient) -> list[ConsentStatement]:
    """All that was ever said, void or not, the newest first. One query."""
    return list(ConsentStatement.objects.filter(patient=patient).order_by("-said_on", "-pk"))


@prepared
def _statements(patients: tuple[int, ...]) -> QuerySet[ConsentStatement]:
    return ConsentStatement.objects.filter(among("patient_id", patients), ended_at__isnull=True)


def _last(statements: Iterable[ConsentStatement]) -> dict[str, ConsentStatement]:
    """By subject, what was said on the latest day; of one day, what was noted last."""
    return {one.subject: one for one in sorted(statements, key=lambda one: (one.said_on, one.pk))}


def _said(statements: Iterable[ConsentStatement]) -> dict[str, bool]:
    return {subject: one.agrees for subject, one in _last(statements).items()}
