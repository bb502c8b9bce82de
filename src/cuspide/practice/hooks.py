"""What the practice adds to the registry."""

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.core import registry
from cuspide.practice import demo, trace_words  # noqa: F401 - the trace's words are added by importing them

registry.demo_parts.add(registry.DemoPart("practice", demo.build, order=10))
naming.say(
    {
        "practice.create": _("Created the practice"),
        "practice.add_practitioner": _("Added a practitioner"),
    }
)
