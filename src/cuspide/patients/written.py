"""Patients that were entered, by name: what a way back to an earlier point would lose."""

from django.utils.translation import gettext_lazy as _

from cuspide.core import registry
from cuspide.patients.models import Patient


def _line(patient: Patient) -> registry.WrittenLine:
    return registry.WrittenLine(patient.display_name, patient.birth_date_shown, patient.created_at)


registry.written.add(registry.Written("patients", _("Patients"), Patient.objects.all, _line, order=10))
