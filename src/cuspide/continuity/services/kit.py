"""The restore kit, printed by whoever sets backups up."""

from django.db import transaction

from cuspide.audit import trail
from cuspide.continuity.kit import folder
from cuspide.continuity.permissions import SET_UP
from cuspide.core import keystore
from cuspide.core.actor import Actor


def printed(actor: Actor) -> bytes:
    """The kit as PDF, as it stands now; noted as printed."""
    actor.require_everywhere(SET_UP)
    home = keystore.practice_home()
    content = folder.make(home)
    with transaction.atomic():
        trail.record(actor, "continuity.print_kit")
    folder.note_printed(home)
    return content
