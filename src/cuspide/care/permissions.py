"""Who reads and writes what was found and done in a mouth.

The assistant writes under dictation and prepares acts; that an act was done, and what it costs, is for the dentist to
say. The secretary reads, to book, quote and bill. The bookkeeper and the technician see nothing of care.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from cuspide.core.actor import Actor
from cuspide.core.rights import Right, Role, declare

if TYPE_CHECKING:
    from cuspide.care.models import Act

_TREATING = [Role.OWNER, Role.DENTIST]
_CHAIRSIDE = [*_TREATING, Role.ASSISTANT]

VIEW = declare("care.view", _("Read the dental chart and the acts"), [*_CHAIRSIDE, Role.SECRETARY], emergency=True)
CHART = declare("care.chart", _("Record and correct findings on the dental chart"), _CHAIRSIDE, emergency=True)
PLAN = declare("care.plan", _("Plan acts and withdraw planned acts"), _CHAIRSIDE, emergency=True)
COMPLETE = declare("care.complete", _("Record acts as done, change their fee, void them"), _TREATING, emergency=True)


def reaches(actor: Actor, right: Right, act: "Act") -> bool:
    """Whether a right reaches an act: to read one the patient is asked, to change it its site and its practitioner."""
    return actor.can_on(right, site=act.site_id, practitioner=act.practitioner_id, patient=act.patient.uuid)
