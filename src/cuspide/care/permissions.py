"""Who reads and writes what was found and done in a mouth.

The assistant writes under dictation and prepares acts; that an act was done, and what it costs, is for the dentist to
say. The secretary reads, to book, quote and bill. The bookkeeper and the technician see nothing of care.
"""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

_TREATING = [Role.OWNER, Role.DENTIST]
_CHAIRSIDE = [*_TREATING, Role.ASSISTANT]

VIEW = declare("care.view", _("Read the dental chart and the acts"), [*_CHAIRSIDE, Role.SECRETARY])
CHART = declare("care.chart", _("Record and correct findings on the dental chart"), _CHAIRSIDE)
PLAN = declare("care.plan", _("Plan acts and withdraw planned acts"), _CHAIRSIDE)
COMPLETE = declare("care.complete", _("Record acts as done, change their fee, void them"), _TREATING)
