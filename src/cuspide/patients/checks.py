"""The part of the patients' room in `cuspide check`: everybody is found."""

from collections.abc import Sequence
from random import SystemRandom

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cuspide.core.registry import Finding
from cuspide.patients.models import Patient
from cuspide.patients.services import index

SEARCH = gettext_lazy("Search for patients")
_NEWEST, _BY_CHANCE = 200, 300


def search() -> Sequence[Finding]:
    """The newest patients and some by chance are in the search index as they should be."""
    last = Patient.objects.aggregate(last=Max("pk"))["last"] or 0
    drawn = SystemRandom().sample(range(1, last + 1), min(last, _BY_CHANCE))
    newest = Patient.objects.order_by("-pk").values_list("pk", flat=True)[:_NEWEST]
    looked_at = list(Patient.objects.filter(pk__in={*drawn, *newest}))
    missing = len(index.stale(looked_at))
    if missing:
        return [
            Finding(
                "danger",
                ngettext(
                    "%(missing)d of %(count)d patients looked at is not found as she should be.",
                    "%(missing)d of %(count)d patients looked at are not found as they should be.",
                    missing,
                )
                % {"missing": missing, "count": len(looked_at)},
                _("Run “cuspide search rebuild”: it makes the search index anew, and nothing else changes."),
            )
        ]
    return [
        Finding(
            "ok",
            ngettext(
                "%(count)d patient looked at: found by everything that belongs to her.",
                "%(count)d patients looked at: each is found by everything that belongs to them.",
                len(looked_at),
            )
            % {"count": len(looked_at)},
        )
    ]
