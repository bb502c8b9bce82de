"""What stands in a mouth: marks on teeth, and what is left of them once later marks have replaced earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cuspide.formats import teeth


class Kind(StrEnum):
    """What can be found or done on a tooth."""

    SOUND = "sound"
    CARIES = "caries"
    WATCH = "watch"
    FILLING = "filling"
    SEALANT = "sealant"
    VENEER = "veneer"
    CROWN = "crown"
    INLAY_CORE = "inlay_core"
    ROOT_TREATMENT = "root_treatment"
    FRACTURE = "fracture"
    EXTRACTION = "extraction"
    ABSENT = "absent"
    IMPLANT = "implant"
    BRIDGE_ABUTMENT = "bridge_abutment"
    BRIDGE_PONTIC = "bridge_pontic"
    PROSTHESIS = "prosthesis"
    IMPACTED = "impacted"
    ERUPTING = "erupting"


class Status(StrEnum):
    """EXISTING: seen, made elsewhere or not ours to date. DONE: made here. PLANNED: to do. WATCH: to look at again."""

    EXISTING = "existing"
    DONE = "done"
    PLANNED = "planned"
    WATCH = "watch"


# Kinds that name faces of the tooth; the others concern the whole tooth.
SURFACE_KINDS = frozenset({Kind.CARIES, Kind.WATCH, Kind.FILLING, Kind.SEALANT, Kind.VENEER, Kind.FRACTURE, Kind.SOUND})

_OBSERVED = frozenset({Status.EXISTING, Status.WATCH})
_MADE = frozenset({Status.EXISTING, Status.DONE, Status.PLANNED})

_RESTORATIONS = (
    Kind.FILLING,
    Kind.SEALANT,
    Kind.VENEER,
    Kind.CROWN,
    Kind.INLAY_CORE,
    Kind.ROOT_TREATMENT,
    Kind.IMPLANT,
    Kind.BRIDGE_ABUTMENT,
    Kind.BRIDGE_PONTIC,
    Kind.PROSTHESIS,
)

# Which statuses a kind can have: a caries is not "done", an extraction that was done leaves an absent tooth.
STATUSES: Mapping[Kind, frozenset[Status]] = {
    Kind.SOUND: frozenset({Status.EXISTING}),
    Kind.CARIES: _OBSERVED,
    Kind.WATCH: frozenset({Status.WATCH}),
    Kind.FRACTURE: _OBSERVED,
    Kind.ABSENT: frozenset({Status.EXISTING}),
    Kind.IMPACTED: _OBSERVED,
    Kind.ERUPTING: _OBSERVED,
    Kind.EXTRACTION: frozenset({Status.PLANNED, Status.DONE}),
    **dict.fromkeys(_RESTORATIONS, _MADE),
}

_STANDING = frozenset({Status.EXISTING, Status.DONE})
_COVERS_CROWN = frozenset({Kind.CROWN, Kind.BRIDGE_ABUTMENT})
_STANDS_ON_NO_ROOT = frozenset({Kind.IMPLANT, Kind.BRIDGE_PONTIC, Kind.PROSTHESIS})
_UNDER_A_CROWN = _COVERS_CROWN | {Kind.FRACTURE, Kind.WATCH, Kind.CARIES}


@dataclass(frozen=True, slots=True)
class Mark:
    """One fact on one tooth. `surfaces` are letters in written order ("MO"), "" for the whole tooth. `group` ties the
    teeth of one bridge or one prosthesis together. `key` is the caller's own name for the fact."""

    tooth: str
    kind: Kind
    status: Status
    surfaces: str = ""
    group: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ToothState:
    """What is left on a tooth after later facts have replaced earlier ones."""

    tooth: str
    marks: tuple[Mark, ...] = ()

    def find(self, kind: Kind) -> Mark | None:
        """The latest standing mark of a kind."""
        return next((mark for mark in reversed(self.marks) if mark.kind is kind), None)

    def is_standing(self, kind: Kind) -> bool:
        """Whether the kind is there now (existing or done), not only planned."""
        return any(mark.kind is kind and mark.status in _STANDING for mark in self.marks)

    @property
    def is_absent(self) -> bool:
        """No natural tooth: taken out, missing, or its place taken by an implant, a pontic or a prosthesis."""
        return self.is_standing(Kind.ABSENT) or any(self.is_standing(kind) for kind in _STANDS_ON_NO_ROOT)

    def on_surface(self, letter: str) -> tuple[Mark, ...]:
        """Marks that name this face, latest last."""
        return tuple(mark for mark in self.marks if letter in mark.surfaces)


def _without_surfaces(mark: Mark, gone: str) -> Mark | None:
    left = "".join(letter for letter in mark.surfaces if letter not in gone)
    if left == mark.surfaces:
        return mark
    return Mark(mark.tooth, mark.kind, mark.status, left, mark.group, mark.key) if left else None


def _after_on_surfaces(earlier: Mark, later: Mark) -> Mark | None:
    """What is left of an earlier mark on faces once a later one stands on (some of) the same faces."""
    if later.kind is Kind.SOUND:
        return _without_surfaces(earlier, later.surfaces) if earlier.surfaces else earlier
    if later.kind in (Kind.FILLING, Kind.SEALANT, Kind.VENEER) and later.status in _STANDING:
        if later.kind is Kind.FILLING:
            replaced = earlier.kind in (Kind.CARIES, Kind.WATCH, Kind.FILLING, Kind.SEALANT, Kind.FRACTURE)
        else:
            replaced = earlier.kind in (later.kind, Kind.WATCH)
        return _without_surfaces(earlier, later.surfaces) if replaced else earlier
    if later.kind is earlier.kind and (later.status is earlier.status or later.status is Status.EXISTING):
        return _without_surfaces(earlier, later.surfaces)
    if later.kind is Kind.CARIES and earlier.kind in (Kind.WATCH, Kind.SEALANT):
        return _without_surfaces(earlier, later.surfaces)
    return earlier


def _after(earlier: Mark, later: Mark) -> Mark | None:
    """What is left of `earlier` once `later` was noted on the same tooth; None when nothing is."""
    if later.kind is Kind.SOUND and not later.surfaces:
        return None
    if later.kind is Kind.ABSENT or (later.kind is Kind.EXTRACTION and later.status is Status.DONE):
        keeps_place = earlier.kind in _STANDS_ON_NO_ROOT and earlier.status is Status.PLANNED
        return earlier if keeps_place else None
    if later.kind in _STANDS_ON_NO_ROOT and later.status in _STANDING:
        same = later.kind is earlier.kind
        natural = earlier.kind not in (Kind.IMPLANT, Kind.CROWN, Kind.PROSTHESIS, Kind.BRIDGE_PONTIC, Kind.ABSENT)
        return None if same or natural else earlier
    if later.kind is Kind.ERUPTING and earlier.kind in (Kind.IMPACTED, Kind.ABSENT):
        return None
    if later.kind is Kind.IMPACTED and earlier.kind in (Kind.ERUPTING, Kind.ABSENT):
        return None
    if later.kind in _COVERS_CROWN and later.status in _STANDING:
        covered = earlier.surfaces or earlier.kind in _UNDER_A_CROWN
        return None if covered else earlier
    if later.surfaces and earlier.surfaces:
        return _after_on_surfaces(earlier, later)
    if later.kind is earlier.kind and later.surfaces == earlier.surfaces:
        return None
    if later.kind is Kind.FILLING and later.status in _STANDING and earlier.kind in (Kind.CARIES, Kind.WATCH):
        return None if not earlier.surfaces or not later.surfaces else earlier
    return earlier


def states_from_marks(marks: Iterable[Mark]) -> dict[str, ToothState]:
    """The mouth from marks in the order they were observed; teeth with nothing to tell are left out."""
    standing: dict[str, list[Mark]] = {}
    for mark in marks:
        earlier = standing.get(mark.tooth, [])
        left = [kept for each in earlier if (kept := _after(each, mark)) is not None]
        if mark.kind is Kind.EXTRACTION and mark.status is Status.DONE:
            left.append(Mark(mark.tooth, Kind.ABSENT, Status.EXISTING, "", mark.group, mark.key))
        elif mark.kind is not Kind.SOUND:
            left.append(mark)
        standing[mark.tooth] = left
    return {tooth: ToothState(tooth, tuple(left)) for tooth, left in standing.items() if left}


def letters_of(tooth: str) -> str:
    """The five faces of a tooth in written order ("MODVP" for 16)."""
    return "".join(teeth.tooth(tooth).surfaces)
