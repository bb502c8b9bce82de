"""One's own account, and the page where an invited person chooses a password."""

import uuid as uuids

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.accounts import selectors, services
from cuspide.accounts.forms import WelcomeForm
from cuspide.accounts.middleware import before_second_factor
from cuspide.accounts.models import User
from cuspide.core.errors import FieldErrors
from cuspide.core.rights import PUBLIC, SIGNED_IN, access


@access(SIGNED_IN)
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Name, roles, state of the second factor, language and look."""
    user = _user(request)
    factors = {one.type: one for one in Authenticator.objects.filter(user=user)}
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "person": selectors.person(user.uuid),
        "app": factors.get(Authenticator.Type.TOTP),
        "codes_left": len(RecoveryCodes(codes).get_unused_codes()) if codes else None,
    }
    return render(request, "accounts/me.html", context)


@access(SIGNED_IN)
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one's sessions everywhere, this one too."""
    services.end_sessions(request.actor, _user(request))  # type: ignore[attr-defined]
    logout(request)
    return redirect("account_login")


@access(SIGNED_IN)
@before_second_factor
@require_GET
def to_me(request: HttpRequest) -> HttpResponse:
    """allauth's page of second factors is a part of ours."""
    return redirect("accounts:me")


@access(PUBLIC)
@sensitive_post_parameters("password", "again", "code")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """An invited person chooses her password with a one-time code. The page is the same whether or not it exists."""
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="login_failed", key=f"code:{uuid}"):
            form.add_error(None, _("Too many attempts. Wait a few minutes, then try again."))
            return render(request, "accounts/welcome.html", {"form": form}, status=429)
        try:
            services.redeem_code(uuid, form.cleaned_data["code"], form.cleaned_data["password"])
        except FieldErrors as refused:
            for name, sentence in refused.errors.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("account_login")
    return render(request, "accounts/welcome.html", {"form": form}, status=422 if form.errors else 200)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
