"""Tables of care: findings, which are only ever added to, and acts."""

from cuspide.care.models.acts import Act, ActState, FavouriteAct, Nomenclature
from cuspide.care.models.findings import Finding

__all__ = ["Act", "ActState", "FavouriteAct", "Finding", "Nomenclature"]
