from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CareConfig(AppConfig):
    name = "cuspide.care"
    label = "care"
    verbose_name = _("Care")

    def ready(self) -> None:
        from cuspide.care import hooks  # noqa: F401
