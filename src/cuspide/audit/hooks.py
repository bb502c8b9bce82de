"""What the trace adds to the registry."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.audit import (  # noqa: F401 - its jobs are added by importing
    anchors,
    checks,
    demo,
    eras,
    naming,
    sealer,
    tasks,
)
from cuspide.audit.models import Entry
from cuspide.audit.permissions import VIEW
from cuspide.core import background, registry
from cuspide.core.demo import DemoPart, demo_parts
from cuspide.core.keys.uses import Fate, KeyUse, uses
from cuspide.core.service import health, report


def _entries(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    rows = Entry.objects.filter(uuid__in=uuids).values_list("uuid", "action")
    return {uuid: str(naming.said(action)) for uuid, action in rows}


registry.checks.add(registry.CheckEntry("trace", checks.TRACE, checks.trace, order=20))
registry.checks.add(registry.CheckEntry("anchors", checks.ANCHORS, checks.anchored, order=21))
anchors.destinations.add(anchors.Destination("folder", anchors.keep_in_folder, order=10))
anchors.destinations.add(anchors.Destination("mail", anchors.to_mail, order=20))
background.loops.add(background.Loop("seal", sealer.run_forever, order=10))
health.probes.add(health.Probe("sealing", checks.sealing_keeps_up, order=30))
report.groups.add(report.FactGroup("trace", _("Trace"), checks.facts, order=30))
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
naming.matters.add(
    naming.Matter(
        "audit",
        _("List of who saw the record"),
        shows=("trace", "export", "closing"),
        order=90,
    )
)
naming.say(
    {
        "audit.trace": pgettext_lazy("done", "Read the trace"),
        "audit.export": pgettext_lazy("done", "Exported the trace"),
        "audit.closing": _("Printed the closing of the day"),
        "audit.start_emptying": _("Had the details of old entries emptied"),
        "audit.stop_emptying": _("Stopped the emptying of old details"),
        "audit.anchor": _("Anchored the trace outside of the machine"),
        "audit.empty_details": _("Began to empty the details of old entries"),
        "audit.details_emptied": _("Emptied the details of old entries"),
        "audit.set_keeping": _("Set for how long details of the trace are kept"),
    }
)
uses.add(
    KeyUse(
        eras.LABEL,
        Fate.KEPT,
        "links once made are kept outside in anchors: made again, they would fit none of them",
        remake=eras.prove_head_anew,
        note=eras.last_of_this_era,
    )
)
uses.add(KeyUse(anchors.LABEL, Fate.KEPT, "anchors lie where this machine does not reach: mailboxes, paper, backups"))
