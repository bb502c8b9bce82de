"""Geometry of a tooth: crown, roots, canals, implant and the five faces of the occlusal figure, as SVG path text.

Shapes are made once for each tooth in its own frame (see `anatomy`), then placed by `Frame`, which scales,
mirrors and moves points; nothing is left to an SVG transform, so that every renderer draws the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from cuspide.formats.teeth import ToothKind

from .anatomy import Anatomy, Root

Point = tuple[float, float]
Tenths = tuple[int, int]

# Points of the edge of a molar with two buccal cusps; a first lower molar has a third cusp and more points.
_TWO_CUSP_POINTS = 9


# The shapes of a chart are the same on every page.
_remembered = lru_cache(maxsize=8192)


@dataclass(frozen=True)
class Frame:
    """Where a tooth stands in the drawing: origin at the middle of its cervical line or figure; `sx` and `sy` in
    drawing units per millimetre, negative to mirror."""

    x: float
    y: float
    sx: float
    sy: float

    def at(self, point: Point) -> Tenths:
        """A point of the tooth's frame in the drawing, in tenths of its unit: that fine is what is written."""
        return round((self.x + point[0] * self.sx) * 10), round((self.y + point[1] * self.sy) * 10)


@cache
def _number(tenths: int) -> str:
    """The shortest writing of a coordinate: "12", "-.5"."""
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole or ''}.{rest}" if rest else f"{sign}{whole}"


class Path:
    """An SVG path being drawn in a frame.

    Only a subpath's first point is written where it stands, the others by their distance from the one before: half
    the text, and a page holds hundreds of paths. Distances are taken between rounded points, so no error adds up.
    """

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._parts: list[str] = []
        self._pen: Tenths = (0, 0)

    def _go(self, letter: str, *points: Point) -> Path:
        """One command; the pen then stands at the last of its points."""
        from_x, from_y = self._pen
        text = letter
        for point in points:
            x, y = self._pen = self._frame.at(point)
            for number in (_number(x - from_x), _number(y - from_y)):
                # A letter or a sign parts two numbers well enough.
                text += number if text[-1] == letter or number[0] == "-" else f" {number}"
        self._parts.append(text)
        return self

    def move(self, point: Point) -> Path:
        self._pen = (0, 0)
        return self._go("M", point)

    def line(self, *points: Point) -> Path:
        for point in points:
            self._go("l", point)
        return self

    def cubic(self, first: Point, second: Point, end: Point) -> Path:
        return self._go("c", first, second, end)

    def quadratic(self, control: Point, end: Point) -> Path:
        return self._go("q", control, end)

    def through(self, points: Sequence[Point], tension: float = 0.5) -> Path:
        """Go on through the points by a Catmull-Rom spline; the first is where the pen stands."""
        for index in range(len(points) - 1):
            before = points[max(index - 1, 0)]
            start, end = points[index], points[index + 1]
            after = points[min(index + 2, len(points) - 1)]
            sixth = tension / 3
            second = (end[0] - (after[0] - start[0]) * sixth, end[1] - (after[1] - start[1]) * sixth)
            if index:
                # The spline is smooth: the first control point mirrors the last one, and need not be written.
                self._go("s", second, end)
            else:
                self.cubic(
                    (start[0] + (end[0] - before[0]) * sixth, start[1] + (end[1] - before[1]) * sixth), second, end
                )
        return self

    def close(self) -> Path:
        """Back to where the subpath began. Whatever follows begins with `move`."""
        self._parts.append("Z")
        return self

    def text(self) -> str:
        return "".join(self._parts)


def _profile(shape: Anatomy) -> list[Point]:
    """The crown from the distal neck over the edge to the mesial neck."""
    half, height = shape.width / 2, shape.height
    distal, mesial = shape.contacts
    return [
        (-shape.neck / 2, 0.0),
        (-half * 0.93, height * distal * 0.52),
        (-half, height * distal),
        *[(half * x, height * y) for x, y in shape.edge],
        (half, height * mesial),
        (half * 0.93, height * mesial * 0.50),
        (shape.neck / 2, 0.0),
    ]


@_remembered
def crown(shape: Anatomy, frame: Frame) -> str:
    """The crown seen from the cheek; its cervical line rises toward the root."""
    points = _profile(shape)
    path = Path(frame).move(points[0]).through(points, 0.62)
    neck, rise = shape.neck / 2, shape.cervical_rise
    path.cubic((neck * 0.62, -rise), (-neck * 0.62, -rise), (-neck, 0.0))
    return path.close().text()


@_remembered
def crown_lines(shape: Anatomy, frame: Frame) -> str:
    """Fine lines that give the crown its relief: buccal grooves of molars, lobes of the other teeth."""
    height, half = shape.height, shape.width / 2
    path = Path(frame)
    if shape.kind is ToothKind.MOLAR:
        valleys = [
            point
            for before, point, after in zip(shape.edge, shape.edge[1:], shape.edge[2:], strict=False)
            if point[1] < before[1] and point[1] <= after[1]
        ]
        for x, y in valleys:
            path.move((half * x, height * y)).quadratic(
                (half * x * 0.7, height * 0.62), (half * x * 0.8, height * 0.42)
            )
    elif shape.kind is ToothKind.INCISOR:
        for x in (-0.28, 0.3):
            path.move((half * x, height * 0.94)).quadratic((half * x * 1.1, height * 0.8), (half * x, height * 0.68))
    else:
        path.move((half * 0.02, height * 0.86)).quadratic((half * 0.1, height * 0.6), (half * 0.02, height * 0.36))
    return path.text()


def _bow(shape: Anatomy) -> float:
    """How far a root bends outward before it comes to its apex: roots of molars are bowed, single ones straight."""
    return 0.85 if shape.furcations else 0.3


def _down_one_side(path: Path, base: float, root: Root, side: int, bow: float) -> None:
    length, end = root.length, root.apex + side * root.tip
    lean = (end - base) * 0.1
    path.cubic((base + lean, -length * 0.34), (end + side * bow, -length * 0.66), (end, -length + root.tip * 1.5))


def _round_apex(path: Path, root: Root, side: int) -> None:
    """Across the apex from `side` to the other."""
    tip, length = root.tip, root.length
    path.cubic(
        (root.apex + side * tip * 0.8, -length - tip * 0.15),
        (root.apex - side * tip * 0.8, -length - tip * 0.15),
        (root.apex - side * tip, -length + tip * 1.5),
    )


def _up_one_side(path: Path, base: Point, root: Root, side: int, bow: float) -> None:
    length, start = root.length, root.apex + side * root.tip
    lean = (start - base[0]) * 0.1
    path.cubic((start + side * bow, -length * 0.66), (base[0] + lean, -length * 0.34), base)


@_remembered
def roots(shape: Anatomy, frame: Frame) -> list[str]:
    """The roots: those behind first, then those of the cheek side as one outline with its furcations."""
    neck, bow = shape.neck / 2, _bow(shape)
    drawn: list[str] = []
    for root in (each for each in shape.roots if each.behind):
        base = neck * (0.52 if shape.kind is ToothKind.MOLAR else 0.8)
        path = Path(frame).move((-base, 0.6))
        _down_one_side(path, -base, root, -1, 0.4)
        _round_apex(path, root, -1)
        _up_one_side(path, (base, 0.6), root, 1, 0.4)
        drawn.append(path.close().text())
    front = [each for each in shape.roots if not each.behind]
    path = Path(frame).move((-neck, 0.5)).line((-neck, 0.0))
    for index, root in enumerate(front):
        if index == 0:
            _down_one_side(path, -neck, root, -1, bow)
        else:
            _leave_furcation(path, shape.furcations[index - 1], root)
        _round_apex(path, root, -1)
        if index == len(front) - 1:
            _up_one_side(path, (neck, 0.0), root, 1, bow)
        else:
            _reach_furcation(path, shape.furcations[index], root)
    drawn.append(path.line((neck, 0.5)).close().text())
    return drawn


def _reach_furcation(path: Path, fork: Point, root: Root) -> None:
    x, depth = fork
    start = root.apex + root.tip
    path.cubic((start + 0.5, -root.length * 0.8), (x - 0.95, -(root.length + depth) / 2), (x - 0.42, -depth - 0.75))
    path.quadratic((x - 0.15, -depth), (x, -depth))


def _leave_furcation(path: Path, fork: Point, root: Root) -> None:
    x, depth = fork
    end = root.apex - root.tip
    path.quadratic((x + 0.15, -depth), (x + 0.42, -depth - 0.75))
    path.cubic(
        (x + 0.95, -(root.length + depth) / 2), (end - 0.5, -root.length * 0.8), (end, -root.length + root.tip * 1.5)
    )


@_remembered
def canals(shape: Anatomy, frame: Frame) -> str:
    """One line for each root from the pulp chamber to the apex, and the chamber itself."""
    path = Path(frame)
    spread = 0.55 if len([r for r in shape.roots if not r.behind]) > 1 else 0.0
    top = shape.height * (0.30 if shape.posterior else 0.36)
    for root in shape.roots:
        start_x = root.apex * spread if spread else 0.0
        path.move((start_x, top)).cubic(
            (start_x, -root.length * 0.15),
            (root.apex * 0.96, -root.length * 0.55),
            (root.apex, -root.length * 0.94),
        )
    if spread:
        outer = [r.apex * spread for r in shape.roots if not r.behind]
        path.move((min(outer), top)).line((max(outer), top))
    return path.text()


@_remembered
def post(shape: Anatomy, frame: Frame) -> str:
    """An inlay-core: the built-up stump in the crown and its post in the root."""
    half, height = shape.width / 2, shape.height
    root = max((r for r in shape.roots if not r.behind), key=lambda r: r.length)
    x = root.apex * (0.55 if shape.furcations else 0.3)
    depth = root.length * 0.55
    path = Path(frame).move((-half * 0.55, height * 0.12)).line((-half * 0.42, height * 0.70))
    path.line((half * 0.42, height * 0.70), (half * 0.55, height * 0.12), (x + 0.75, height * 0.05))
    path.line((x * 1.1 + 0.35, -depth), (x * 1.1 - 0.35, -depth), (x - 0.75, height * 0.05))
    return path.close().text()


@_remembered
def implant(shape: Anatomy, frame: Frame) -> tuple[str, str]:
    """A screw in place of the root: its body and its threads."""
    length = min(max(r.length for r in shape.roots) * 0.86, 12.5)
    wide = min(shape.neck * 0.34, 2.5)
    narrow = wide * 0.55
    body = Path(frame).move((-wide * 0.8, 1.4)).line((-wide * 0.8, 0.2), (-wide, -0.6))
    body.line((-wide, -length * 0.45), (-narrow, -length + 0.9))
    body.quadratic((0.0, -length - 0.6), (narrow, -length + 0.9))
    body.line((wide, -length * 0.45), (wide, -0.6), (wide * 0.8, 0.2), (wide * 0.8, 1.4)).close()
    threads = Path(frame)
    turns = 6
    for turn in range(turns):
        y = -1.6 - (length - 3.2) * turn / (turns - 1)
        reach = wide if -y <= length * 0.45 else wide + (narrow - wide) * (-y - length * 0.45) / (length * 0.55)
        threads.move((-reach - 0.45, y + 0.35)).line((reach + 0.45, y - 0.35))
    return body.text(), threads.text()


@_remembered
def fracture(shape: Anatomy, frame: Frame) -> str:
    """A broken line across the crown."""
    half, height = shape.width / 2, shape.height
    steps = ((-1.1, 0.30), (-0.55, 0.52), (-0.25, 0.34), (0.2, 0.60), (0.5, 0.42), (1.1, 0.66))
    path = Path(frame).move((half * steps[0][0], height * steps[0][1]))
    return path.line(*[(half * x, height * y) for x, y in steps[1:]]).text()


@_remembered
def cross(shape: Anatomy, frame: Frame) -> str:
    """Two strokes over the whole tooth: to be taken out."""
    half, top = shape.width / 2 * 0.9, -max(r.length for r in shape.roots) * 0.62
    bottom = shape.height * 0.92
    path = Path(frame).move((-half, top)).line((half, bottom)).move((half, top)).line((-half, bottom))
    return path.text()


@cache
def _table_points(kind: ToothKind, lower: bool, width: float, depth: float) -> tuple[Point, ...]:
    """The rim of the occlusal figure as 48 points, mesial at angle 0, buccal at 90 degrees (up)."""
    squareness = {ToothKind.MOLAR: 3.1, ToothKind.PREMOLAR: 2.3}.get(kind, 2.5)
    points: list[Point] = []
    for step in range(48):
        angle = 2 * math.pi * step / 48
        cosine, sine = math.cos(angle), math.sin(angle)
        radius = (abs(cosine) ** squareness + abs(sine) ** squareness) ** (-1 / squareness)
        x, y = radius * cosine, -radius * sine
        if kind is ToothKind.MOLAR and not lower:
            x += 0.05 * y
        elif kind is ToothKind.MOLAR:
            x *= 1 - 0.05 * y
        elif kind is ToothKind.PREMOLAR:
            x *= 1 - 0.07 * y
        else:
            x *= 1 - 0.16 * y
        points.append((x * width / 2, y * depth / 2))
    return tuple(points)


def _centre(kind: ToothKind) -> tuple[float, float]:
    """How much of the figure the occlusal face or the incisal edge takes (mesio-distal, bucco-lingual)."""
    if kind in (ToothKind.INCISOR, ToothKind.CANINE):
        return (0.60, 0.30)
    return (0.50, 0.48)


@_remembered
def surfaces(shape: Anatomy, frame: Frame, lower: bool) -> dict[str, str]:
    """The five faces as paths: keys M, D, V, L and O (I for front teeth). Lingual stands for palatal above."""
    rim = _table_points(shape.kind, lower, *shape.table)
    fx, fy = _centre(shape.kind)
    core = tuple((x * fx, y * fy) for x, y in rim)
    faces = {"M": (-6, 6), "V": (6, 18), "D": (18, 30), "L": (30, 42)}
    drawn: dict[str, str] = {}
    for face, (first, last) in faces.items():
        outer = [rim[step % 48] for step in range(first, last + 1, 3)]
        inner = [core[step % 48] for step in range(last, first - 1, -3)]
        path = Path(frame).move(outer[0]).through(outer, 0.5).line(inner[0]).through(inner, 0.5)
        drawn[face] = path.close().text()
    ring = [core[step] for step in range(0, 48, 3)]
    path = Path(frame).move(ring[0]).through([*ring, ring[0]], 0.5)
    drawn["O" if shape.posterior else "I"] = path.close().text()
    return drawn


@_remembered
def rim(shape: Anatomy, frame: Frame, lower: bool, grow: float = 1.0) -> str:
    """The whole outline of the occlusal figure, `grow` times its size."""
    points = [(x * grow, y * grow) for x, y in _table_points(shape.kind, lower, *shape.table)[::3]]
    return Path(frame).move(points[0]).through([*points, points[0]], 0.5).close().text()


@_remembered
def fissures(shape: Anatomy, frame: Frame, lower: bool) -> str:
    """The grooves of the occlusal face: an oblique ridge above, a cross below, one groove on premolars."""
    fx, fy = _centre(shape.kind)
    width, depth = shape.table[0] / 2 * fx, shape.table[1] / 2 * fy
    path = Path(frame)
    if not shape.posterior:
        return path.move((-width * 0.78, 0)).line((width * 0.78, 0)).text()
    if shape.kind is ToothKind.PREMOLAR:
        path.move((-width * 0.62, -depth * 0.55)).quadratic((-width * 0.66, 0), (-width * 0.42, depth * 0.05))
        path.quadratic((0, depth * 0.3), (width * 0.42, depth * 0.05))
        return path.quadratic((width * 0.66, 0), (width * 0.62, -depth * 0.55)).text()
    if lower:
        spine = [(-width * 0.78, -depth * 0.1), (-width * 0.3, depth * 0.14), (width * 0.22, -depth * 0.14)]
        path.move(spine[0]).through([*spine, (width * 0.78, depth * 0.08)])
        path.move((width * 0.24, -depth * 0.13)).quadratic((width * 0.22, -depth * 0.5), (width * 0.3, -depth * 0.86))
        path.move((-width * 0.02, 0)).quadratic((-width * 0.06, depth * 0.5), (width * 0.02, depth * 0.86))
        if len(shape.edge) > _TWO_CUSP_POINTS:
            path.move((-width * 0.34, depth * 0.12)).quadratic(
                (-width * 0.42, -depth * 0.4), (-width * 0.52, -depth * 0.8)
            )
        return path.text()
    path.move((width * 0.78, -depth * 0.2)).quadratic((width * 0.4, depth * 0.22), (width * 0.06, depth * 0.02))
    path.quadratic((-width * 0.06, -depth * 0.4), (-width * 0.08, -depth * 0.86))
    path.move((-width * 0.76, -depth * 0.4)).quadratic((-width * 0.6, depth * 0.05), (-width * 0.44, depth * 0.2))
    return path.quadratic((-width * 0.26, depth * 0.45), (-width * 0.28, depth * 0.86)).text()
