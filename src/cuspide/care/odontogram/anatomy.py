"""Measures of the teeth, in millimetres, as the textbooks of dental anatomy give them (mean values).

One frame for all: the cervical line is y = 0, the crown hangs down (y > 0), the roots go up (y < 0), mesial is
to the right. The three other quadrants are this frame mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cuspide.formats.teeth import Arch, Tooth, ToothKind


@dataclass(frozen=True)
class Root:
    """One root seen from the cheek. `apex` is its tip from the tooth's axis (mesial positive), `length` from the
    cervical line, `tip` the half width of its end; `behind` roots stand behind the others (palatal roots)."""

    apex: float
    length: float
    tip: float = 0.75
    behind: bool = False


@dataclass(frozen=True)
class Anatomy:
    """One tooth. `edge` is the incisal or occlusal profile from distal to mesial, as fractions of half the crown's
    width and of its height; `contacts` the heights (fractions) where the crown is widest, distal then mesial;
    `furcations` the points between two roots (x, depth above the cervical line); `table` the occlusal figure in
    drawing units (mesio-distal, bucco-lingual)."""

    kind: ToothKind
    width: float
    neck: float
    height: float
    edge: tuple[tuple[float, float], ...]
    contacts: tuple[float, float]
    roots: tuple[Root, ...]
    furcations: tuple[tuple[float, float], ...] = ()
    cervical_rise: float = 1.2
    table: tuple[float, float] = (44.0, 40.0)

    @property
    def posterior(self) -> bool:
        """True when the tooth has an occlusal face; incisors and canines have an incisal edge."""
        return self.kind in (ToothKind.PREMOLAR, ToothKind.MOLAR)


_I, _C, _P, _M = ToothKind.INCISOR, ToothKind.CANINE, ToothKind.PREMOLAR, ToothKind.MOLAR

_EDGE_CENTRAL = ((-0.86, 0.90), (-0.66, 0.985), (0.0, 1.0), (0.72, 1.0), (0.95, 0.95))
_EDGE_LATERAL = ((-0.84, 0.84), (-0.58, 0.955), (0.05, 1.0), (0.66, 0.995), (0.93, 0.92))
_EDGE_LOWER_INCISOR = ((-0.94, 0.95), (-0.72, 1.0), (0.0, 1.0), (0.74, 1.0), (0.96, 0.96))
_EDGE_CANINE = (
    (-0.92, 0.70), (-0.58, 0.835), (-0.22, 0.965), (0.03, 1.0), (0.27, 0.97), (0.60, 0.875), (0.93, 0.77),
)  # fmt: skip
_EDGE_PREMOLAR = (
    (-0.95, 0.72), (-0.62, 0.84), (-0.27, 0.95), (0.0, 0.99), (0.27, 0.955), (0.62, 0.86), (0.95, 0.76),
)  # fmt: skip
_EDGE_TWO_CUSPS = (
    (-0.95, 0.74), (-0.72, 0.885), (-0.46, 0.955), (-0.2, 0.89), (-0.04, 0.82),
    (0.12, 0.90), (0.46, 1.0), (0.74, 0.90), (0.95, 0.76),
)  # fmt: skip
_EDGE_THREE_CUSPS = (
    (-0.95, 0.70), (-0.80, 0.82), (-0.66, 0.865), (-0.52, 0.80), (-0.42, 0.80), (-0.16, 0.95), (0.06, 0.875),
    (0.16, 0.84), (0.30, 0.92), (0.54, 1.0), (0.78, 0.90), (0.95, 0.75),
)  # fmt: skip

_UPPER: tuple[Anatomy, ...] = (
    Anatomy(_I, 8.5, 6.6, 10.5, _EDGE_CENTRAL, (0.62, 0.80), (Root(-0.5, 13.0),), (), 1.9, (46, 34)),
    Anatomy(_I, 6.9, 5.0, 9.2, _EDGE_LATERAL, (0.55, 0.70), (Root(-0.9, 13.2, 0.6),), (), 1.7, (42, 33)),
    Anatomy(_C, 7.7, 5.6, 10.2, _EDGE_CANINE, (0.52, 0.62), (Root(-0.7, 16.8, 0.65),), (), 1.7, (44, 38)),
    Anatomy(
        _P, 7.2, 5.0, 8.6, _EDGE_PREMOLAR, (0.56, 0.60),
        (Root(-0.9, 13.6, 0.55), Root(0.75, 13.0, 0.55, behind=True)), (), 1.0, (46, 44),
    ),
    Anatomy(_P, 7.1, 5.0, 8.3, _EDGE_PREMOLAR, (0.56, 0.60), (Root(-0.7, 14.0, 0.65),), (), 1.0, (46, 44)),
    Anatomy(
        _M, 10.4, 7.9, 7.7, _EDGE_TWO_CUSPS, (0.55, 0.62),
        (Root(-3.3, 11.8, 0.7), Root(2.9, 12.4, 0.75), Root(-0.1, 13.4, 0.8, behind=True)), ((-0.25, 4.0),), 0.9,
        (62, 50),
    ),
    Anatomy(
        _M, 9.8, 7.4, 7.3, _EDGE_TWO_CUSPS, (0.55, 0.62),
        (Root(-2.4, 11.2, 0.7), Root(1.7, 11.6, 0.75), Root(-0.5, 12.4, 0.8, behind=True)), ((-0.45, 5.0),), 0.9,
        (59, 48),
    ),
    Anatomy(
        _M, 8.9, 6.8, 6.7, _EDGE_TWO_CUSPS, (0.52, 0.60),
        (Root(-1.3, 10.4, 1.3),), (), 0.8, (54, 46),
    ),
)  # fmt: skip

_LOWER: tuple[Anatomy, ...] = (
    Anatomy(_I, 5.9, 4.1, 9.0, _EDGE_LOWER_INCISOR, (0.84, 0.86), (Root(-0.35, 12.2, 0.5),), (), 1.8, (40, 32)),
    Anatomy(_I, 6.2, 4.3, 9.3, _EDGE_LOWER_INCISOR, (0.78, 0.84), (Root(-0.5, 13.4, 0.5),), (), 1.8, (41, 33)),
    Anatomy(_C, 7.2, 5.5, 10.8, _EDGE_CANINE, (0.60, 0.72), (Root(-0.5, 15.6, 0.6),), (), 1.8, (43, 37)),
    Anatomy(_P, 7.1, 5.0, 8.7, _EDGE_PREMOLAR, (0.60, 0.64), (Root(-0.7, 14.0, 0.6),), (), 0.9, (45, 42)),
    Anatomy(_P, 7.2, 5.1, 8.2, _EDGE_PREMOLAR, (0.60, 0.64), (Root(-0.6, 14.4, 0.65),), (), 0.9, (46, 43)),
    Anatomy(
        _M, 11.0, 8.8, 7.6, _EDGE_THREE_CUSPS, (0.55, 0.62),
        (Root(-3.5, 12.8, 0.8), Root(2.2, 13.4, 0.85)), ((-0.2, 3.4),), 0.8, (64, 48),
    ),
    Anatomy(
        _M, 10.4, 8.2, 7.2, _EDGE_TWO_CUSPS, (0.55, 0.62),
        (Root(-2.9, 12.2, 0.8), Root(1.0, 12.8, 0.85)), ((-0.6, 4.4),), 0.8, (61, 47),
    ),
    Anatomy(
        _M, 9.8, 7.6, 6.9, _EDGE_TWO_CUSPS, (0.52, 0.60),
        (Root(-2.0, 10.6, 1.3),), (), 0.8, (56, 45),
    ),
)  # fmt: skip

_UPPER_DECIDUOUS: tuple[Anatomy, ...] = (
    Anatomy(_I, 7.0, 4.8, 6.2, _EDGE_CENTRAL, (0.60, 0.76), (Root(-0.3, 10.0, 0.55),), (), 1.2, (44, 32)),
    Anatomy(_I, 5.9, 4.0, 5.8, _EDGE_LATERAL, (0.54, 0.70), (Root(-0.4, 11.0, 0.5),), (), 1.1, (41, 31)),
    Anatomy(_C, 7.1, 5.0, 6.6, _EDGE_CANINE, (0.50, 0.55), (Root(-0.4, 13.2, 0.5),), (), 1.1, (44, 34)),
    Anatomy(
        _M, 7.8, 5.2, 5.3, _EDGE_PREMOLAR, (0.42, 0.46),
        (Root(-3.1, 8.8, 0.5), Root(2.9, 9.2, 0.5), Root(0.0, 9.6, 0.55, behind=True)), ((-0.1, 1.5),), 0.5, (50, 42),
    ),
    Anatomy(
        _M, 9.2, 6.4, 5.8, _EDGE_TWO_CUSPS, (0.42, 0.46),
        (Root(-3.9, 10.4, 0.55), Root(3.7, 10.8, 0.55), Root(0.0, 11.2, 0.6, behind=True)), ((-0.1, 1.6),), 0.5,
        (58, 47),
    ),
)  # fmt: skip

_LOWER_DECIDUOUS: tuple[Anatomy, ...] = (
    Anatomy(_I, 5.4, 3.6, 5.2, _EDGE_LOWER_INCISOR, (0.76, 0.80), (Root(-0.2, 9.2, 0.45),), (), 1.1, (40, 30)),
    Anatomy(_I, 5.6, 3.8, 5.5, _EDGE_LOWER_INCISOR, (0.72, 0.78), (Root(-0.3, 10.0, 0.45),), (), 1.1, (40, 31)),
    Anatomy(_C, 6.3, 4.4, 6.2, _EDGE_CANINE, (0.54, 0.60), (Root(-0.3, 11.4, 0.5),), (), 1.1, (43, 33)),
    Anatomy(
        _M, 8.3, 6.2, 6.0, _EDGE_TWO_CUSPS, (0.42, 0.44),
        (Root(-3.0, 9.0, 0.55), Root(2.9, 9.8, 0.55)), ((-0.1, 1.6),), 0.5, (53, 41),
    ),
    Anatomy(
        _M, 10.0, 7.4, 5.8, _EDGE_THREE_CUSPS, (0.42, 0.46),
        (Root(-3.9, 10.4, 0.6), Root(3.5, 11.2, 0.6)), ((-0.1, 1.7),), 0.5, (60, 45),
    ),
)  # fmt: skip


@cache
def anatomy(tooth: Tooth) -> Anatomy:
    """The measures of a tooth."""
    upper = tooth.arch is Arch.MAXILLARY
    if tooth.is_deciduous:
        return (_UPPER_DECIDUOUS if upper else _LOWER_DECIDUOUS)[tooth.rank - 1]
    return (_UPPER if upper else _LOWER)[tooth.rank - 1]
