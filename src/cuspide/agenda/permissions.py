"""Who sees the agenda and who writes in it. The bookkeeper and the technician see nothing of it."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

DESK = [Role.OWNER, Role.DENTIST, Role.ASSISTANT, Role.SECRETARY]

VIEW = declare("agenda.view", _("See the agenda"), roles=DESK, emergency=True)
BOOK = declare("agenda.book", _("Book, move and cancel appointments"), roles=DESK)
