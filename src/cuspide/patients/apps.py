from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "cuspide.patients"
    label = "patients"
    verbose_name = _("Patients")

    def ready(self) -> None:
        from cuspide.patients import hooks  # noqa: F401
