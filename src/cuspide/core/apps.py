from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "cuspide.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        from cuspide.core import hooks  # noqa: F401
