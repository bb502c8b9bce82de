"""Every write of the agenda: booking, moving, calling off, and the steps of a visit."""

from cuspide.agenda.services.booking import amend, book, move, resize
from cuspide.agenda.services.recalls import settle_recall
from cuspide.agenda.services.states import cancel, set_state

__all__ = ["amend", "book", "cancel", "move", "resize", "set_state", "settle_recall"]
