"""Tables of care: findings, which are only ever added to, acts, and what another program recorded before."""

from cuspide.care.models.acts import Act, ActState, FavouriteAct, Nomenclature
from cuspide.care.models.earlier import EarlierAct, EarlierStage
from cuspide.care.models.findings import Finding

__all__ = ["Act", "ActState", "EarlierAct", "EarlierStage", "FavouriteAct", "Finding", "Nomenclature"]
