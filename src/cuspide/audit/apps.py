from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "cuspide.audit"
    label = "audit"
    verbose_name = _("Trace")

    def ready(self) -> None:
        from cuspide.audit import hooks  # noqa: F401
