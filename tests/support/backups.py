"""A place of backups as the store knows it; nothing lies there."""

from typing import Any

from cuspide.continuity import secrets
from cuspide.continuity.models import Destination
from cuspide.core import keystore


def a_place(name: str = "Disque A", place: str = "/media/a", **more: Any) -> Destination:
    access = secrets.Access(place, "secret", {"AWS_SECRET_ACCESS_KEY": "other"})
    sealed = secrets.sealed(access, keystore.derive(secrets.LABEL))
    return Destination.objects.create(name=name, place=place, sealed=sealed, **({"created_by": "x"} | more))
