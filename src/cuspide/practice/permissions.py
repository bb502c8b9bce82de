"""Rights over the practice's own facts."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

CHANGE = declare("practice.change", _("Change sites, chairs, hours and practitioners"), [Role.OWNER])
