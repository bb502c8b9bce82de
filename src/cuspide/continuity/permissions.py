"""Backups hold everything: who sets them up, and who sees how they are, does it for the whole practice."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

SET_UP = declare("continuity.set_up", _("Say where backups go"), [Role.OWNER, Role.TECHNICIAN], whole=True)
SEE = declare("continuity.see", _("See how the backups are"), [Role.OWNER, Role.TECHNICIAN], whole=True)
RESTORE = declare("continuity.restore", _("Go back to an earlier point of the practice"), [Role.OWNER], whole=True)
