"""Where each tooth stands in the drawing. Units are those of the viewBox, about one CSS pixel on a desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from cuspide.formats import teeth
from cuspide.formats.teeth import Arch, DentitionStage, Side, Tooth

from .anatomy import anatomy
from .outline import Frame


class Dentition(StrEnum):
    """Which teeth the chart shows."""

    ADULT = "adult"
    CHILD = "child"
    MIXED = "mixed"

    @classmethod
    def for_age(cls, months: int) -> Dentition:
        """What an empty chart shows first at this age."""
        stage = teeth.dentition_stage(months)
        if stage is DentitionStage.MIXED:
            return cls.MIXED
        return cls.ADULT if stage is DentitionStage.PERMANENT else cls.CHILD


# Width of the column of each tooth from the midline outward; both arches share them, so that the tooth below is
# found straight under the tooth above.
_COLUMNS = (54.0, 50.0, 52.0, 53.0, 53.0, 71.0, 68.0, 63.0)
_DECIDUOUS_COLUMNS = (54.0, 50.0, 54.0, 62.0, 70.0)
_MIDLINE_GAP = 14.0
_MARGIN = 8.0
_HORIZONTAL = 5.9  # units per millimetre
_VERTICAL = 5.1
_DECIDUOUS_VERTICAL = 5.0


@dataclass(frozen=True)
class Band:
    """The heights of one row of teeth, measured from the row's outer edge toward the occlusal plane."""

    outer: float
    side: int  # 1: measured downward (upper arch); -1: upward
    vertical: float
    marks: float
    edge: float
    table: float
    number: float
    depth: float
    table_scale: float = 1.0

    def at(self, distance: float) -> float:
        return self.outer + self.side * distance


@dataclass(frozen=True)
class Place:
    """One tooth's place: its column, the frames of its silhouette and of its occlusal figure, and its texts."""

    tooth: Tooth
    left: float
    width: float
    top: float
    height: float
    tooth_frame: Frame
    table_frame: Frame
    number_y: float
    marks_y: float
    neck_y: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Page:
    """The whole drawing: its size and the rows of places, each from the patient's right to left."""

    width: float
    height: float
    rows: tuple[tuple[Place, ...], ...]
    midline: float
    planes: tuple[float, ...]


def _row(row: Iterable[Tooth], columns: tuple[float, ...], band: Band, midline: float) -> tuple[Place, ...]:
    row = tuple(row)
    places: list[Place] = []
    for tooth in row:
        inward = sum(columns[: tooth.rank - 1])
        width = columns[tooth.rank - 1]
        right = tooth.side is Side.RIGHT
        left = midline - _MIDLINE_GAP / 2 - inward - width if right else midline + _MIDLINE_GAP / 2 + inward
        shape = anatomy(tooth)
        mirror = 1 if right else -1
        neck = band.edge - shape.height * band.vertical
        middle = left + width / 2
        top, bottom = sorted((band.at(0), band.at(band.depth)))
        places.append(
            Place(
                tooth=tooth,
                left=left,
                width=width,
                top=top,
                height=bottom - top,
                tooth_frame=Frame(middle, band.at(neck), mirror * _HORIZONTAL, band.side * band.vertical),
                table_frame=Frame(middle, band.at(band.table), mirror * band.table_scale, band.side * band.table_scale),
                number_y=band.at(band.number),
                marks_y=band.at(band.marks),
                neck_y=band.at(neck),
            )
        )
    return tuple(places)


def _permanent_band(outer: float, side: int) -> Band:
    return Band(outer, side, _VERTICAL, marks=9, edge=156, table=190, number=229, depth=238)


def _deciduous_band(outer: float, side: int) -> Band:
    return Band(outer, side, _DECIDUOUS_VERTICAL, marks=9, edge=116, table=148, number=184, depth=193)


def _mixed_permanent_band(outer: float, side: int) -> Band:
    # Four rows must stand on one screen: the roots are drawn shorter.
    return Band(outer, side, 3.6, marks=9, edge=115, table=146, number=182, depth=191)


def _mixed_deciduous_band(outer: float, side: int) -> Band:
    return Band(outer, side, 2.9, marks=8, edge=64, table=90, number=121, depth=130, table_scale=0.84)


@cache
def page(dentition: Dentition) -> Page:
    """The places of all the teeth of a dentition."""
    columns = _DECIDUOUS_COLUMNS if dentition is Dentition.CHILD else _COLUMNS
    width = 2 * (sum(columns) + _MARGIN) + _MIDLINE_GAP
    midline = width / 2
    if dentition is Dentition.MIXED:
        outer = _mixed_permanent_band(0, 1)
        inner = _mixed_deciduous_band(outer.depth + 4, 1)
        half = inner.at(inner.depth) + 5
        height = 2 * half
        rows: tuple[tuple[Place, ...], ...] = (
            _row(teeth.UPPER_PERMANENT, columns, outer, midline),
            _row(teeth.UPPER_DECIDUOUS, columns, inner, midline),
            _row(teeth.LOWER_DECIDUOUS, columns, _mixed_deciduous_band(height - outer.depth - 4, -1), midline),
            _row(teeth.LOWER_PERMANENT, columns, _mixed_permanent_band(height, -1), midline),
        )
        return Page(width, height, rows, midline, (half,))
    make = _deciduous_band if dentition is Dentition.CHILD else _permanent_band
    upper_row = teeth.UPPER_DECIDUOUS if dentition is Dentition.CHILD else teeth.UPPER_PERMANENT
    lower_row = teeth.LOWER_DECIDUOUS if dentition is Dentition.CHILD else teeth.LOWER_PERMANENT
    half = make(0, 1).depth + 5
    height = 2 * half
    rows = (
        _row(upper_row, columns, make(0, 1), midline),
        _row(lower_row, columns, make(height, -1), midline),
    )
    return Page(width, height, rows, midline, (half,))


def is_upper(place: Place) -> bool:
    return place.tooth.arch is Arch.MAXILLARY
