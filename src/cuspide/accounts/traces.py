"""What happens around sign-in, heard from Django's and allauth's signals and written into the trace."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from cuspide.accounts import services
from cuspide.accounts.models import User, normalised_email
from cuspide.accounts.selectors import actor_of
from cuspide.accounts.services.sessions import end_everywhere
from cuspide.accounts.stations import place
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor


def sign_in_refused(request: HttpRequest, email: str) -> None:
    """A wrong password. Of an unknown login nothing is kept: people type passwords into that field."""
    user = User.objects.filter(email=normalised_email(email)[:254].replace("\x00", "")).first()
    visitor = Actor(user_id=None, label="visitor", workstation=place(request))
    trail.record(visitor, "accounts.sign_in_refused", subject=user)


def passkey_refused(user: User | None, *, copied: bool) -> None:
    """An answer that was not accepted, told of whoever was named; a copied key by a name of its own."""
    visitor = Actor(user_id=None, label="visitor", workstation=place(context.request))
    trail.record(visitor, "accounts.passkey_copied" if copied else "accounts.passkey_refused", subject=user)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    services.note_session(request, user, place(request))
    trail.record(actor_of(user, place(request)), "accounts.sign_in", subject=user)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        services.drop_session(request.session.session_key)
        trail.record(actor_of(user, place(request)), "accounts.sign_out", subject=user)


@receiver(password_changed)
def _password_changed(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    # Every other session ends by itself, bound to the old password; here they leave the list too.
    before = getattr(request, "session_key_before", None)
    end_everywhere(user, keep=tuple(key for key in (request.session.session_key, before) if key))
    trail.record(actor_of(user, place(request)), "accounts.change_password", subject=user)


@receiver(authentication_failed)
def _code_refused(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    visitor = Actor(user_id=None, label="visitor", workstation=place(request))
    trail.record(visitor, "accounts.second_factor_refused", subject=user)


@receiver(authenticator_used)
def _code_used(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        trail.record(actor_of(user, place(request)), "accounts.recovery_code_used", subject=user)


@receiver(post_save, sender=Authenticator)
def _factor_saved(instance: Authenticator, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    if created and not raw:
        _factors_changed(instance, "made" if _is_codes(instance) else "added")


@receiver(post_delete, sender=Authenticator)
def _factor_deleted(instance: Authenticator, **_kwargs: Any) -> None:
    _factors_changed(instance, "removed")


def _is_codes(instance: Authenticator) -> bool:
    return bool(instance.type == Authenticator.Type.RECOVERY_CODES)


def _factors_changed(instance: Authenticator, change: str) -> None:
    """Keep `User.second_factor_at` true however a factor came or went, so that a request need not ask."""
    user = User.objects.filter(pk=instance.user_id).first()
    if user is None:
        return
    proofs = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if not proofs.exists():
        user.second_factor_at = None
    elif user.second_factor_at is None:
        user.second_factor_at = clock.now()
    user.save(update_fields=["second_factor_at"])
    _go_on_under_a_new_key(user)
    what = "recovery_codes" if _is_codes(instance) else "second_factor"
    trail.record(actor_of(user), f"accounts.{what}_{change}", subject=user)


def _go_on_under_a_new_key(user: User) -> None:
    """A session that proves more, or less, than before leaves its old key behind; those of others are left alone."""
    request = context.request
    if request is not None and request.user.is_authenticated and request.user.pk == user.pk:
        request.session.cycle_key()
