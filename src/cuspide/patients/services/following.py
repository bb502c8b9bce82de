"""Note where and by whom a patient is followed. Part of the write that brings her there, which has its trace."""

from django.db.models import QuerySet

from cuspide.core.actor import Actor
from cuspide.core.db.prepared import prepared
from cuspide.patients import reach
from cuspide.patients.models import Following, Patient
from cuspide.patients.permissions import CHANGE
from cuspide.practice.models import Site


def follow(patient: Patient, site_id: int, practitioner_id: int | None = None) -> None:
    """The patient is followed at the site, by the practitioner when one is named; noted before is as well.

    Call it inside the transaction of a booking, an act or an invoice. One query.
    """
    row = Following(patient=patient, site_id=site_id, practitioner_id=practitioner_id)
    Following.objects.bulk_create([row], ignore_conflicts=True)
    reach.forget(patient)


def follow_newcomer(actor: Actor, patient: Patient) -> None:
    """A patient just created is known where her record was made: at the sites of whoever made it, at the only site of
    a practice that has one; else at the site of her first appointment."""
    for site, practitioner in places_of_newcomers(actor):
        follow(patient, site, practitioner)


def places_of_newcomers(actor: Actor) -> set[tuple[int, int | None]]:
    """Site and practitioner, as primary keys, where whomever the actor creates is known."""
    reaches = actor.reaches(CHANGE)
    places = {(each.site, each.practitioner) for each in reaches if each.site is not None}
    if not places:
        sites = _first_two_sites()
        places = {(site, None) for (site,) in sites if len(sites) == 1}
    return places


@prepared
def _first_two_sites() -> QuerySet[Site, tuple[int]]:
    return Site.objects.values_list("pk")[:2]
