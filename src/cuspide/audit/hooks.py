"""What the trace adds to the registry."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.audit import checks, demo, naming, sealer
from cuspide.audit.models import Entry
from cuspide.audit.permissions import VIEW
from cuspide.core import background, registry
from cuspide.core.demo import DemoPart, demo_parts


def _entries(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    rows = Entry.objects.filter(uuid__in=uuids).values_list("uuid", "action")
    return {uuid: str(naming.said(action)) for uuid, action in rows}


registry.checks.add(registry.CheckEntry("trace", checks.TRACE, checks.trace, order=20))
background.loops.add(background.Loop("seal", sealer.run_forever, order=10))
demo_parts.add(DemoPart("audit", demo.build, order=99))
registry.rail.add(
    registry.RailEntry("audit", _("Trace"), "audit:trace", icon="history", right=VIEW, order=92, match=("audit",))
)
registry.commands.add(
    registry.Command(
        "audit", _("Read the trace"), "audit:trace", right=VIEW, keywords=_("who saw a record, log, journal")
    )
)
naming.namers.add(naming.Namer("audit.entry", _("Entry of the trace"), None, _entries, url_name="audit:entry"))
naming.say(
    {
        "audit.trace": pgettext_lazy("done", "Read the trace"),
        "audit.empty_details": _("Emptied the details of old entries"),
    }
)
