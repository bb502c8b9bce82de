"""A person leaves: what she could sign in with leaves with her. What she did stays readable."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from cuspide.accounts import known
from cuspide.accounts.models import PasswordCode, User
from cuspide.accounts.services.sessions import end_everywhere
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor


def close(user: User) -> bool:
    """Close an account in the caller's transaction: password, second factors, passkeys, codes, known browsers and
    sessions end. False when it was closed already."""
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False, deactivated_at=clock.now()):
        return False
    user.refresh_from_db()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    # One by one: each is traced, and `second_factor_at` follows.
    for factor in Authenticator.objects.filter(user=user):
        factor.delete()
    end_codes(user)
    known.forget(user)
    end_everywhere(user)
    user.refresh_from_db()
    return True


def end_codes(user: User) -> int:
    """Open one-time codes become worthless; how many there were."""
    return PasswordCode.objects.filter(user=user, used_at__isnull=True).update(used_at=clock.now())


def close_accounts_without_role(day: dt.date | None = None) -> int:
    """Close the accounts whose last role ended before this day. Somebody who never had one, or whose next begins
    later, is left to the owner; so is the last owner, whose role has no end."""
    day = day or clock.today()
    closed = 0
    had_one = Q(memberships__isnull=False) | Q(replacements__isnull=False)
    people = User.objects.filter(had_one, is_active=True).distinct()
    for user in people.prefetch_related("memberships", "replacements"):
        ends = [one.ends_on for one in user.memberships.all()]
        ends += [one.ended_at.date() if one.ended_at else one.ends_on for one in user.replacements.all()]
        if any(end is None or end >= day for end in ends):
            continue
        with transaction.atomic():
            if close(user):
                trail.record(Actor.system("leaving"), "accounts.deactivate", subject=user)
                closed += 1
    return closed
