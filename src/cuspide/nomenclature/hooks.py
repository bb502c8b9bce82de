"""What the nomenclature adds to the registry."""

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.core import registry
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.nomenclature import demo, permissions, trace_words  # noqa: F401 - its words are added by importing it

demo_parts.add(DemoPart("nomenclature", demo.build, order=30))
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
naming.say(
    {
        "nomenclature.load": _("Loaded the nomenclature"),
        "nomenclature.import": _("Brought in an edition of the CCAM"),
        "nomenclature.correct_tariff": _("Corrected a tariff"),
        "nomenclature.correct_ceiling": _("Corrected a fee ceiling"),
        "nomenclature.set_fee": _("Set a fee of the practice"),
        "nomenclature.add_act": _("Added an act outside the nomenclature"),
    }
)
