"""Two people edit one record: the second is told, and chooses."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import EditConflict
from cuspide.core.models import Versioned

V = TypeVar("V", bound=Versioned)


def update_versioned(instance: V, changes: Mapping[str, Any], expected_version: int) -> V:
    """Write `changes` (field to value) if the store still holds `expected_version`, and count the version up.

    Returns the instance as it now stands. Raises EditConflict, with the record as the store holds it in `current`,
    when somebody saved first. Call it inside the service's transaction.
    """
    manager = type(instance)._default_manager
    with transaction.atomic():
        written = manager.filter(pk=instance.pk, version=expected_version).update(**changes, version=F("version") + 1)
        if not written:
            raise EditConflict(
                _("Somebody else changed this record while you were editing it."),
                current=manager.get(pk=instance.pk),
            )
    for name, value in changes.items():
        setattr(instance, name, value)
    instance.version = expected_version + 1
    return instance
