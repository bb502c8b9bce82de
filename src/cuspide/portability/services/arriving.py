"""A file that a page sends in pieces, because no request is larger than the program takes.

Pieces come in order; one that comes twice is taken once. What never comes whole is forgotten after a day.
"""

import hashlib
import uuid as uuids
import zlib

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError
from cuspide.portability import permissions, sources
from cuspide.portability.models import Import, ImportPart, State
from cuspide.portability.services import filing

_LOST = _("A piece of the file is missing: choose the file again.")


def add_piece(
    actor: Actor, upload: str, position: str, content: bytes, *, name: str, source: str, is_last: bool
) -> Import:
    """Keep a piece of the file that this person calls `upload` (a uuid); with the last one the file is looked at.

    Raises Forbidden; DomainError for a piece out of order or a file that cannot be read, which is then forgotten.
    """
    actor.require_everywhere(permissions.IMPORT)
    try:
        key, place = uuids.UUID(upload), int(position[:9])
    except ValueError:
        raise DomainError(_LOST) from None
    refused: DomainError | None = None
    with transaction.atomic():
        of = _arriving(actor, key, name, source) if place == 0 else _held(actor, key)
        arrived = ImportPart.objects.filter(of=of).count()
        if place > arrived:
            raise DomainError(_LOST)
        if place == arrived:
            of.size += len(content)
            if of.size > filing.LARGEST:
                raise DomainError(_("This file is larger than 1 GB: this is not a list of patients."))
            of.save(update_fields=["size"])
            ImportPart.objects.create(of=of, position=place, content=zlib.compress(content, 6))
        if is_last:
            try:
                with transaction.atomic():
                    _whole(actor, of)
            except DomainError as error:
                refused = error
                of.delete()
    if refused is not None:
        raise refused
    return of


def _arriving(actor: Actor, key: uuids.UUID, name: str, source: str) -> Import:
    known = Import.objects.filter(uuid=key).first()
    if known is not None:
        return _held(actor, key)
    return Import.objects.create(
        uuid=key,
        user_id=actor.user_id,
        user_label=trail.label(actor.label, 150),
        language=translation.get_language() or "fr",
        file_name=trail.label(name, 200) or "?",
        sha256="",
        kind="csv",
        source=source.strip()[:60],
        state=State.ARRIVING,
    )


def _held(actor: Actor, key: uuids.UUID) -> Import:
    mine = locks.held(Import.objects).filter(uuid=key, user_id=actor.user_id, state=State.ARRIVING)
    held: Import | None = mine.first()
    if held is None:
        raise DomainError(_LOST)
    return held


def _whole(actor: Actor, of: Import) -> None:
    digest = hashlib.sha256()
    for piece in sources.content(of):
        digest.update(piece)
    of.sha256, of.state = digest.hexdigest(), State.MAPPING
    filing.look(of)
    of.save()
    filing.trace_taken_in(actor, of)
