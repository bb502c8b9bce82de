"""What opens a destination, sealed under the practice's key; and the same again when the key is changed."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from cuspide.continuity import disks
from cuspide.continuity.models import Destination
from cuspide.continuity.restic import Repository
from cuspide.core import keystore
from cuspide.core.errors import DomainError
from cuspide.core.keys.sealing import seal, unseal
from cuspide.core.keys.uses import Exchange

LABEL = "backup destinations"
PRACTICE, ENVELOPE = "practice", "envelope"
ENVELOPE_PASSWORD = "cuspide"  # noqa: S105 known to everybody: what lies there is wrapped for the sheet and passphrase


@dataclass(frozen=True)
class Access:
    """How restic gets at a place. `environment` holds the credentials of SFTP, S3 and the like."""

    place: str = field(repr=False)
    password: str = field(repr=False)
    environment: dict[str, str] = field(default_factory=dict, repr=False)

    def practice(self, cache: Path | None = None) -> Repository:
        return Repository(joined(self.place, PRACTICE), self.password, self.environment, cache)

    def envelope(self) -> Repository:
        return Repository(joined(self.place, ENVELOPE), ENVELOPE_PASSWORD, self.environment)


def joined(place: str, name: str) -> str:
    return f"{place.rstrip('/')}/{name}" + ("/" if place.startswith("rest:") else "")


def sealed(access: Access, key: bytes) -> bytes:
    text = json.dumps([access.place, access.password, access.environment]).encode()
    return seal(key, text, LABEL.encode())


def opened(content: bytes, key: bytes) -> Access:
    """Raises cryptography's InvalidTag where the key is another."""
    place, password, environment = json.loads(unseal(key, content, LABEL.encode()))
    return Access(place, password, environment)


def access_to(destination: Destination) -> Access:
    """What opens a place; of a removable disk, where it is plugged in now (DomainError while it is not)."""
    access = opened(bytes(destination.sealed), keystore.derive(LABEL))
    if not destination.is_disk:
        return access
    where = disks.mounted(destination.disk_label)
    if where is None:
        raise DomainError(_("%(name)s is not plugged in."), {"name": destination.name})
    return replace(access, place=str(where / disks.FOLDER))


def seal_anew(exchange: Exchange) -> int:
    """Under the new key of the practice. The places keep their passwords; the envelopes follow with the next copy."""
    old, new, count = exchange.old(LABEL), exchange.new(LABEL), 0
    for one in Destination.objects.all():
        one.sealed = sealed(opened(bytes(one.sealed), old), new)
        one.envelope_digest = ""
        one.save(update_fields=["sealed", "envelope_digest"])
        count += 1
    return count
