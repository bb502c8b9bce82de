"""What a change of the practice's key does to accounts: second factors go on, sessions and PINs are made again."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.contrib.sessions.models import Session

from cuspide.accounts import adapters
from cuspide.accounts.models import Pin, Seat
from cuspide.core import clock
from cuspide.core.db import locks
from cuspide.core.keys.uses import Exchange

# Where allauth keeps what the adapter encrypted: of a code generator, of recovery codes, of codes from elsewhere.
_SECRETS = ("secret", "seed", "migrated_codes")


def encrypt_second_factors_anew(exchange: Exchange) -> int:
    """Every secret of a second factor under the new key. One that the old key does not open is left as it is."""
    old, new = exchange.old(adapters.SECOND_FACTOR), exchange.new(adapters.SECOND_FACTOR)

    def again(sealed: str) -> str:
        return adapters.sealed(new, adapters.opened(old, sealed))

    made = 0
    for factor in locks.held(Authenticator.objects).order_by("pk"):
        try:
            data = {name: _each(again, said) if name in _SECRETS else said for name, said in factor.data.items()}
        except (InvalidTag, ValueError, TypeError):
            continue
        if data != factor.data:
            factor.data = data
            factor.save(update_fields=["data"])
            made += 1
    return made


def _each(again: Callable[[str], str], said: Any) -> Any:
    return [again(one) for one in said] if isinstance(said, list) else again(said)


def forget_pins(_exchange: Exchange) -> int:
    """A PIN cannot be hashed again without the person, and is soon guessed by who has the old key and an old store:
    everybody chooses another. Until then the password unlocks."""
    forgotten: int = Pin.objects.all().delete()[0]
    return forgotten


def end_sessions(_exchange: Exchange) -> int:
    """Sessions are signed under the old key, and stand in every old copy of the store: all of them end."""
    Seat.objects.filter(ended_at=None).update(ended_at=clock.now())
    ended: int = Session.objects.all().delete()[0]
    return ended
