"""A form sent twice makes one record: a double click, a reload, a proxy that tries again."""

import uuid
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors
from cuspide.core.models import Exported, Submission

E = TypeVar("E", bound=Exported)


def once(
    key: uuid.UUID | str | None,
    kind: str,
    create: Callable[[], E],
    model: type[E],
    *,
    actor: Actor | None = None,
    said: Any = None,
) -> tuple[E, bool]:
    """The record that the form `key` made, and whether it was made now.

    `create` runs in the same transaction as the note that the form was sent; when it fails, both are undone and the
    form may be sent again. Without a key (a job, an import) `create` simply runs.

    `said` is what the form says and of whom, in plain values (keys, texts, dates). A key that comes again as another
    kind of form, from another `actor` or with other words (a page gone back to, a forged key) is neither obeyed nor
    taken for done: FieldErrors.
    """
    of = _mark(kind, actor, said)
    with transaction.atomic():
        if key is None or key == "":
            return create(), True
        try:
            with transaction.atomic():
                note = Submission.objects.create(key=key, kind=of, user_id=actor.user_id if actor else None)
        except IntegrityError:
            earlier = Submission.objects.get(key=key)
            if earlier.kind != of:
                raise FieldErrors(
                    {"submission": _("This form was sent already, and says something else now. Open it anew.")}
                ) from None
            return model._default_manager.get(uuid=earlier.made_uuid), False
        record = create()
        note.made_uuid = record.uuid
        note.save(update_fields=["made_uuid"])
        return record, True


def made_by(key: uuid.UUID | None, kind: str, *, actor: Actor, said: Any = None) -> uuid.UUID | None:
    """The uuid of what this form of this person made before; None when it made nothing."""
    if key is None:
        return None
    sent = Submission.objects.filter(key=key, kind=_mark(kind, actor, said))
    return sent.values_list("made_uuid", flat=True).first()


def _mark(kind: str, actor: Actor | None, said: Any) -> str:
    """The kind with a fingerprint of who sent the form and what it says: the words themselves stay in the record."""
    content = repr((actor.user_id if actor else None, said)).encode("utf-8", "backslashreplace")
    return f"{kind} {sha256(content).hexdigest()[:32]}"
