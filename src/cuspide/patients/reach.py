"""Which patients somebody's rights reach.

A patient belongs to the organisation, her record is one. Whoever holds a right everywhere has it on every patient;
whoever holds it at a site has it on those who are followed there; a replacement on those of the dentist she replaces.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.core.rights import EVERYWHERE, Reach, Right
from cuspide.patients.models import Following, Patient

Place = tuple[int | None, int | None, UUID]
"""Site, practitioner and patient."""
_KEPT = "_followed_at"


def within(actor: Actor, right: Right | str, column: str = "") -> Q:
    """The condition on patients, or on rows whose `column` is one: no query of its own."""
    reaches = actor.reaches(right)
    if EVERYWHERE in reaches:
        return Q()
    places = Q(pk__in=[])
    for reach in reaches:
        if reach.patient is None:
            wanted = (("site_id", reach.site), ("practitioner_id", reach.practitioner))
            places |= Q(*[(name, value) for name, value in wanted if value is not None])
    found = Q(Exists(Following.objects.filter(places, patient_id=OuterRef(column or "pk"))))
    named = [reach.patient for reach in reaches if reach.patient is not None]
    if named:
        found |= Q(**{f"{column}__uuid__in" if column else "uuid__in": named})
    return found


def may(actor: Actor, right: Right | str, patient: Patient) -> bool:
    """Whether the right reaches this patient. No query for whoever holds it everywhere, else one a patient."""
    reaches = actor.reaches(right)
    if EVERYWHERE in reaches:
        return True
    return any(reach.holds(*place) for reach in reaches for place in _places(patient))


def require(actor: Actor, right: Right | str, patient: Patient) -> None:
    """Raise Forbidden unless the right reaches this patient."""
    if not may(actor, right, patient):
        raise Forbidden(str(right))


def held_on(actor: Actor, patient: Patient) -> Actor:
    """The actor with just what she may do about this patient: what decides which parts of a record are shown."""
    if actor.is_system or not actor.local:
        return actor
    codes = set(actor.rights)
    for one in actor.local:
        if any(one.reach.holds(*place) for place in _places(patient)):
            codes |= one.rights
    return actor.holding(frozenset(codes))


def _places(patient: Patient) -> list[Place]:
    """Where and by whom a patient is followed; kept on the instance, which lives as long as its page."""
    kept: list[Place] | None = patient.__dict__.get(_KEPT)
    if kept is None:
        rows = Following.objects.filter(patient_id=patient.pk).values_list("site_id", "practitioner_id")
        # The first stands for the patient herself: somebody may have been let in to her alone.
        kept = [(None, None, patient.uuid), *((site, one, patient.uuid) for site, one in rows)]
        patient.__dict__[_KEPT] = kept
    return kept


def touches(how_far: Reach, patient: Patient) -> bool:
    """Whether a reach holds this patient, whoever has it."""
    return any(how_far.holds(*place) for place in _places(patient))


def forget(patient: Patient) -> None:
    """Ask again where the patient is followed: it has just changed."""
    patient.__dict__.pop(_KEPT, None)
