"""What allauth asks of the practice: nobody signs up, secrets are encrypted, failures are traced."""

import base64
import io
from typing import Any

import segno
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import known, passkeys, throttle, totp, traces
from cuspide.core import clock, keystore
from cuspide.core.keys.sealing import seal, unseal
from cuspide.core.pages.typography import moment
from cuspide.core.service import pulse

SECOND_FACTOR = "second-factor"
_REFUSED = _("This address and this password do not go together.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _REFUSED,
        "invalid_login": _REFUSED,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
        "incorrect_code": _("This code is wrong, or was used already. Wait for the next one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted by `throttle` instead of by allauth's limits, which whoever guesses could turn against the person."""
        try:
            self._attempt = throttle.try_password(request, str(credentials.get("email") or ""))
        except throttle.HeldUp as held:
            raise ValidationError(held.sentence) from None

    def _rollback_login_failed_rl_usage(self) -> None:
        self._attempt.was_right()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Past every proof: from now on the browser is known for this person."""
        response = super().post_login(request, user, **kwargs)
        known.remember(request, response, user)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        traces.sign_in_refused(request, str(credentials.get("email") or ""))

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        """A sign-in a few minutes ago is proof enough: nobody is asked twice on the way to a second factor."""
        request = context.request
        records = get_authentication_records(request, request.user)
        latest = max((float(record["at"]) for record in records), default=0.0)
        return clock.now().timestamp() - latest >= app_settings.REAUTHENTICATION_TIMEOUT

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """The pages say what happened; allauth's own messages would say it twice, in other words."""


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong, or was used already. Wait for the next one."),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """A code of a right phone is refused by a server whose clock is wrong: whoever types it is told."""
        if code != "incorrect_code" or not pulse.clock_moved(settings.CUSPIDE_HOME):
            return super().validation_error(code, *args)
        said = _(
            "This code is wrong, or was used already; or the server's clock is wrong, which was set while it ran and "
            "says %(moment)s. A passkey or a recovery code works all the same."
        )
        return ValidationError(said, code=code, params={"moment": moment(clock.now())})

    def get_totp_issuer(self) -> str:
        return totp.ISSUER

    def build_totp_url(self, user: Any, secret: str) -> str:
        return totp.address(secret, user.email)

    def build_totp_svg(self, url: str) -> str:
        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", scale=4, border=4, light="white")
        return picture.getvalue().decode("utf-8")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": totp.ISSUER}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {"id": passkeys.handle_of(user), "display_name": user.display_name, "name": user.email}

    def encrypt(self, text: str) -> str:
        """Secrets of second factors are encrypted on their own: on PostgreSQL the store itself is not."""
        return sealed(keystore.derive(SECOND_FACTOR), text)

    def decrypt(self, encrypted_text: str) -> str:
        return opened(keystore.derive(SECOND_FACTOR), encrypted_text)


def sealed(key: bytes, text: str) -> str:
    """A secret of a second factor as the store keeps it."""
    return base64.b64encode(seal(key, text.encode())).decode("ascii")


def opened(key: bytes, kept: str) -> str:
    """The secret again; raises cryptography's InvalidTag when the key is another."""
    return unseal(key, base64.b64decode(kept)).decode()
