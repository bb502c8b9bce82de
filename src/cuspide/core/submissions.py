"""A form sent twice makes one record: a double click, a reload, a proxy that tries again."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

from cuspide.core.models import Exported, Submission

E = TypeVar("E", bound=Exported)


def once(key: uuid.UUID | str | None, kind: str, create: Callable[[], E], model: type[E]) -> tuple[E, bool]:
    """The record that the form `key` made, and whether it was made now.

    `create` runs in the same transaction as the note that the form was sent; when it fails, both are undone and the
    form may be sent again. Without a key (a job, an import) `create` simply runs.
    """
    with transaction.atomic():
        if key is None or key == "":
            return create(), True
        try:
            with transaction.atomic():
                note = Submission.objects.create(key=key, kind=kind)
        except IntegrityError:
            earlier = Submission.objects.get(key=key, kind=kind)
            return model._default_manager.get(uuid=earlier.made_uuid), False
        record = create()
        note.made_uuid = record.uuid
        note.save(update_fields=["made_uuid"])
        return record, True
