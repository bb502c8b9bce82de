"""The directory of correspondents, and those of a patient."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from cuspide.core.db.prepared import prepared
from cuspide.patients.models import Correspondent, CorrespondentLink, Patient
from cuspide.patients.rules.names import clean_name, fold

MOST_FOUND = 30
_LONGEST = 100


def directory(*, retired: bool = False) -> QuerySet[Correspondent]:
    """Those who are offered, or those who no longer are, by name; for a page of them at a time."""
    return Correspondent.objects.filter(retired_at__isnull=not retired)


def found_correspondents(text: str) -> list[Correspondent]:
    """Those of whom every word of the text is a part (name, speciality, organisation, town, RPPS). One query."""
    offered = directory()
    for word in fold(clean_name(text[:_LONGEST])).split():
        offered = offered.filter(sought__contains=word)
    return list(offered[:MOST_FOUND])


def frequent_correspondents(limit: int = 8) -> list[Correspondent]:
    """Those of most patients. One query."""
    counted = directory().annotate(patients=Count("links", filter=Q(links__ended_at__isnull=True)))
    return list(counted.filter(patients__gt=0).order_by("-patients", "family_name", "pk")[:limit])


def correspondents_of(patient: Patient) -> list[CorrespondentLink]:
    """Those who stand, the general practitioner first. One query."""
    return sorted(_links(patient.pk), key=lambda link: (link.role != "treating", link.pk))


@prepared
def _links(patient: Any) -> QuerySet[CorrespondentLink]:
    links = CorrespondentLink.objects.filter(patient=patient, ended_at__isnull=True)
    return links.select_related("correspondent")


def ended_links(patient: Patient) -> list[CorrespondentLink]:
    """One query, the last ended first."""
    links = CorrespondentLink.objects.filter(patient=patient, ended_at__isnull=False)
    return list(links.select_related("correspondent").order_by("-ended_at", "-pk"))
