"""Appointments that were booked, by name: what a way back to an earlier point would lose."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cuspide.agenda.models import Appointment
from cuspide.core import registry
from cuspide.core.pages import typography


def _rows() -> QuerySet[Appointment]:
    return Appointment.objects.select_related("patient", "type")


def _line(one: Appointment) -> registry.WrittenLine:
    what = " · ".join(str(part) for part in (typography.moment(one.starts_at), one.type and one.type.label) if part)
    return registry.WrittenLine(one.patient.display_name if one.patient else one.note, what, one.created_at)


registry.written.add(registry.Written("appointments", _("Appointments"), _rows, _line, order=20))
