"""What the nomenclature decides without a store: words of a search, teeth of a proposal, cover presumed of an act."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from cuspide.formats.letters import normalised
from cuspide.formats.teeth import Dentition, Tooth

MOST_WORDS = 8

# Acts "reimbursed under conditions" that a practice ordinarily bills within those conditions: fixed prosthesis
# (abutments that a filling would not save) and cone beam. The others are for rare diseases and tumours: they are
# covered only when somebody says so.
_CONDITIONS_PRESUMED_MET = frozenset({"CM0", "BR1", "PF0", "PF1", "PFC", "PFM", "AID"})

# NGAP codes of the yearly dental examination: its cost is shared between AMO and AMC.
PREVENTION_EXAMINATIONS = frozenset({"BDA", "BDB", "BDD", "BDP", "BDH"})


class Confidence(StrEnum):
    """How sure a value is. Only what an official file holds is official."""

    OFFICIAL = "official"
    GOOD = "good"
    MEDIUM = "medium"
    WEAK = "weak"


def conditions_presumed_met(regroupement: str) -> bool:
    """Whether an act reimbursed under conditions is taken as covered when nobody said."""
    return regroupement in _CONDITIONS_PRESUMED_MET


def folded(text: str) -> str:
    """Words in lower case without accents, one space between, ligatures and apostrophes taken apart."""
    # Taken apart on both sides of the change of case: a letter in another guise (𝐀) has no lower case of its own.
    lowered = normalised("NFKD", text).lower().replace("œ", "oe").replace("æ", "ae")
    decomposed = normalised("NFKD", lowered)
    kept = (each for each in decomposed if not unicodedata.combining(each))
    return " ".join("".join(each if each.isalnum() else " " for each in kept).split())


def search_words(text: str) -> list[str]:
    """The words of a search, folded, each once, at most eight."""
    return list(dict.fromkeys(folded(text[:200]).split()))[:MOST_WORDS]


def indexed(*texts: str) -> str:
    """What a search looks into: every word once, each after a space, so that " detar" finds how words begin."""
    words = dict.fromkeys(word for text in texts for word in folded(text).split())
    return " " + " ".join(words) + " "


@dataclass(frozen=True, slots=True)
class TeethCondition:
    """Which teeth a line of the proposals is for: `any:premolar molar`, `deciduous:molar`, `teeth:14 24`."""

    scope: str
    values: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> "TeethCondition":
        scope, _, values = text.partition(":")
        if scope not in ("any", "permanent", "deciduous", "teeth") or not values:
            raise ValueError(f"{text!r} names no teeth")
        return cls(scope, frozenset(values.split()))

    def holds_for(self, one: Tooth) -> bool:
        if self.scope == "teeth":
            return one.code in self.values
        if self.scope == "permanent" and one.dentition is not Dentition.PERMANENT:
            return False
        if self.scope == "deciduous" and one.dentition is not Dentition.DECIDUOUS:
            return False
        return one.kind.value in self.values


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line of the proposals. `pulp` is "", "vital" or "necrotic"."""

    kind: str
    teeth: TeethCondition
    surfaces_from: int
    surfaces_to: int
    pulp: str
    rank: int
    code: str

    def holds_for(self, kind: str, one: Tooth, surfaces: int, pulp: str) -> bool:
        return (
            self.kind == kind
            and self.surfaces_from <= surfaces <= self.surfaces_to
            and (not pulp or not self.pulp or pulp == self.pulp)
            and self.teeth.holds_for(one)
        )
