"""Who treats and where, when nobody has said."""

from __future__ import annotations

from cuspide.core.actor import Actor
from cuspide.practice import selectors as practice
from cuspide.practice.models import Practitioner, Site


def treating(actor: Actor, chosen: str = "") -> Practitioner | None:
    """The practitioner chosen (public name), else the dentist who acts, else the first of the practice. One query."""
    everybody = practice.practitioners()
    for practitioner in everybody:
        if chosen and str(practitioner.uuid) == chosen:
            return practitioner
    for practitioner in everybody:
        if practitioner.pk == actor.practitioner_id:
            return practitioner
    return everybody[0] if everybody else None


def site_of(practitioner: Practitioner) -> Site:
    """Where acts are recorded: a site of the practitioner's entity, else the main one. One query."""
    sites = practice.sites()
    return next((site for site in sites if site.entity_id == practitioner.entity_id), sites[0])
