"""The rows of a table that a right reaches, as a condition of the query: lists, counts, single objects ask the same."""

from django.db.models import Q

from cuspide.core.actor import Actor
from cuspide.core.rights import EVERYWHERE, Right

NOTHING = Q(pk__in=[])


def within(
    actor: Actor,
    right: Right | str,
    *,
    site: str = "site_id",
    practitioner: str = "practitioner_id",
    patient: str = "patient__uuid",
) -> Q:
    """The condition that leaves the rows within the actor's reach; it costs no query. The names are those of the
    columns; a table without one of them gives "", and rights that are limited by it then reach no row."""
    reaches = actor.reaches(right)
    if EVERYWHERE in reaches:
        return Q()
    found = NOTHING
    whole = [reach.site for reach in reaches if reach.practitioner is None and reach.patient is None]
    if whole and site:
        found |= Q(**{f"{site}__in": whole})
    for reach in reaches:
        wanted = ((site, reach.site), (practitioner, reach.practitioner), (patient, reach.patient))
        asked = [(name, value) for name, value in wanted if value is not None]
        if reach.site not in whole and all(name for name, _value in asked):
            found |= Q(*asked)
    return found
