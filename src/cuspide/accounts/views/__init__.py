"""allauth's views with our pages, each with its declared access."""

import json
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from cuspide.accounts import passkeys
from cuspide.accounts.middleware import before_second_factor
from cuspide.accounts.selectors import must_have_second_factor
from cuspide.accounts.stations import parked_keys
from cuspide.core import clock
from cuspide.core.marks import open_when_locked
from cuspide.core.pages.addresses import address
from cuspide.core.rights import PUBLIC, SIGNED_IN, access

CODES_SHOWN_FOR_S = 600


class SignIn(account.LoginView):
    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "by_passkey": not passkeys.refusal(self.request)}


class SignOut(account.LogoutView):
    template_name = "accounts/sign_out.html"

    def get_redirect_url(self) -> str:
        """To those who wait at this workstation, where somebody does."""
        return address("accounts:lock") if parked_keys(self.request) else str(super().get_redirect_url())

    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().post(*args, **kwargs)
        # The next person at this browser finds nothing of the last one's, not by "back" either.
        answer["Clear-Site-Data"] = '"cache", "storage"'
        return answer


class ConfirmPassword(account.ReauthenticateView):
    template_name = "accounts/confirm.html"


class ChangePassword(account.PasswordChangeView):
    template_name = "accounts/change_password.html"

    def get_default_success_url(self) -> str:
        return address("accounts:me")


class SecondFactor(factor.AuthenticateView):
    """The second step: a code, or a passkey where the browser gives one."""

    template_name = "accounts/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        found["by_code"] = bool(kinds - {Authenticator.Type.WEBAUTHN})
        found["by_app"] = Authenticator.Type.TOTP in kinds
        if Authenticator.Type.WEBAUTHN in kinds:
            found["reason"] = passkeys.refusal(self.request)
            found["options"] = passkeys.plain(found["js_data"]["request_options"])
            found["options_json"] = json.dumps(found["options"])
        return found


class ConfirmSecondFactor(factor.ReauthenticateView):
    template_name = "accounts/confirm.html"


class ActivateApp(app.ActivateTOTPView):
    template_name = "accounts/activate_app.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        secret = found["form"].secret
        # In fours, as somebody types it who cannot scan.
        found["secret"] = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        found["obliged"] = _obliged(self.request)
        return found


class RemoveApp(app.DeactivateTOTPView):
    template_name = "accounts/remove_app.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = {**super().get_context_data(**kwargs), "passkeys": passkeys.of(self.request.user)}
        return {**found, "obliged": _obliged(self.request) and not found["passkeys"]}


class RecoveryCodes(recovery.ViewRecoveryCodesView):
    """The codes, once: long enough to print them, and a page read again in a minute still shows them."""

    template_name = "accounts/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hidden = _were_shown(self.request)
        found: dict[str, Any] = super().get_context_data(**kwargs)
        if hidden:
            found |= {"unused_codes": [], "left": len(found["unused_codes"]), "hidden": True}
        return found


class RecoveryCodesAsText(recovery.DownloadRecoveryCodesView):
    template_name = "accounts/recovery_codes.txt"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _were_shown(request):
            return redirect("mfa_view_recovery_codes")
        return super().dispatch(request, *args, **kwargs)


def _were_shown(request: HttpRequest) -> bool:
    """Whether the codes were first shown so long ago that they are not shown again."""
    codes = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    first = float(codes.data.get("viewed_at") or 0) if codes else 0.0
    return bool(first) and clock.now().timestamp() - first > CODES_SHOWN_FOR_S


class NewRecoveryCodes(recovery.GenerateRecoveryCodesView):
    template_name = "accounts/new_recovery_codes.html"


def _obliged(request: HttpRequest) -> bool:
    return must_have_second_factor(request.user)  # type: ignore[arg-type]


sign_in = access(PUBLIC)(SignIn.as_view())
# Public: who is signed out already is led to sign-in by the view itself, and never back to signing out.
sign_out = access(PUBLIC)(open_when_locked(SignOut.as_view()))
second_factor = access(PUBLIC)(SecondFactor.as_view())
change_password = access(SIGNED_IN)(before_second_factor(ChangePassword.as_view()))
confirm_password = access(SIGNED_IN)(before_second_factor(ConfirmPassword.as_view()))
confirm_second_factor = access(SIGNED_IN)(before_second_factor(ConfirmSecondFactor.as_view()))
activate_app = access(SIGNED_IN)(before_second_factor(ActivateApp.as_view()))
remove_app = access(SIGNED_IN)(RemoveApp.as_view())
recovery_codes = access(SIGNED_IN)(RecoveryCodes.as_view())
recovery_codes_as_text = access(SIGNED_IN)(RecoveryCodesAsText.as_view())
new_recovery_codes = access(SIGNED_IN)(NewRecoveryCodes.as_view())
