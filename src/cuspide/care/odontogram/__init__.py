"""The odontogram as SVG drawn by the server: the same drawing on screen, in a PDF and in the emergency file.

Nothing here touches the database: findings go in as `Mark` values, SVG comes out as text.
"""

from .drawing import Drawing, draw
from .layout import Dentition
from .state import Kind, Mark, Status, ToothState, states_from_marks
from .words import kind_label, status_label, surface_label, tooth_label, tooth_name

__all__ = [
    "Dentition",
    "Drawing",
    "Kind",
    "Mark",
    "Status",
    "ToothState",
    "draw",
    "kind_label",
    "states_from_marks",
    "status_label",
    "surface_label",
    "tooth_label",
    "tooth_name",
]
