"""Whoever brings a file in or takes all patients out does it for the whole practice: its owner."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

IMPORT = declare("portability.import", _("Bring in patients from a file, and undo an import"), [Role.OWNER], whole=True)
EXPORT = declare("portability.export", _("Take all patients out as a file"), [Role.OWNER], whole=True)
