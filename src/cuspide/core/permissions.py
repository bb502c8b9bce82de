"""Rights of the ground floor."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

STATUS = declare("core.status", _("See how the service is doing"), roles=[Role.OWNER, Role.TECHNICIAN])
