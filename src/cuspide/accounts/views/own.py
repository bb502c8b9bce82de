"""One's own account, and the page where an invited person chooses a password."""

import uuid as uuids

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.accounts import known, passkeys, selectors, services, throttle
from cuspide.accounts.forms import WelcomeForm
from cuspide.accounts.middleware import before_second_factor
from cuspide.accounts.models import Pin, User
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.rights import PUBLIC, SIGNED_IN, access


@access(SIGNED_IN)
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Name, roles, state of the second factor, language and look."""
    user = _user(request)
    factors = {one.type: one for one in Authenticator.objects.filter(user=user)}
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "person": selectors.myself(user),
        "app": factors.get(Authenticator.Type.TOTP),
        "pin": Pin.objects.filter(user=user).first(),
        "codes_left": len(RecoveryCodes(codes).get_unused_codes()) if codes else None,
        "passkeys": passkeys.of(user),
        "sessions": selectors.open_sessions(user),
        "here": request.session.session_key,
        "invited": selectors.is_invited_to_second_factor(user),
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


@access(SIGNED_IN)
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions; the list says which is which."""
    try:
        services.end_session(request.actor, _user(request), posted(request, "session"))  # type: ignore[attr-defined]
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect("accounts:me")


@access(SIGNED_IN)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End one's sessions everywhere but here."""
    services.end_other_sessions(request.actor, _user(request), request.session.session_key or "")  # type: ignore[attr-defined]
    messages.success(request, _("Your other sessions have ended."))
    return redirect("accounts:me")


def posted(request: HttpRequest, name: str) -> uuids.UUID:
    """The record that the form names; a form that names none was not ours."""
    try:
        return uuids.UUID(request.POST.get(name, ""))
    except ValueError:
        raise Http404 from None


@access(PUBLIC)
@sensitive_post_parameters("password", "again", "code")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """An invited person chooses her password with a one-time code. The page is the same whether or not it exists."""
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            attempt = throttle.try_invitation(request, str(uuid))
            user = services.redeem_code(uuid, form.cleaned_data["code"], form.cleaned_data["password"])
        except throttle.HeldUp as held:
            form.add_error(None, held.sentence)
            return render(request, "accounts/welcome.html", {"form": form}, status=429)
        except FieldErrors as refused:
            for name, sentence in refused.errors.items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            attempt.was_right()
            messages.success(request, _("Your password is set. Sign in with it."))
            response = redirect("account_login")
            # Nobody who guesses at her login keeps her out of her first sign-in.
            known.remember(request, response, user)
            return response
    return render(request, "accounts/welcome.html", {"form": form}, status=422 if form.errors else 200)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
