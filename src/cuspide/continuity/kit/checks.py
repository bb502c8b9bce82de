"""Whether the restore kit is printed, and says what is so."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from cuspide.continuity.kit import folder
from cuspide.core import keystore
from cuspide.core.pages.typography import day
from cuspide.core.registry import Finding

KIT = _("Restore kit")
_REMEDY = _("Print it: the page of the backups, or “cuspide backup kit”. Keep it with the escrow sheet.")


def kit() -> Sequence[Finding]:
    at, is_so = folder.printed_at(keystore.practice_home())
    if not at:
        return [Finding("watch", _("The restore kit was never printed."), _REMEDY)]
    if not is_so:
        return [Finding("watch", _("Places or key are others than on the printed restore kit."), _REMEDY)]
    return [Finding("ok", _("The restore kit was printed on %(day)s.") % {"day": day(dt.datetime.fromisoformat(at))})]
