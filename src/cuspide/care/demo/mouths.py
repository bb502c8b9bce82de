"""A plausible mouth at an age: sound teeth, fillings, crowns, absent teeth, in the proportions of French surveys.

The mean number of decayed, missing and filled teeth rises from about 1 at 12 years to 15 at 40 and over 20 at 70; a
child has milk teeth, some of them decayed. Molars are hit first.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from cuspide.care.odontogram.state import Kind, Mark, Status
from cuspide.formats import teeth
from cuspide.formats.teeth import ToothKind

_RISK = {ToothKind.MOLAR: 6.0, ToothKind.PREMOLAR: 3.0, ToothKind.INCISOR: 1.2, ToothKind.CANINE: 0.7}
_POSTERIOR = ("O", "O", "O", "MO", "OD", "MO", "OD", "MOD", "OV")
_ANTERIOR = ("M", "D", "V", "M", "D", "MP", "DP", "MI")


@dataclass
class MouthSoFar:
    """What is in a mouth while the story goes on: teeth in place, what is on them, and decay that waits for care."""

    present: list[str]
    touched: dict[str, Kind] = field(default_factory=dict)
    decayed: dict[str, str] = field(default_factory=dict)
    waiting_crown: list[str] = field(default_factory=list)
    waiting_implant: list[str] = field(default_factory=list)

    def sound(self) -> list[str]:
        return [tooth for tooth in self.present if tooth not in self.touched and tooth not in self.decayed]

    def take_out(self, tooth: str) -> None:
        if tooth in self.present:
            self.present.remove(tooth)
        self.touched.pop(tooth, None)
        self.decayed.pop(tooth, None)


def mean_dmft(age: int) -> float:
    """Teeth that were ever decayed, on average."""
    if age < 6:
        return 0.0
    if age < 18:
        return 0.3 + (age - 6) * 0.25
    return min(3.2 + (age - 18) * 0.42, 24.0)


def faces(tooth: str, chance: random.Random) -> str:
    """Faces that are hit together, in written order with the letters of the tooth."""
    one = teeth.tooth(tooth)
    typed = chance.choice(_ANTERIOR if one.is_anterior else _POSTERIOR)
    return "".join(surface.value for surface in teeth.parse_surfaces(typed, one))


def pick(among: list[str], chance: random.Random) -> str:
    """One tooth, molars rather than canines."""
    return chance.choices(among, [_WEIGHTS[code] for code in among])[0]


_WEIGHTS = {tooth.code: _RISK[tooth.kind] * (0.6 if tooth.is_wisdom_tooth else 1.0) for tooth in teeth.ALL_TEETH}


def first_mouth(age_months: int, chance: random.Random) -> tuple[MouthSoFar, list[Mark]]:
    """The mouth that the first examination finds, and the marks that tell it."""
    age = age_months // 12
    expected = [tooth.code for tooth in teeth.expected_teeth(age_months)]
    mouth = MouthSoFar(list(expected))
    marks: list[Mark] = []

    def note(tooth: str, kind: Kind, status: Status = Status.EXISTING, surfaces: str = "", group: str = "") -> None:
        marks.append(Mark(tooth, kind, status, surfaces, group))

    if age >= 17:
        _wisdom_teeth(mouth, note, age, chance)
    touched = max(0, round(chance.gauss(mean_dmft(age), 1 + age * 0.06)))
    if 3 <= age < 11 and chance.random() < 0.3:
        touched += chance.randrange(1, 4)
    lost = max(0.02, (age - 25) * 0.006)
    for _number in range(min(touched, len(mouth.present) - 6)):
        tooth = pick(mouth.sound(), chance)
        throw = chance.random()
        if teeth.tooth(tooth).is_deciduous or throw > lost * 2 + 0.12 or age < 25:
            mouth.touched[tooth] = Kind.FILLING
            note(tooth, Kind.FILLING, surfaces=faces(tooth, chance))
        elif throw < lost:
            mouth.take_out(tooth)
            note(tooth, Kind.ABSENT)
        else:
            _crowned(mouth, note, tooth, chance)
    if age > 74 and chance.random() < 0.25:
        _denture(mouth, note, chance)
    return mouth, marks


def _wisdom_teeth(mouth: MouthSoFar, note: object, age: int, chance: random.Random) -> None:
    assert callable(note)
    for tooth in ("18", "28", "38", "48"):
        throw = chance.random()
        if throw < 0.42:
            mouth.take_out(tooth)
            note(tooth, Kind.ABSENT)
        elif throw < (0.58 if age < 30 else 0.48):
            mouth.take_out(tooth)
            note(tooth, Kind.IMPACTED)


def _crowned(mouth: MouthSoFar, note: object, tooth: str, chance: random.Random) -> None:
    assert callable(note)
    mouth.touched[tooth] = Kind.CROWN
    if chance.random() < 0.8:
        note(tooth, Kind.ROOT_TREATMENT)
    if chance.random() < 0.6:
        note(tooth, Kind.INLAY_CORE)
    note(tooth, Kind.CROWN)


def _denture(mouth: MouthSoFar, note: object, chance: random.Random) -> None:
    assert callable(note)
    arch = chance.choice([teeth.UPPER_PERMANENT, teeth.LOWER_PERMANENT])
    codes = [tooth.code for tooth in arch if 4 <= tooth.rank <= 7 and chance.random() < 0.8]
    for tooth in codes:
        mouth.take_out(tooth)
        note(tooth, Kind.PROSTHESIS, group="denture")
