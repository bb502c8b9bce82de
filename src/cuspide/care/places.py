"""Who treats and where, when nobody has said."""

from __future__ import annotations

from collections.abc import Sequence

from cuspide.care.permissions import PLAN
from cuspide.core.actor import Actor
from cuspide.practice import selectors as practice
from cuspide.practice.models import Practitioner, Site


def treaters(actor: Actor) -> Sequence[Practitioner]:
    """The practitioners in whose name the actor may plan: all, unless she works for some only. One query."""
    whom = actor.practitioners_of(PLAN)
    # Whoever only reads is shown the practice's own.
    everybody = practice.practitioners()
    return [one for one in everybody if one.pk in whom] if whom else everybody


def treating(actor: Actor, chosen: str = "") -> Practitioner | None:
    """The practitioner chosen (public name), else the dentist who acts, else the first of the practice. One query."""
    everybody = treaters(actor)
    for practitioner in everybody:
        if chosen and str(practitioner.uuid) == chosen:
            return practitioner
    for practitioner in everybody:
        if practitioner.pk == actor.practitioner_id:
            return practitioner
    return everybody[0] if everybody else None


def site_of(actor: Actor, practitioner: Practitioner) -> Site:
    """Where acts are recorded: of the sites where the actor plans, one of the practitioner's entity, else the first.
    One query."""
    everywhere = practice.sites()
    sites = [site for site in everywhere if actor.can(PLAN, site.pk)] or everywhere
    return next((site for site in sites if site.entity_id == practitioner.entity_id), sites[0])
