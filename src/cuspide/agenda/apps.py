from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AgendaConfig(AppConfig):
    name = "cuspide.agenda"
    label = "agenda"
    verbose_name = _("Agenda")

    def ready(self) -> None:
        from cuspide.agenda import hooks  # noqa: F401

        post_migrate.connect(_fill_types, sender=self)


def _fill_types(using: str, **_kwargs: Any) -> None:
    """A new practice begins with the usual types; one that has changed them keeps its own."""
    from cuspide.agenda.usual_types import fill

    fill(using)
