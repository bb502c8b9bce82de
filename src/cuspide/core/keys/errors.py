"""Refusals around the master key; each is a sentence that says what to do."""

from cuspide.core.errors import Refusal


class PracticeKeyError(Refusal):
    """The key is missing, unreadable or another practice's; the text says which and what to do."""


class CopyError(Refusal):
    """A wrapped copy of the key, or what was typed to open it, is of no use; nothing was changed."""


class SheetError(CopyError):
    """What was typed is not what the escrow sheet says. `line` counts from 1; None when no single line is at fault."""

    def __init__(self, sentence: object, params: dict[str, object] | None = None, *, line: int | None = None) -> None:
        super().__init__(sentence, params)
        self.line = line
