"""A form sent twice makes one record: a double click, a reload, a proxy that tries again."""

import uuid
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.models import Exported, Submission

E = TypeVar("E", bound=Exported)
# SQL of both stores. A savepoint around an insertion that may fail would cost two statements more for every form.
_NOTE = "INSERT INTO core_submission ({}) VALUES ({}) ON CONFLICT (key) DO NOTHING"


class AlreadyRecorded(FieldErrors):
    """A form that made its record before came again and says something else. `known_as` is what its sender knows the
    record by, empty where that may not be said."""

    def __init__(self, known_as: str = "") -> None:
        sentence = (
            DomainError(
                _("This form was already recorded as %(record)s: what you changed since was not. Open it anew."),
                {"record": known_as},
            )
            if known_as
            else _("This form was already recorded: what you changed since was not. Open it anew.")
        )
        super().__init__({"submission": sentence})


def once(
    key: uuid.UUID | str | None,
    kind: str,
    create: Callable[[], E],
    model: type[E],
    *,
    actor: Actor | None = None,
    said: Any = None,
    known_as: Callable[[E], object] | None = None,
) -> tuple[E, bool]:
    """The record that the form `key` made, and whether it was made now.

    `create` runs in the same transaction as the note that the form was sent; when it fails, both are undone and the
    form may be sent again. Without a key (a job, an import) `create` simply runs.

    `said` is all that the form says and of whom, in plain values (keys, texts, dates). A key that comes again as
    another kind of form, from another `actor` or with other words (a page gone back to, a forged key) is neither obeyed
    nor taken for done: AlreadyRecorded. To the person who sent it the first time, it says what the form made by the
    name that `known_as` gives.
    """
    of = _mark(kind, actor, said)
    with transaction.atomic():
        if key is None or key == "":
            return create(), True
        if not _noted(Submission(key=key, kind=of, user_id=actor.user_id if actor else None)):
            earlier = Submission.objects.get(key=key)
            if earlier.kind != of:
                raise AlreadyRecorded(_name(earlier, kind, actor, model, known_as))
            return model._default_manager.get(uuid=earlier.made_uuid), False
        record = create()
        Submission.objects.filter(key=key).update(made_uuid=record.uuid)
        return record, True


def _noted(sent: Submission) -> bool:
    """Note that a form was sent, unless it was before: whoever sends it at the same moment waits here for the first."""
    fields = [field for field in Submission._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(getattr(sent, field.attname), connection) for field in fields]
    columns = ", ".join(str(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE.format(columns, ", ".join(["%s"] * len(fields))), values)
        return cursor.rowcount == 1


def key_in(posted: Mapping[str, str]) -> uuid.UUID | None:
    """The name of this sending of the form (`{{ submission_key() }}`); None when it carries none: it is then simply
    obeyed."""
    try:
        return uuid.UUID(posted.get("submission", ""))
    except ValueError:
        return None


def made_before(key: uuid.UUID | None, kind: str, *, actor: Actor) -> uuid.UUID | None:
    """The uuid of what this form of this person made, whatever it says now; None when it made nothing."""
    if key is None:
        return None
    sent = Submission.objects.filter(key=key, kind__startswith=f"{kind} ", user_id=actor.user_id)
    return sent.values_list("made_uuid", flat=True).first()


def _name(
    earlier: Submission,
    kind: str,
    actor: Actor | None,
    model: type[E],
    known_as: Callable[[E], object] | None,
) -> str:
    mine = earlier.user_id == (actor.user_id if actor else None) and earlier.kind.startswith(f"{kind} ")
    made = model._default_manager.filter(uuid=earlier.made_uuid).first() if mine and known_as else None
    return str(known_as(made)) if made is not None and known_as else ""


def _mark(kind: str, actor: Actor | None, said: Any) -> str:
    """The kind with a fingerprint of who sent the form and what it says: the words themselves stay in the record."""
    content = repr((actor.user_id if actor else None, said)).encode("utf-8", "backslashreplace")
    return f"{kind} {sha256(content).hexdigest()[:32]}"
