"""Teeth, surfaces and regions of the mouth as ISO 3950 (FDI) names them.

Codes are two-character strings, because regions begin with a zero: tooth "16", maxilla "01",
sextant "03", quadrant "10".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from cuspide.formats.errors import FormatError


class Dentition(StrEnum):
    PERMANENT = "permanent"
    DECIDUOUS = "deciduous"


class DentitionStage(StrEnum):
    """What a mouth holds at an age."""

    TOOTHLESS = "toothless"
    DECIDUOUS = "deciduous"
    MIXED = "mixed"
    PERMANENT = "permanent"


class ToothKind(StrEnum):
    INCISOR = "incisor"
    CANINE = "canine"
    PREMOLAR = "premolar"
    MOLAR = "molar"


class Arch(StrEnum):
    """The values are the ISO 3950 codes of the arches."""

    MAXILLARY = "01"
    MANDIBULAR = "02"


class Side(StrEnum):
    """The patient's own side."""

    RIGHT = "right"
    LEFT = "left"


class Surface(StrEnum):
    """The values are the letters that French dentists write."""

    MESIAL = "M"
    OCCLUSAL = "O"
    INCISAL = "I"
    DISTAL = "D"
    VESTIBULAR = "V"
    LINGUAL = "L"
    PALATAL = "P"


_WRITTEN_ORDER = {letter: rank for rank, letter in enumerate("MOIDVLP")}


@dataclass(frozen=True, slots=True)
class Tooth:
    """One tooth. `rank` counts from the midline, 1 for a central incisor."""

    code: str
    dentition: Dentition
    arch: Arch
    side: Side
    rank: int
    kind: ToothKind

    @property
    def quadrant(self) -> str:
        """ISO 3950 code of the quadrant: "10" to "40", "50" to "80" for deciduous teeth."""
        return f"{self.code[0]}0"

    @property
    def sextant(self) -> str:
        """ISO 3950 code of the sextant, "03" (upper right) to "08" (lower right)."""
        if self.arch is Arch.MAXILLARY:
            return "04" if self.is_anterior else ("03" if self.side is Side.RIGHT else "05")
        return "07" if self.is_anterior else ("08" if self.side is Side.RIGHT else "06")

    @property
    def is_anterior(self) -> bool:
        """Incisors and canines: *secteur incisivo-canin*."""
        return self.kind in (ToothKind.INCISOR, ToothKind.CANINE)

    @property
    def is_deciduous(self) -> bool:
        return self.dentition is Dentition.DECIDUOUS

    @property
    def is_wisdom_tooth(self) -> bool:
        return self.rank == 8

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """The five surfaces in the order they are written: M, O or I, D, V, L or P."""
        return (
            Surface.MESIAL,
            Surface.INCISAL if self.is_anterior else Surface.OCCLUSAL,
            Surface.DISTAL,
            Surface.VESTIBULAR,
            Surface.PALATAL if self.arch is Arch.MAXILLARY else Surface.LINGUAL,
        )

    @property
    def successor(self) -> "Tooth | None":
        """The permanent tooth that takes this deciduous tooth's place ("55" → "15")."""
        if not self.is_deciduous:
            return None
        return tooth(f"{int(self.code[0]) - 4}{self.rank}")

    @property
    def predecessor(self) -> "Tooth | None":
        """The deciduous tooth whose place this permanent tooth takes; molars have none."""
        if self.is_deciduous or self.rank > 5:
            return None
        return tooth(f"{int(self.code[0]) + 4}{self.rank}")

    @property
    def mesial_neighbour(self) -> "Tooth":
        """The next tooth toward the midline; across it for a central incisor ("11" → "21")."""
        if self.rank > 1:
            return tooth(f"{self.code[0]}{self.rank - 1}")
        across = {"1": "2", "2": "1", "3": "4", "4": "3", "5": "6", "6": "5", "7": "8", "8": "7"}
        return tooth(f"{across[self.code[0]]}1")

    @property
    def distal_neighbour(self) -> "Tooth | None":
        """The next tooth away from the midline; none behind the last one."""
        last = 5 if self.is_deciduous else 8
        return None if self.rank == last else tooth(f"{self.code[0]}{self.rank + 1}")


def _kind(dentition: Dentition, rank: int) -> ToothKind:
    if rank <= 2:
        return ToothKind.INCISOR
    if rank == 3:
        return ToothKind.CANINE
    if dentition is Dentition.DECIDUOUS or rank >= 6:
        return ToothKind.MOLAR
    return ToothKind.PREMOLAR


def _build() -> dict[str, Tooth]:
    teeth: dict[str, Tooth] = {}
    for quadrant in range(1, 9):
        dentition = Dentition.PERMANENT if quadrant <= 4 else Dentition.DECIDUOUS
        arch = Arch.MAXILLARY if quadrant in (1, 2, 5, 6) else Arch.MANDIBULAR
        side = Side.RIGHT if quadrant in (1, 4, 5, 8) else Side.LEFT
        for rank in range(1, 9 if dentition is Dentition.PERMANENT else 6):
            code = f"{quadrant}{rank}"
            teeth[code] = Tooth(code, dentition, arch, side, rank, _kind(dentition, rank))
    return teeth


_TEETH = _build()


def _row(*quadrants: int) -> tuple[Tooth, ...]:
    right, left = quadrants
    last = 8 if right <= 4 else 5
    return tuple(_TEETH[f"{right}{rank}"] for rank in range(last, 0, -1)) + tuple(
        _TEETH[f"{left}{rank}"] for rank in range(1, last + 1)
    )


# The rows of a chart, as the dentist faces the patient: the patient's right is on the left.
UPPER_PERMANENT = _row(1, 2)
LOWER_PERMANENT = _row(4, 3)
UPPER_DECIDUOUS = _row(5, 6)
LOWER_DECIDUOUS = _row(8, 7)
PERMANENT_TEETH = UPPER_PERMANENT + LOWER_PERMANENT
DECIDUOUS_TEETH = UPPER_DECIDUOUS + LOWER_DECIDUOUS
ALL_TEETH = PERMANENT_TEETH + DECIDUOUS_TEETH

ARCHES = ("01", "02")
SEXTANTS = ("03", "04", "05", "06", "07", "08")
QUADRANTS = ("10", "20", "30", "40", "50", "60", "70", "80")
WHOLE_MOUTH = "00"
REGIONS = (WHOLE_MOUTH, *ARCHES, *SEXTANTS, *QUADRANTS)


def tooth(code: str) -> Tooth:
    """The tooth of an FDI code ("16", "75").

    Raises FormatError `tooth.unknown`.
    """
    found = _TEETH.get(code.strip()) if len(code) <= 8 else None
    if found is None:
        raise FormatError(
            "tooth.unknown",
            "A tooth is 11 to 18, 21 to 28, 31 to 38, 41 to 48, or a deciduous tooth 51 to 85",
        )
    return found


def is_tooth(code: str) -> bool:
    return code in _TEETH


def teeth_of(code: str) -> tuple[Tooth, ...]:
    """The teeth that a code covers: one tooth, or those of a region ("01", "04", "30", "00").

    Arches and sextants cover both dentitions.
    Raises FormatError `tooth.unknown` for what is neither.
    """
    code = code.strip()
    if code == WHOLE_MOUTH:
        return ALL_TEETH
    if code in ARCHES:
        return tuple(each for each in ALL_TEETH if each.arch == code)
    if code in SEXTANTS:
        return tuple(each for each in ALL_TEETH if each.sextant == code)
    if code in QUADRANTS:
        return tuple(each for each in ALL_TEETH if each.quadrant == code)
    return (tooth(code),)


def parse_teeth(text: str) -> tuple[Tooth, ...]:
    """Teeth as they are typed: "16", "11-13", "16, 26 36", in the order of the mouth's row.

    A range runs along one arch: "13-23" is the six upper front teeth.
    Raises FormatError `tooth.unknown`, `tooth.range`, `tooth.repeated`, with the position.
    """
    if len(text) > 400:
        raise FormatError("tooth.too_long", "The list of teeth is too long")
    found: list[Tooth] = []
    position = 1
    for part in text.replace(";", " ").replace(",", " ").split(" "):
        if part.strip():
            for each in _range(part.strip(), position):
                if each in found:
                    raise FormatError(
                        "tooth.repeated",
                        "A tooth is named twice",
                        position=position,
                        params={"tooth": each.code},
                    )
                found.append(each)
        position += len(part) + 1
    return tuple(found)


def _range(part: str, position: int) -> tuple[Tooth, ...]:
    first, dash, last = part.partition("-")
    try:
        if not dash:
            return (tooth(first),)
        start, end = tooth(first), tooth(last)
    except FormatError as error:
        raise FormatError(error.code, error.sentence, position=position) from None
    for row in (UPPER_PERMANENT, LOWER_PERMANENT, UPPER_DECIDUOUS, LOWER_DECIDUOUS):
        if start in row and end in row:
            low, high = sorted((row.index(start), row.index(end)))
            return row[low : high + 1]
    raise FormatError("tooth.range", "A range of teeth runs along one arch and one dentition", position=position)


def parse_surfaces(text: str, on: Tooth) -> tuple[Surface, ...]:
    """Surfaces as they are typed ("mod", "MO", "VL"), canonical for this tooth.

    O and I name the same edge, L and P the same side, B (buccal) is V: the letter that suits the
    tooth is returned, in the order M, O/I, D, V, L/P.
    Raises FormatError `surface.unknown` or `surface.repeated` with the position of the letter.
    """
    mesial, biting, distal, vestibular, inner = on.surfaces
    letters = {
        "M": mesial,
        "O": biting,
        "I": biting,
        "D": distal,
        "V": vestibular,
        "B": vestibular,
        "L": inner,
        "P": inner,
    }
    found: list[Surface] = []
    for position, typed in enumerate(text, start=1):
        if typed in " ,;-/":
            continue
        surface = letters.get(typed.upper())
        if surface is None:
            raise FormatError(
                "surface.unknown",
                "A surface is one of M, O, I, D, V, L, P",
                position=position,
            )
        if surface in found:
            raise FormatError(
                "surface.repeated",
                "A surface is named twice",
                position=position,
                params={"surface": surface.value},
            )
        found.append(surface)
    return ordered(found)


def ordered(surfaces: Iterable[Surface]) -> tuple[Surface, ...]:
    """Surfaces in the order they are written: MOD, never DOM."""
    return tuple(sorted(set(surfaces), key=lambda each: _WRITTEN_ORDER[each.value]))


# Usual ages in months at which a tooth begins to show, and for deciduous teeth the age at which
# it has usually been shed. From the eruption charts of the American Dental Association; a child
# may be a year early or late, so this only chooses what an empty chart shows first.
_ERUPTION: dict[tuple[Dentition, Arch], tuple[int, ...]] = {
    (Dentition.DECIDUOUS, Arch.MAXILLARY): (8, 9, 16, 13, 25),
    (Dentition.DECIDUOUS, Arch.MANDIBULAR): (6, 10, 17, 14, 23),
    (Dentition.PERMANENT, Arch.MAXILLARY): (84, 96, 132, 120, 120, 72, 144, 204),
    (Dentition.PERMANENT, Arch.MANDIBULAR): (72, 84, 108, 120, 132, 72, 132, 204),
}


def eruption_age(of: Tooth) -> int:
    """The age in months from which this tooth is usually seen."""
    return _ERUPTION[of.dentition, of.arch][of.rank - 1]


@cache
def expected_teeth(age_months: int) -> tuple[Tooth, ...]:
    """The teeth that a mouth usually shows at this age, in the order of the chart's rows.

    A deciduous tooth gives way when its successor usually comes. From 17 years on these are the
    32 permanent teeth. The chart adds what was really found.
    """
    seen = []
    for each in ALL_TEETH:
        if age_months < eruption_age(each):
            continue
        successor = each.successor
        if successor is not None and age_months >= eruption_age(successor):
            continue
        seen.append(each)
    return tuple(seen)


def dentition_stage(age_months: int) -> DentitionStage:
    """Toothless, deciduous, mixed or permanent dentition, as is usual at this age."""
    kinds = {each.dentition for each in expected_teeth(age_months)}
    if not kinds:
        return DentitionStage.TOOTHLESS
    if len(kinds) == 2:
        return DentitionStage.MIXED
    if Dentition.DECIDUOUS in kinds:
        return DentitionStage.DECIDUOUS
    return DentitionStage.PERMANENT


_UNIVERSAL = (
    *(f"1{rank}" for rank in range(8, 0, -1)),
    *(f"2{rank}" for rank in range(1, 9)),
    *(f"3{rank}" for rank in range(8, 0, -1)),
    *(f"4{rank}" for rank in range(1, 9)),
)
_UNIVERSAL_DECIDUOUS = (
    *(f"5{rank}" for rank in range(5, 0, -1)),
    *(f"6{rank}" for rank in range(1, 6)),
    *(f"7{rank}" for rank in range(5, 0, -1)),
    *(f"8{rank}" for rank in range(1, 6)),
)


def from_universal(number: str) -> Tooth:
    """The tooth of an American number (Universal Numbering System): "1" to "32" from the upper right round to the
    lower right, "A" to "T" for deciduous teeth. "3" is 16, "A" is 55.

    Raises FormatError `tooth.unknown`, also for the numbers of supernumerary teeth.
    """
    wanted = number.strip().upper()
    if len(wanted) == 1 and "A" <= wanted <= "T":
        return tooth(_UNIVERSAL_DECIDUOUS[ord(wanted) - ord("A")])
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 2 and 1 <= int(wanted) <= 32:
        return tooth(_UNIVERSAL[int(wanted) - 1])
    raise FormatError("tooth.unknown", "An American tooth number is 1 to 32 or A to T")
