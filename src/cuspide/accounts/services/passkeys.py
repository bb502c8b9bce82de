"""A person's own passkeys: added after the ceremony, named, removed."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal import auth
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.accounts.models import User
from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError


@transaction.atomic
def add_passkey(actor: Actor, user: User, name: str, credential: Any, host: str) -> bool:
    """Keep a passkey whose ceremony held: its public key, no secret. True when recovery codes were made with it, as
    with every first second factor. Setting it up is traced where factors come and go."""
    _require_own(actor, user)
    key_id = auth.parse_registration_response(credential).raw_id
    if auth.get_authenticator_by_credential_id(user, key_id):
        raise DomainError(_("This device holds a passkey of yours already."))
    made = auth.WebAuthn.add(user, name, credential).instance
    made.data["host"] = host
    made.save(update_fields=["data"])
    first = not Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).exists()
    if first:
        RecoveryCodes.activate(user)
    return first


@transaction.atomic
def name_passkey(actor: Actor, user: User, key: str, name: str) -> None:
    """Call a passkey something else. DomainError when it is gone."""
    _require_own(actor, user)
    found = _found(user, key)
    found.data["name"] = name
    found.save(update_fields=["data"])
    trail.record(actor, "accounts.passkey_named", subject=user)


@transaction.atomic
def remove_passkey(actor: Actor, user: User, key: str) -> None:
    """A passkey opens nothing any more; with the last second factor its recovery codes go, too."""
    _require_own(actor, user)
    _found(user, key).delete()
    left = Authenticator.objects.filter(user=user)
    if not left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        for codes in left:
            codes.delete()


def _found(user: User, key: str) -> Authenticator:
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
    found = locks.held(Authenticator.objects).filter(user=user, type=Authenticator.Type.WEBAUTHN, pk=number).first()
    if found is None:
        raise DomainError(_("This passkey was removed already."))
    return found


def _require_own(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        raise DomainError(_("Everybody has her own passkeys: nobody adds or removes another's."))
