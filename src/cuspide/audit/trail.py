"""Write the trace: `record` what was done, `reading` what was shown.

Both write one row, in the caller's transaction where there is one; the sealer chains it within a second. A row that
was rolled back with its write never happened, and a page whose row cannot be written is not shown.
"""

import os
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, connection, transaction

from cuspide.audit import chain
from cuspide.audit.models import Entry, Payload
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.service import reserve

_ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", flags=re.ASCII)
_ALWAYS = ("accounts.",)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def record(
    actor: Actor,
    action: str,
    *,
    subject: Any = None,
    patient_uuid: uuid.UUID | None = None,
    site_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Trace something done. Call it inside the transaction of the write.

    `action` is `room.verb`; `subject` the record acted on (its model and uuid are kept, never its name); `detail` what
    changed, without what a trace need not hold. ValueError for a malformed action, DiskFull where nothing more may be
    written.
    """
    if not action.startswith(_ALWAYS):
        # What room a full disk has left is for what is shown, and for who comes in.
        reserve.require_room()
    return _add(actor, action, subject, patient_uuid, site_id, detail)


def _add(
    actor: Actor,
    action: str,
    subject: Any,
    patient_uuid: uuid.UUID | None,
    site_id: int | None,
    detail: Mapping[str, Any] | None,
) -> Entry:
    if not _ACTION.fullmatch(action) or len(action) > 80:
        raise ValueError(f"{action!r} is not room.verb")
    entry = Entry(
        at=clock.now(),
        actor_user_id=actor.user_id,
        actor_label=label(actor.label, 150),
        role=roles(actor),
        workstation=label(actor.workstation, 80),
        action=action,
        subject_kind="" if subject is None else subject._meta.label_lower[:80],
        subject_uuid=getattr(subject, "uuid", None),
        patient_uuid=patient_uuid,
        site_id=site_id,
    )
    if not detail:
        entry.save()
        return entry
    salt = os.urandom(chain.SALT_BYTES)
    body = chain.canonical(detail)
    entry.digest = chain.digest(salt, body)
    with transaction.atomic():
        entry.save()
        Payload(entry=entry, salt=salt, body=body).save()
    return entry


def reading(
    actor: Actor,
    action: str,
    *,
    subject: Any = None,
    patient_uuid: uuid.UUID | None = None,
    site_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Trace something shown. Call it before the page is returned, outside of any transaction that could still fail:
    the row is then committed before the page leaves."""
    try:
        return _add(actor, action, subject, patient_uuid, site_id, detail)
    except OperationalError as error:
        if not reserve.is_full(error) or connection.in_atomic_block or not reserve.give_up():
            raise
    return _add(actor, action, subject, patient_uuid, site_id, detail)


def roles(actor: Actor) -> str:
    """The roles somebody holds, as an entry keeps them."""
    return label(",".join(sorted(actor.roles)), 80)


def label(text: str, limit: int) -> str:
    """A text that both stores hold as it is: no control characters, no half of a surrogate pair."""
    return _UNPRINTABLE.sub("�", text)[:limit]
