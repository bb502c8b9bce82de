from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "cuspide.billing"
    label = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from cuspide.billing import hooks  # noqa: F401
