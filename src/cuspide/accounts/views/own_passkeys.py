"""Passkeys: sign in with one, add, name, remove. The ceremonies are in `frontend/src/shell/passkey.ts`."""

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.webauthn.internal import auth, flows
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cuspide.accounts import passkeys, selectors, services
from cuspide.accounts.forms_passkeys import AddPasskeyForm, NamePasskeyForm, PasskeySignInForm
from cuspide.accounts.middleware import before_second_factor
from cuspide.accounts.models import User
from cuspide.accounts.user_agents import described
from cuspide.core.errors import DomainError
from cuspide.core.rights import PUBLIC, SIGNED_IN, access


@access(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """What the browser is asked for, and what it answers. Nobody says who she is: the passkey does."""
    if request.user.is_authenticated:
        return redirect("core:home")
    reason = passkeys.refusal(request)
    if request.method == "GET":
        if reason:
            return JsonResponse({"refused": reason}, status=409)
        options, state = passkeys.begin(None)
        response = JsonResponse(options)
        passkeys.keep_challenge(response, state)
        return response
    form = PasskeySignInForm(request.POST)
    if reason or not form.is_valid():
        for sentence in [reason] if reason else form.errors.get("credential", []):
            messages.error(request, sentence)
        return redirect("account_login")
    authenticator = form.cleaned_data["credential"]
    try:
        response = flows.perform_passwordless_login(request, authenticator, Login(user=authenticator.user))
    except ImmediateHttpResponse as answer:
        response = answer.response
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    response.delete_cookie(settings.PASSKEY_COOKIE_NAME)
    return response


@access(SIGNED_IN)
@before_second_factor
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="allauth.mfa")
def add(request: HttpRequest) -> HttpResponse:
    """Add a passkey of this device, or of a key that is plugged in."""
    user, reason = _user(request), passkeys.refusal(request)
    form = AddPasskeyForm(request.POST or None, user=user, initial={"name": _suggested_name(request)})
    if request.method == "POST" and not reason and form.is_valid():
        host = request.get_host().partition(":")[0]
        try:
            with_codes = services.add_passkey(
                request.actor,  # type: ignore[attr-defined]
                user,
                form.cleaned_data["name"],
                form.cleaned_data["credential"],
                host,
            )
        except DomainError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The passkey is set up."))
            return redirect("mfa_view_recovery_codes" if with_codes else "accounts:me")
    context: dict[str, Any] = {"form": form, "reason": reason, "obliged": selectors.must_have_second_factor(user)}
    if not reason:
        # Always one that the device protects and that names its person: it is then good alone, too.
        context["options_json"] = json.dumps(passkeys.plain(auth.begin_registration(user, passwordless=True)))
        context["host"] = request.get_host().partition(":")[0]
    return render(request, "accounts/add_passkey.html", context, status=422 if form.errors else 200)


@access(SIGNED_IN)
@require_POST
@reauthentication_required(app="allauth.mfa")
def name(request: HttpRequest) -> HttpResponse:
    """Call a passkey something else."""
    form = NamePasskeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A passkey has a name of at most %(n)d letters.") % {"n": passkeys.NAME_LIMIT})
        return redirect("accounts:me")
    try:
        services.name_passkey(
            request.actor,  # type: ignore[attr-defined]
            _user(request),
            request.POST.get("passkey", ""),
            form.cleaned_data["name"],
        )
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect("accounts:me")


@access(SIGNED_IN)
@require_POST
@reauthentication_required(app="allauth.mfa")
def remove(request: HttpRequest) -> HttpResponse:
    """Remove a passkey."""
    try:
        services.remove_passkey(request.actor, _user(request), request.POST.get("passkey", ""))  # type: ignore[attr-defined]
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The passkey is removed. Delete it in the device, too."))
    return redirect("accounts:me")


def _suggested_name(request: HttpRequest) -> str:
    return " · ".join(word for word in described(str(request.headers.get("User-Agent", ""))[:500]) if word)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
