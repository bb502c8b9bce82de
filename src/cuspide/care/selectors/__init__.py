"""Every read of care, each with a known number of queries."""

from cuspide.care.selectors.acts import ActsSheet, acts_sheet, acts_to_complete, favourites_of
from cuspide.care.selectors.mouth import Event, Mouth, mouth_at, tooth_history

__all__ = [
    "ActsSheet",
    "Event",
    "Mouth",
    "acts_sheet",
    "acts_to_complete",
    "favourites_of",
    "mouth_at",
    "tooth_history",
]
