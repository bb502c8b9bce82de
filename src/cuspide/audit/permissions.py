"""Rights over the trace."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

VIEW = declare("audit.view", _("Read the trace of what everybody saw and did"), roles=[Role.OWNER])
EMPTY = declare("audit.empty", _("Empty the details of old entries of the trace"), roles=[])
