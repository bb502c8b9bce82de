from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortabilityConfig(AppConfig):
    name = "cuspide.portability"
    label = "portability"
    verbose_name = _("Portability")

    def ready(self) -> None:
        from cuspide.portability import hooks  # noqa: F401
