"""Refusals. What a user may read of them is a translated sentence, never a trace of the program."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied

# A sentence is text, or a lazy translation of it.
Sentence = Any


class Refusal(Exception):
    """Something was refused with a sentence, put into the reader's language only when it is read."""

    def __init__(self, sentence: Sentence, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self._sentence = sentence
        self._params = params

    @property
    def sentence(self) -> str:
        return str(self._sentence) % self._params if self._params else str(self._sentence)

    def __str__(self) -> str:
        return self.sentence


class DomainError(Refusal):
    """The action was refused by a rule of the practice; `sentence` says which, in the user's language."""


class FieldErrors(DomainError):
    """Several fields of a form were refused: `errors` maps the field's name to a sentence."""

    def __init__(self, errors: Mapping[str, Sentence]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = dict(errors)


class EditConflict(DomainError):
    """Somebody else saved this record first. `current` is what the store holds now."""

    def __init__(self, sentence: Sentence, current: Any) -> None:
        super().__init__(sentence)
        self.current = current


class Forbidden(PermissionDenied):
    """The actor lacks `right`. Raised before anything is looked up, so it tells nothing of the record."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right
