"""Acts that were recorded, by name: what a way back to an earlier point would lose."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cuspide.care.models import Act
from cuspide.core import registry


def _rows() -> QuerySet[Act]:
    return Act.objects.select_related("patient")


def _line(act: Act) -> registry.WrittenLine:
    what = " · ".join(part for part in (act.code, act.short_name or act.label, act.teeth) if part)
    return registry.WrittenLine(act.patient.display_name, what, act.recorded_at)


registry.written.add(registry.Written("acts", _("Acts"), _rows, _line, order=30))
