"""Cards that other pages show of care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cuspide.care import permissions, selectors
from cuspide.care.board import unseen_at
from cuspide.care.odontogram import Dentition, Drawing, draw
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages.addresses import address


def mouth(actor: Actor, patient: Any) -> Mapping[str, Any]:
    """The mouth as it is today, and what is planned. Three queries."""
    today = clock.today()
    shown = selectors.mouth_at(patient, today)
    months = (today.year - patient.born_on.year) * 12 + today.month - patient.born_on.month
    dentition = Dentition.for_age(max(months, 0))
    drawing = Drawing(dentition, shown.states, unseen=unseen_at(max(months, 0)), pressable=False, prefix="card")
    return {
        "svg": SafeString(draw(drawing)),
        "acts": shown.planned[:5],
        "more": max(len(shown.planned) - 5, 0),
        "patient": patient,
        "edit_url": address("care:chart", patient.uuid),
        "edit_label": _("Open the chart"),
    }


def to_complete(actor: Actor, _request: Any) -> Mapping[str, Any] | None:
    """Planned acts of the dentist who looks, latest first. One query."""
    if not actor.can(permissions.COMPLETE):
        return None
    acts = selectors.acts_to_complete(actor, clock.today(), actor.practitioner_id)
    return {"acts": acts}
