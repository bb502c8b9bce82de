"""Emergency accesses (bris de glace): opened with a reason, ended, reviewed. Each is in the trace at once."""

import datetime as dt
import re
import uuid

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.accounts.models import EmergencyAccess, Membership, User
from cuspide.accounts.permissions import EMERGENCY, REVIEW
from cuspide.accounts.services.team import count_up
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.pages.typography import moment
from cuspide.core.rights import Role, emergency_rights
from cuspide.core.work import outbox

LASTS = dt.timedelta(minutes=30)
LONGEST_REASON = 300
FEWEST_WORDS, FEWEST_LETTERS = 3, 10
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


@transaction.atomic
def open_emergency(actor: Actor, *, reason: str, right: str = "", patient: uuid.UUID | None = None) -> EmergencyAccess:
    """Open for half an hour one right, or one patient with what the person's roles may do.

    Whether there is such a patient is not asked: the answer would tell. The owners are told in the same transaction.
    Forbidden to whoever does not treat; FieldErrors for the reason; DomainError while another access is open.
    """
    actor.require(EMERGENCY)
    if actor.user_id is None or bool(right) == (patient is not None) or (right and right not in emergency_rights()):
        raise Forbidden(EMERGENCY.code)
    said = _checked(reason, gettext_lazy("Say why, in a few words: the owner reads it."))
    # One door a person: twenty that are opened at once wait here for one another.
    user = locks.held(User.objects).get(pk=actor.user_id, is_active=True)
    now = clock.now()
    standing = EmergencyAccess.objects.filter(user=user, ended_at__isnull=True)
    # One that is still to begin was opened by a clock that was set back meanwhile: it gives nothing.
    standing.filter(Q(ends_at__lte=now) | Q(opened_at__gt=now + clock.SLACK)).update(ended_at=F("ends_at"))
    if standing.exists():
        raise DomainError(gettext_lazy("An emergency access is open already: end it before you open another."))
    before = EmergencyAccess.objects.filter(user=user, right=right, patient_uuid=patient).first()
    if before is not None and before.reason.casefold() == said.casefold():
        raise FieldErrors({"reason": gettext_lazy("This was the reason of the last time: write what is so now.")})
    access = EmergencyAccess.objects.create(
        user=user, right=right, patient_uuid=patient, reason=said, opened_at=now, ends_at=now + LASTS
    )
    count_up(user)
    trail.record(
        actor,
        "accounts.emergency_open",
        subject=access,
        patient_uuid=patient,
        detail={"right": right, "reason": said, "until": access.ends_at},
    )
    _tell_owners(access, actor.label)
    return access


@transaction.atomic
def end_emergency(actor: Actor) -> bool:
    """End one's own access now; whether one was open."""
    if actor.user_id is None:
        raise Forbidden(EMERGENCY.code)
    user = locks.held(User.objects).get(pk=actor.user_id)
    now = clock.now()
    access = EmergencyAccess.objects.filter(user=user, ended_at__isnull=True, ends_at__gt=now).first()
    if access is None:
        return False
    access.ended_at = now
    access.save(update_fields=["ended_at"])
    count_up(user)
    trail.record(actor, "accounts.emergency_end", subject=access, patient_uuid=access.patient_uuid)
    return True


@transaction.atomic
def review_emergency(actor: Actor, access: EmergencyAccess, note: str) -> None:
    """Note that an access was looked at, and what came of it. Nobody reviews her own while another owner could."""
    actor.require_everywhere(REVIEW)
    said = _checked(note, gettext_lazy("Write what you found: the note is kept with the access."))
    current = locks.held(EmergencyAccess.objects).get(pk=access.pk)
    if current.reviewed_at is not None:
        raise DomainError(gettext_lazy("This access was reviewed already."))
    if is_open(current):
        raise DomainError(gettext_lazy("This access is still open: review it when it has ended."))
    if current.user_id == actor.user_id and _owners().exclude(pk=current.user_id).exists():
        raise DomainError(gettext_lazy("You opened this access yourself: another owner reviews it."))
    current.reviewed_at, current.reviewed_by_id, current.review_note = clock.now(), actor.user_id, said
    current.save(update_fields=["reviewed_at", "reviewed_by", "review_note"])
    trail.record(
        actor,
        "accounts.emergency_review",
        subject=current,
        patient_uuid=current.patient_uuid,
        detail={"note": said, "person": str(current.user.uuid)},
    )


def is_open(access: EmergencyAccess) -> bool:
    """Whether the access still holds."""
    return access.ended_at is None and access.opened_at - clock.SLACK <= clock.now() < access.ends_at


def _checked(text: str, wanted: object) -> str:
    said = " ".join(_UNPRINTABLE.sub(" ", text).split())
    words = [word for word in said.split() if any(letter.isalpha() for letter in word)]
    if len(words) < FEWEST_WORDS or sum(letter.isalpha() for letter in said) < FEWEST_LETTERS:
        raise FieldErrors({"reason": wanted})
    if len(said) > LONGEST_REASON:
        raise FieldErrors({"reason": gettext_lazy("This is too long: 300 characters at most.")})
    return said


def _owners() -> QuerySet[User]:
    today = clock.today()
    owning = Membership.objects.filter(role=Role.OWNER, site__isnull=True, starts_on__lte=today)
    return User.objects.filter(is_active=True, pk__in=owning.values("user_id"))


def _tell_owners(access: EmergencyAccess, person: str) -> None:
    """A mail to each owner: who and until when. Neither the reason nor a patient stands in it: mail is read by many."""
    for owner in _owners():
        with translation.override(owner.language):
            told = {
                "to": [owner.email],
                "subject": _("Cuspide: an emergency access was opened"),
                "body": _(
                    "%(person)s opened an emergency access at %(at)s; it ends at %(until)s at the latest.\n\n"
                    "The reason, and what was read and done, are in Cuspide on the page “Emergency accesses”. "
                    "Please review it there."
                )
                % {"person": person, "at": moment(access.opened_at), "until": moment(access.ends_at)},
            }
        outbox.put("mail", f"emergency-{access.uuid}-{owner.pk}", told)
