"""Which of the practice's dentists somebody is."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.accounts import reach
from cuspide.accounts.models import Membership, Replacement, User
from cuspide.accounts.services.team import count_up
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import FieldErrors
from cuspide.practice.models import Practitioner


@transaction.atomic
def say_practitioner(actor: Actor, user: User, practitioner: Practitioner | None, *, was: Practitioner | None) -> None:
    """Say which dentist somebody is, None for nobody: acts are proposed in that name, an own agenda is that one.

    `was` is what the page showed; FieldErrors when somebody else said something else meanwhile.
    """
    reach.require_all_of(actor, user)
    held = locks.held(User.objects).select_related("practitioner").get(pk=user.pk)
    if held.practitioner == practitioner:
        return
    if held.practitioner != was:
        raise _refused(_("Somebody else changed this meanwhile. Look at it again."))
    if practitioner is not None and not practitioner.is_active:
        raise _refused(_("This practitioner has left the practice."))
    if practitioner is None and Membership.objects.filter(user=user, own_agenda=True).exists():
        raise _refused(_("This person sees an own agenda only: take that role away first."))
    if practitioner is not None and _replaces(user, practitioner):
        raise _refused(_("Nobody replaces herself: end the replacement of this dentist first."))
    held.practitioner = practitioner
    held.save(update_fields=["practitioner"])
    count_up(held)
    trail.record(
        actor,
        "accounts.say_practitioner",
        subject=held,
        detail={"before": {"practitioner": _public(was)}, "after": {"practitioner": _public(practitioner)}},
    )


def _replaces(user: User, practitioner: Practitioner) -> bool:
    contracts = Replacement.objects.filter(user=user, replaced=practitioner, ended_at__isnull=True)
    return contracts.filter(ends_on__gte=clock.today()).exists()


def _public(practitioner: Practitioner | None) -> str:
    return str(practitioner.uuid) if practitioner else ""


def _refused(sentence: object) -> FieldErrors:
    return FieldErrors({"practitioner": sentence})
