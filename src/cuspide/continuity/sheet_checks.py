"""Whether the escrow sheet was tried on a backup this quarter."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.continuity.models import Kind, Outcome, Run
from cuspide.continuity.services.drills import SHEET_EVERY
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages.typography import day
from cuspide.core.registry import Finding

SHEET = _("Trial with the escrow sheet")


def last() -> dt.datetime | None:
    """When the sheet last opened a place."""
    done = Run.objects.filter(kind=Kind.SHEET, outcome=Outcome.DONE).order_by("-started_at")
    return done.values_list("started_at", flat=True).first()


def is_due() -> bool:
    """There are copies for longer than a month, and the sheet was not tried on them within three months."""
    begun = Run.objects.filter(kind=Kind.COPY, outcome=Outcome.DONE, destination__ended_at=None)
    first, tried = begun.order_by("started_at").values_list("started_at", flat=True).first(), last()
    if tried is not None:
        return clock.now() - tried > SHEET_EVERY
    return first is not None and clock.now() - first > dt.timedelta(days=30)


def found() -> Sequence[Finding]:
    tried = last()
    if is_due():
        return [
            Finding(
                "watch",
                _("The escrow sheet was not tried on a backup for three months."),
                _("The owner tries it on the page of the backups, or with “cuspide backup sheet NAME”."),
            )
        ]
    return [Finding("ok", _("The escrow sheet opened a backup on %(day)s.") % {"day": day(tried)})] if tried else []


def card(_actor: Actor, _request: Any) -> Mapping[str, Any] | None:
    """Asks the owner for the sheet once a quarter."""
    return {"tried": last()} if is_due() else None
