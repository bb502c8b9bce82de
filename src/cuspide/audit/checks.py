"""The trace's part of `cuspide check`."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.audit import anchors
from cuspide.audit.models import Entry, Head
from cuspide.audit.sealer import head_is_ours, last_sealed
from cuspide.audit.verify import UNSEALED_AFTER
from cuspide.core import clock
from cuspide.core.pages import typography
from cuspide.core.registry import Finding
from cuspide.core.service import starting
from cuspide.core.service.report import Fact

TRACE = gettext_lazy("Trace")
ANCHORS = gettext_lazy("Anchors of the trace")
_ANCHORED_WITHIN = dt.timedelta(days=3)


def trace() -> Sequence[Finding]:
    """The sealer keeps up, and the end of the chain is the one it left. The whole chain is `audit verify`'s."""
    found = []
    late = Entry.objects.filter(sequence__isnull=True, at__lt=clock.now() - UNSEALED_AFTER).count()
    if late:
        found.append(
            Finding(
                "watch",
                _("%(count)d entries of the trace have waited more than a minute for their seal.") % {"count": late},
                _("Start the service (“%(command)s”): it seals the trace while it runs.")
                % {"command": starting.command()},
            )
        )
    last, head = last_sealed(), Head.objects.first()
    if last is None and head is None:
        return found or [Finding("ok", _("No entry of the trace has been sealed yet."))]
    if head is None or not head_is_ours(head) or last != (head.sequence, bytes(head.chain)):
        found.append(
            Finding(
                "danger",
                _("The end of the trace is not the one that was sealed: entries were removed or changed."),
                _("Run “cuspide audit verify”, keep a copy of the store and find out who had access to the machine."),
            )
        )
        return found
    return found or [Finding("ok", _("The trace stands at entry %(sequence)d.") % {"sequence": head.sequence})]


def anchored() -> Sequence[Finding]:
    """The head of the chain leaves the machine often enough."""
    last = anchors.last_made()
    if last is None and not Entry.objects.filter(at__lt=clock.now() - _ANCHORED_WITHIN).exists():
        return [Finding("ok", _("The trace is younger than three days. “cuspide serve” anchors it each day."))]
    if last is None or last < clock.now() - _ANCHORED_WITHIN:
        return [
            Finding(
                "watch",
                _("The trace was not anchored in the last three days."),
                _("Start the service (“%(command)s”): it does so each day; or run “cuspide audit anchor --to FOLDER”.")
                % {"command": starting.command()},
            )
        ]
    if not settings.EMAIL_HOST:
        return [
            Finding(
                "watch",
                _("The anchors of the trace stay on this machine: no mail server is set."),
                _("Set [mail] in cuspide.toml, or print the closing of the day from the page of the trace."),
            )
        ]
    return [Finding("ok", _("The trace is anchored each day by mail."))]


def sealing_keeps_up() -> bool:
    """Nothing has waited for its seal for longer than it may."""
    oldest = _oldest_unsealed()
    return oldest is None or oldest > clock.now() - UNSEALED_AFTER


def facts() -> list[Fact]:
    """For the page of the service: when was sealed last, and what waits."""
    waiting = Entry.objects.filter(sequence__isnull=True).count()
    head = Head.objects.first()
    late = not sealing_keeps_up()
    return [
        Fact(_("Last sealed"), typography.moment(head.sealed_at) if head is not None else _("never")),
        Fact(
            _("Entries waiting for their seal"),
            typography.number(waiting),
            "danger" if late else "sound",
            _("Some have waited for more than a minute: the work beside the pages does not go on.") if late else "",
        ),
    ]


def _oldest_unsealed() -> dt.datetime | None:
    return Entry.objects.filter(sequence__isnull=True).order_by("id").values_list("at", flat=True).first()
