from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    name = "cuspide.practice"
    label = "practice"
    verbose_name = _("Practice")

    def ready(self) -> None:
        from cuspide.practice import hooks  # noqa: F401
