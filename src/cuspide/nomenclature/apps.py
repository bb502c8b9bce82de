from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NomenclatureConfig(AppConfig):
    name = "cuspide.nomenclature"
    label = "nomenclature"
    verbose_name = _("Nomenclature")

    def ready(self) -> None:
        from cuspide.nomenclature import hooks  # noqa: F401
