"""Rights over the trace."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

VIEW = declare("audit.view", _("Read the trace of what everybody saw and did"), roles=[Role.OWNER], whole=True)
EXPORT = declare("audit.export", _("Export the trace and print its anchor"), roles=[Role.OWNER], whole=True)
EMPTY = declare("audit.empty", _("Set for how long the details of the trace are kept"), roles=[Role.OWNER], whole=True)
