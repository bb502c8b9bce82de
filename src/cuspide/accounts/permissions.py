"""Rights over the team and the workstations, and the door for emergencies."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

TEAM = declare("accounts.team", _("See and change the team, its roles and its accounts"), roles=[Role.OWNER])
STATIONS = declare("accounts.stations", _("Name, change and retire workstations"), roles=[Role.OWNER, Role.TECHNICIAN])
EMERGENCY = declare(
    "accounts.emergency", _("Open an emergency access, with a reason"), roles=[Role.DENTIST, Role.ASSISTANT]
)
REVIEW = declare("accounts.review_emergency", _("Review emergency accesses"), roles=[Role.OWNER], whole=True)
