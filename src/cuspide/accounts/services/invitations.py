"""What becomes of an invitation after it was made: sent again, or taken back."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.accounts import reach
from cuspide.accounts.models import User
from cuspide.accounts.selectors import open_code
from cuspide.accounts.services import leaving
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.work import outbox


@transaction.atomic
def withdraw_invitation(actor: Actor, user: User) -> None:
    """The code that waits becomes worthless at once. DomainError when none waits."""
    reach.require_all_of(actor, user)
    if not leaving.end_codes(user):
        raise DomainError(gettext_lazy("No invitation is waiting: it was used or withdrawn already."))
    trail.record(actor, "accounts.withdraw_invitation", subject=user)


@transaction.atomic
def mail_invitation(actor: Actor, user: User, page: str) -> None:
    """Send the address of the page by mail, never the code: whoever reads the mail has one of the two ways alone. The
    code is kept nowhere, so it could not be sent again anyway. Sent once a minute at most."""
    reach.require_all_of(actor, user)
    waiting = open_code(user)
    if waiting is None:
        raise DomainError(gettext_lazy("No invitation is waiting: it was used or withdrawn already."))
    if not settings.EMAIL_HOST:
        raise DomainError(gettext_lazy("No mail server is set up: give the page's address yourself."))
    with translation.override(user.language):
        payload = {"to": [user.email], "subject": _("Your account at the practice"), "body": _body(page)}
    outbox.put("mail", f"invitation-{waiting.uuid}-{int(clock.now().timestamp()) // 60}", payload)
    trail.record(actor, "accounts.mail_invitation", subject=user)


def _body(page: str) -> str:
    told = _(
        "The owner of the practice gives you the one-time code in another way, by phone for instance. Nobody else asks "
        "you for it."
    )
    lead = _("Choose your password on this page:")
    return f"{lead}\n{page}\n\n{told}\n"
