"""What may be right and must be confirmed by somebody before it is written."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import DomainError
from cuspide.patients.models import Patient
from cuspide.patients.rules.identity import Doubt


class NeedsConfirmation(DomainError):
    """What was typed may be right, but somebody must say so first: `doubts`, and patients who may be the same."""

    def __init__(self, doubts: Sequence[Doubt], duplicates: Sequence[Patient] = ()) -> None:
        super().__init__(_("Look at what is said below, then confirm or correct."))
        self.doubts = list(doubts)
        self.duplicates = list(duplicates)

    @property
    def duplicates_key(self) -> str:
        return duplicates_key(self.duplicates)


def duplicates_key(duplicates: Sequence[Patient]) -> str:
    """The key under which the user says that none of these is the person."""
    return "not:" + ",".join(sorted(str(patient.uuid) for patient in duplicates))
