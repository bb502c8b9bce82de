"""Rights over the team and the workstations."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

TEAM = declare("accounts.team", _("See and change the team, its roles and its accounts"), roles=[Role.OWNER])
STATIONS = declare("accounts.stations", _("Name, change and retire workstations"), roles=[Role.OWNER, Role.TECHNICIAN])
