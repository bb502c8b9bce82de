"""Every change of the team: people, roles, passwords."""

import datetime as dt
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import reach
from cuspide.accounts.models import Membership, PasswordCode, User, normalised_email
from cuspide.accounts.permissions import TEAM
from cuspide.accounts.selectors import other_active_owners
from cuspide.accounts.services import leaving
from cuspide.accounts.services.sessions import end_everywhere
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.rights import Role
from cuspide.practice.models import Practitioner, Site

CODE_VALID_FOR = dt.timedelta(days=3)
CODE_FAILURES_LIMIT = 10
# Letters and digits that nobody mistakes for one another on the phone.
_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
PASSWORD_LIMIT = 200


@dataclass(frozen=True)
class Invitation:
    """What the owner gives to the person: the page's name and the code that is typed there. The code is not kept."""

    user: User
    page: uuid.UUID
    code: str
    expires_at: dt.datetime


@transaction.atomic
def create_first_owner(email: str, name: str, password: str) -> User:
    """Make the owner of a new practice. Refused (DomainError) once anybody has an account."""
    if User.objects.exists():
        raise DomainError(_("This practice has accounts already; the owner adds people on the team page."))
    actor = Actor.system("init")
    user = _add_user(email, name)
    set_password(user, password)
    Membership.objects.create(user=user, role=Role.OWNER)
    trail.record(actor, "accounts.create_owner", subject=user)
    return user


@transaction.atomic
def invite(
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    site: Site | None = None,
    practitioner: Practitioner | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    own_agenda: bool = False,
) -> Invitation:
    """Add somebody to the team, with a code to choose a password. FieldErrors for a bad or taken address."""
    reach.require_at(actor, site)
    user = _add_user(email, name, practitioner)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    membership = _add_membership(user, role, site, starts_on or clock.today(), ends_on, own_agenda)
    trail.record(
        actor,
        "accounts.invite",
        subject=user,
        site_id=membership.site_id,
        detail={"role": role, "starts_on": membership.starts_on, "ends_on": ends_on},
    )
    return _new_code(user)


@transaction.atomic
def renew_code(actor: Actor, user: User) -> Invitation:
    """A new code for somebody who lost the password or the code. The old password and open sessions end at once."""
    reach.require_all_of(actor, user)
    if actor.user_id == user.pk:
        raise DomainError(_("Change your own password on your account's page."))
    if not user.is_active:
        raise DomainError(_("This account is closed. Open it again first."))
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_everywhere(user)
    trail.record(actor, "accounts.renew_code", subject=user)
    return _new_code(user)


def redeem_code(page: uuid.UUID, code: str, password: str) -> User:
    """Set the password of whoever has the code. One refusal for every reason, so that it tells nothing; a password
    that is too weak is said, and leaves the code good."""
    refused = FieldErrors({"code": _("This code is wrong, was used already or is too old. Ask for a new one.")})
    with transaction.atomic():
        held = locks.held(PasswordCode.objects).select_related("user").filter(uuid=page).first()
        good = (
            held is not None
            and held.used_at is None
            and held.expires_at > clock.now()
            and held.failures < CODE_FAILURES_LIMIT
            and held.user.is_active
            and hmac.compare_digest(held.digest, _code_digest(page, code))
        )
        if held is not None and good:
            set_password(held.user, password)
            held.used_at = clock.now()
            held.save(update_fields=["used_at"])
            end_everywhere(held.user)
            visitor = Actor(user_id=held.user.pk, label=held.user.display_name)
            trail.record(visitor, "accounts.redeem_code", subject=held.user)
            return held.user
        if held is not None:
            PasswordCode.objects.filter(pk=held.pk, failures__lt=CODE_FAILURES_LIMIT).update(failures=F("failures") + 1)
            trail.record(Actor.nobody(), "accounts.code_refused", subject=held.user)
    # Outside of the transaction: the count of failures must stay.
    raise refused


def refuse_password_of(password: str, *, email: str, name: str) -> None:
    """Refuse (FieldErrors) a password that somebody who has no account yet could not choose."""
    _refuse_password(User(email=normalised_email(email), display_name=name), password)


def set_password(user: User, password: str) -> None:
    """Check a password by the practice's rules and keep its hash. FieldErrors with what is wrong."""
    _refuse_password(user, password)
    user.set_password(password)
    user.save(update_fields=["password"])


def _refuse_password(user: User, password: str) -> None:
    if len(password) > PASSWORD_LIMIT:
        raise FieldErrors({"password": _("A password has at most 200 characters.")})
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise FieldErrors({"password": " ".join(error.messages)}) from error


@transaction.atomic
def grant(
    actor: Actor,
    user: User,
    role: Role,
    *,
    site: Site | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    own_agenda: bool = False,
) -> Membership:
    """Give a role, at once on every workstation: at a site whose team the actor rules, at all sites if she rules all.

    `own_agenda` limits a dentist to the agenda and the patients of the practitioner she is.
    """
    reach.require_at(actor, site)
    membership = _add_membership(user, role, site, starts_on or clock.today(), ends_on, own_agenda)
    trail.record(
        actor,
        "accounts.grant",
        subject=user,
        site_id=membership.site_id,
        detail={"role": role, "starts_on": membership.starts_on, "ends_on": ends_on},
    )
    return membership


@transaction.atomic
def revoke(actor: Actor, user: User, membership_uuid: uuid.UUID) -> None:
    """Take a role away, at once on every workstation. The last owner stays owner (DomainError)."""
    actor.require(TEAM)
    _lock_owners()
    membership = Membership.objects.filter(uuid=membership_uuid, user=user).first()
    if membership is not None:
        reach.require_at(actor, membership.site_id)
    if membership is None:
        raise DomainError(_("This role was taken away already."))
    if membership.role == Role.OWNER and membership.site_id is None and not other_active_owners(user):
        raise DomainError(_("A practice needs an owner: make somebody else owner first."))
    trail.record(actor, "accounts.revoke", subject=user, site_id=membership.site_id, detail={"role": membership.role})
    membership.delete()
    count_up(user)


@transaction.atomic
def deactivate(actor: Actor, user: User) -> None:
    """Close an account: whatever somebody signs in with ends with it, and every open session at its next request."""
    reach.require_all_of(actor, user)
    _lock_owners()
    if actor.user_id == user.pk:
        raise DomainError(_("You cannot close your own account: another owner does it."))
    if not other_active_owners(user):
        raise DomainError(_("A practice needs an owner: make somebody else owner first."))
    if leaving.close(user):
        trail.record(actor, "accounts.deactivate", subject=user)


@transaction.atomic
def reactivate(actor: Actor, user: User) -> Invitation:
    """Open a closed account again, with the roles it had and, as nothing else was kept, a new invitation."""
    reach.require_all_of(actor, user)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True, deactivated_at=None):
        raise DomainError(_("This account is open already."))
    count_up(user)
    trail.record(actor, "accounts.reactivate", subject=user)
    user.refresh_from_db()
    return _new_code(user)


@transaction.atomic
def remove_second_factor(actor: Actor, user: User) -> None:
    """Take away the second factor of somebody who lost the phone and the recovery codes; open sessions end."""
    reach.require_all_of(actor, user)
    if actor.user_id == user.pk:
        raise DomainError(_("Change your own phone on your account's page."))
    for factor in Authenticator.objects.filter(user=user):
        factor.delete()
    end_everywhere(user)
    trail.record(actor, "accounts.remove_second_factor", subject=user)
    user.refresh_from_db()


def _add_user(email: str, name: str, practitioner: Practitioner | None = None) -> User:
    address, name = normalised_email(email), " ".join(name.split())
    if not name:
        raise FieldErrors({"name": _("Write the person's name.")})
    if len(name) > 150:
        raise FieldErrors({"name": _("This name is too long.")})
    try:
        validate_email(address)
    except ValidationError:
        raise FieldErrors({"email": _("This is not an e-mail address.")}) from None
    try:
        with transaction.atomic():
            return User.objects.create(email=address, display_name=name, practitioner=practitioner)
    except IntegrityError:
        raise FieldErrors({"email": _("Somebody has an account with this address already.")}) from None


def _add_membership(
    user: User,
    role: Role,
    site: Site | None,
    starts_on: dt.date,
    ends_on: dt.date | None,
    own_agenda: bool = False,
) -> Membership:
    if ends_on is not None and ends_on < starts_on:
        raise FieldErrors({"ends_on": _("The last day is before the first.")})
    if role == Role.OWNER and ends_on is not None:
        raise FieldErrors({"ends_on": _("An owner is owner without an end: take the role away when the day comes.")})
    if own_agenda and role != Role.DENTIST:
        raise FieldErrors({"own_agenda": _("Only a dentist has an agenda of her own.")})
    if own_agenda and user.practitioner_id is None:
        raise FieldErrors({"own_agenda": _("Say first which of the practice's dentists this person is.")})
    if Membership.objects.filter(user=user, role=role, site=site, ends_on=ends_on).exists():
        raise FieldErrors({"role": _("The person has this role already.")})
    membership = Membership.objects.create(
        user=user, role=role, site=site, starts_on=starts_on, ends_on=ends_on, own_agenda=own_agenda
    )
    count_up(user)
    return membership


def _new_code(user: User) -> Invitation:
    leaving.end_codes(user)
    code = "".join(secrets.choice(_CODE_ALPHABET) for _number in range(12))
    held = PasswordCode(user=user, expires_at=clock.now() + CODE_VALID_FOR)
    held.digest = _code_digest(held.uuid, code)
    held.save()
    return Invitation(user, held.uuid, "-".join((code[:4], code[4:8], code[8:])), held.expires_at)


def _code_digest(page: uuid.UUID, code: str) -> str:
    # Twelve letters of thirty-one are 59 bits: no slow hash is needed against somebody who has the store.
    plain = "".join(letter for letter in code.upper()[:100] if letter.isalnum())
    return hashlib.sha256(page.bytes + plain.encode("utf-8", "replace")).hexdigest()


def _lock_owners() -> None:
    """Two owners who close each other's account at once: the second waits, and is then refused."""
    list(locks.held(Membership.objects).filter(role=Role.OWNER))


def count_up(user: User) -> None:
    """What the person may do has changed: her next request reads it anew."""
    User.objects.filter(pk=user.pk).update(rights_version=F("rights_version") + 1)
    user.refresh_from_db(fields=["rights_version"])
