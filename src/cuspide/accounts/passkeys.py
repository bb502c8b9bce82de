"""Passkeys (WebAuthn): where they can be used, whose one is, and that none answers twice or from a copy.

python-fido2 checks challenge, signature, and that the person was verified. Here stands what it leaves open: the very
address the answer was given at, whose name it carries, the counter that goes back on a copied key, a challenge kept in
the browser instead of in the store, and the refusal of every answer that cannot even be read.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AuthenticationResponse, UserVerificationRequirement

from cuspide.accounts.models import Seat, User
from cuspide.core import keystore
from cuspide.core.db import locks

NAME_LIMIT = 60
PASSKEYS_LIMIT = 20
# The largest attestations have some thousand letters.
ANSWER_LIMIT = 20_000
_CHALLENGE_SECONDS = 300
_CHANCE_BYTES = 32
_SALT = "cuspide.accounts.passkey"


class Copied(ValidationError):
    """The key's counter went back: two copies of it are about."""


def refusal(request: HttpRequest) -> str:
    """Why browsers give no passkey to this address; empty where they do."""
    host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        if request.is_secure() or host == "localhost":
            return ""
        return _("Browsers give passkeys to addresses in https only. Use the authenticator app here.")
    return _(
        "Browsers give no passkey to an address made of numbers. Open Cuspide by its name, for example localhost on "
        "the server itself, or use the authenticator app."
    )


def handle_of(user: User) -> bytes:
    """How a passkey names its person: by the public uuid, never by the number of a row."""
    return user.uuid.bytes


def holder(credential: Any) -> User:
    """The person whom an answer names; it proves nothing yet."""
    handle = websafe_decode(credential["response"]["userHandle"])
    user = User.objects.filter(uuid=handle.hex(), is_active=True).first() if len(handle) == 16 else None
    if user is None:
        raise ValueError("nobody")
    return user


@contextmanager
def refusing() -> Iterator[None]:
    """One sentence for whatever is wrong with an answer. What reads it is a parser of bytes that anybody sends: that
    it breaks in a way nobody foresaw is a refusal, too, and not an error of the program."""
    try:
        yield
    except Copied:
        raise
    except Exception:
        raise ValidationError(_("This passkey was not accepted. Try again, or use another way.")) from None


def begin(user: User | None, purpose: str = "") -> tuple[Any, Any]:
    """What the browser is asked for, as JSON takes it, and what to keep of it until the answer. Of `user` only her own
    passkeys will do; None asks for whatever the device has. Finger, face or code is always asked for. The challenge
    is chance with the mark of its `purpose`, so that an answer to it is known for ours without being kept."""
    chance = secrets.token_bytes(_CHANCE_BYTES)
    options, state = auth.get_server().authenticate_begin(
        credentials=auth.get_credentials(user) if user is not None else [],
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=chance + _mark(chance, purpose),
    )
    return plain(dict(options)), state


def accept(user: User, credential: Any, state: Any) -> Authenticator:
    """The passkey that gave this answer to the challenge in `state`. Raises Copied when its counter did not go up
    (WebAuthn 7.2, step 22): keys that count nothing say zero for ever."""
    answer = AuthenticationResponse.from_dict(credential)
    _require_ours(user, answer)
    binding = auth.get_server().authenticate_complete(state, auth.get_credentials(user), answer)
    authenticator = auth.get_authenticator_by_credential_id(user, binding.credential_id)
    if authenticator is None:
        raise ValueError("removed meanwhile")
    _spend(state)
    counter = answer.response.authenticator_data.counter
    with transaction.atomic():
        held = locks.held(Authenticator.objects).get(pk=authenticator.pk)
        last = held.data.get("sign_count", held.wrap().authenticator_data.counter)
        if (counter or last) and counter <= last:
            raise Copied(
                _("This passkey answered as a copy of itself would. It was refused: remove it, and tell the owner.")
            )
        held.data["sign_count"] = counter
        held.save(update_fields=["data"])
    held.user = user
    return held


def keep_challenge(response: HttpResponseBase, state: Any, purpose: str = "") -> None:
    """Give a challenge to the browser, signed: however many ask for one, the store keeps none. It is worth something
    for the same `purpose` alone."""
    response.set_cookie(
        settings.PASSKEY_COOKIE_NAME,
        signing.dumps(state, salt=_SALT + purpose),
        max_age=_CHALLENGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def for_seat(seat: Seat) -> str:
    """The purpose of a challenge that unlocks: this seat, in the session that holds it."""
    return f".seat.{seat.uuid}.{seat.session_key}"


def take_challenge(request: HttpRequest, purpose: str = "") -> Any:
    """The challenge that the browser was given for this purpose; None when it has none, or had it too long."""
    raw = request.COOKIES.get(settings.PASSKEY_COOKIE_NAME, "")
    try:
        return signing.loads(raw[:2000], salt=_SALT + purpose, max_age=_CHALLENGE_SECONDS)
    except signing.BadSignature:
        return None


def is_outdated(request: HttpRequest, raw: str, purpose: str) -> bool:
    """Whether this is the answer to something that was asked for this purpose before the present challenge, or longer
    ago than one is good: two tabs that asked, a finger that came late. It opens nothing, and its signature is not even
    looked at, so that nobody learns anything by sending it."""
    try:
        answer = AuthenticationResponse.from_dict(json.loads(raw if len(raw) <= ANSWER_LIMIT else ""))
        challenge = answer.response.client_data.challenge
    except Exception:  # a parser of what anybody sends: what it cannot read is no late answer
        return False
    chance, mark = challenge[:_CHANCE_BYTES], challenge[_CHANCE_BYTES:]
    if not hmac.compare_digest(mark, _mark(chance, purpose)):
        return False
    present, sent = take_challenge(request, purpose), websafe_encode(challenge)
    return (present is None or present["challenge"] != sent) and not cache.get(_spent_key(sent))


def _mark(chance: bytes, purpose: str) -> bytes:
    return hmac.new(keystore.derive("passkey challenge"), purpose.encode() + b"\0" + chance, "sha256").digest()


def _require_ours(user: User, answer: AuthenticationResponse) -> None:
    """Raises ValueError for an answer given at another address, be it another port of the same machine or a page within
    another, and for one that names somebody else. fido2 takes every address beneath the host's name."""
    client, request = answer.response.client_data, context.request
    if client.origin != f"{request.scheme}://{request.get_host()}" or client.cross_origin:
        raise ValueError("elsewhere")
    if answer.response.user_handle and answer.response.user_handle != handle_of(user):
        raise ValueError("somebody else")


def _spend(state: Any) -> None:
    """A challenge that was answered well is worth nothing any more. Raises ValueError when it was answered before: the
    browser of a visitor still has it."""
    if not cache.add(_spent_key(str(state["challenge"])), True, timeout=_CHALLENGE_SECONDS + 60):
        raise ValueError("spent")


def _spent_key(challenge: str) -> str:
    return "passkey:" + hashlib.sha256(challenge.encode()).hexdigest()


def good_at(request: HttpRequest) -> Exists:
    """Whether the `user` of a row has a passkey that this address may ask for."""
    host = request.get_host().partition(":")[0]
    of_hers = Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.WEBAUTHN, data__host=host)
    return Exists(of_hers)


def of(user: User) -> list[Authenticator]:
    """The person's passkeys, the oldest first."""
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def plain(options: Any) -> Any:
    """What a ceremony asks of the browser, as JSON takes it."""
    if isinstance(options, bytes):
        return websafe_encode(options)
    if hasattr(options, "items"):
        return {key: plain(value) for key, value in options.items() if value is not None}
    if isinstance(options, (list, tuple)):
        return [plain(one) for one in options]
    return options
