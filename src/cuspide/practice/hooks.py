"""What the practice adds to the registry."""

from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.core import registry
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.practice import demo, selectors, trace_words  # noqa: F401 - the trace's words are added by importing them
from cuspide.practice.models import LegalEntity, Site
from cuspide.practice.permissions import CHANGE

registry.place_names.add(registry.PlaceName("practice", selectors.shown_name))
registry.commands.add(
    registry.Command(
        "practitioners",
        _("Open the practitioners"),
        "practice:practitioners",
        right=CHANGE,
        keywords=_("dentists RPPS AM number settings"),
    )
)
demo_parts.add(DemoPart("practice", demo.build, order=10))
naming.say(
    {
        "practice.create": _("Created the practice"),
        "practice.change_key": _("Changed the key of the practice"),
        "practice.hand_out_key": _("Handed out a key from before"),
        "practice.add_practitioner": _("Added a practitioner"),
        "practice.change_practitioner": _("Corrected a practitioner"),
        "practice.retire_practitioner": _("Retired a practitioner"),
        "practice.bring_back_practitioner": _("Brought a practitioner back"),
        "practice.upgrade": _("Brought the store to a new version of the program"),
        "practice.move_store": _("Began to carry the practice to another store"),
    }
)

for _model in (Site, LegalEntity):
    post_save.connect(selectors.forget_kept_name, sender=_model, dispatch_uid=f"shown_name:{_model.__name__}")
