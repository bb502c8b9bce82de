"""Empty the details of old entries. The rows and the chain stay: who did what and when is kept longer than the what."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import Max

from cuspide.audit import trail
from cuspide.audit.models import Entry
from cuspide.audit.permissions import EMPTY
from cuspide.core import clock
from cuspide.core.actor import Actor

ACTION = "audit.empty_details"
# The salt goes with the body: with it, a short detail could be guessed from its digest.
_EMPTY = """
UPDATE audit_payload SET body = '', salt = %s, emptied_at = %s
WHERE emptied_at IS NULL AND entry_id IN (
    SELECT id FROM audit_entry WHERE sequence <= %s AND action <> %s
)
"""


@transaction.atomic
def empty_details(actor: Actor, before: dt.datetime) -> int:
    """Empty the details of all entries sealed before an instant and say how many. The act is itself traced: by it
    verification tells a detail that retention emptied from one that somebody took out."""
    actor.require(EMPTY)
    through = Entry.objects.filter(sequence__isnull=False, at__lt=before).aggregate(last=Max("sequence"))["last"]
    if through is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY, [b"", clock.now(), through, ACTION])
        emptied = int(cursor.rowcount)
    trail.record(actor, ACTION, detail={"through": through, "emptied": emptied})
    return emptied
