"""Rights over the nomenclature. Everybody in the practice may read it: it says nothing of a patient."""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

VIEW = declare(
    "nomenclature.view",
    _("Read the nomenclature and its tariffs"),
    [Role.OWNER, Role.DENTIST, Role.ASSISTANT, Role.SECRETARY, Role.BOOKKEEPER, Role.TECHNICIAN],
)
SET_FEES = declare("nomenclature.set_fees", _("Set the practice's fees"), [Role.OWNER, Role.DENTIST])
CORRECT = declare(
    "nomenclature.correct", _("Correct tariffs and ceilings, bring in an edition"), [Role.OWNER], whole=True
)
