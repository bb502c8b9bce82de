"""What the nomenclature adds to the registry."""

from django.utils.translation import gettext_lazy as _

from cuspide.core import registry
from cuspide.nomenclature import permissions

registry.rail.add(
    registry.RailEntry(
        "nomenclature",
        _("Nomenclature"),
        "nomenclature:browse",
        "book-open",
        permissions.VIEW,
        order=70,
        match=("nomenclature",),
    )
)
registry.commands.add(
    registry.Command(
        "nomenclature.browse",
        _("Browse the nomenclature"),
        "nomenclature:browse",
        permissions.VIEW,
        keywords=_("CCAM NGAP tariffs codes acts fees ceilings"),
        order=60,
    )
)
registry.commands.add(
    registry.Command(
        "nomenclature.add",
        _("Add an act outside the nomenclature"),
        "nomenclature:add",
        permissions.SET_FEES,
        keywords=_("HN uncovered act own code"),
        order=61,
    )
)
