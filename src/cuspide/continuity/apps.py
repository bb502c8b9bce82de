from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContinuityConfig(AppConfig):
    name = "cuspide.continuity"
    label = "continuity"
    verbose_name = _("Continuity")

    def ready(self) -> None:
        from cuspide.continuity import hooks  # noqa: F401
