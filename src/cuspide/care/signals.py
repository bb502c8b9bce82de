"""What rooms above hear of care."""

from django.dispatch import Signal

# An act was recorded as done, inside the transaction that does it. Arguments: `act` (Act), `actor` (Actor).
act_completed = Signal()

# An act was voided, inside the transaction. Arguments: `act`, `actor`.
act_voided = Signal()
