"""One tooth: its silhouette seen from the cheek and its occlusal figure, with what its state puts on them."""

from __future__ import annotations

from . import outline
from .anatomy import Anatomy, anatomy
from .layout import Place, is_upper
from .outline import Frame
from .paint import Painter, meaning
from .state import Kind, Mark, Status, ToothState, letters_of

_STANDING = (Status.EXISTING, Status.DONE)
_CROWN_LIKE = (Kind.CROWN, Kind.BRIDGE_ABUTMENT, Kind.BRIDGE_PONTIC)
_RANK = {"existing": 0, "done": 1, "planned": 2, "watch": 3, "caries": 4}


def _path(data: str, presentation: str) -> str:
    return f'<path d="{data}"{presentation}/>'


def _crown_mark(state: ToothState) -> Mark | None:
    """The mark that decides how the crown is painted: a standing one before a planned one."""
    marks = [mark for mark in state.marks if mark.kind in _CROWN_LIKE]
    standing = [mark for mark in marks if mark.status in _STANDING]
    chosen = standing or marks
    return chosen[-1] if chosen else None


def silhouette(place: Place, state: ToothState, painter: Painter) -> str:
    """Roots, crown and what is seen on them from the cheek."""
    shape, frame = anatomy(place.tooth), place.tooth_frame
    if state.find(Kind.IMPACTED) is not None:
        # It has not come out: it stands deeper in the bone.
        frame = Frame(frame.x, frame.y - frame.sy * 4.0, frame.sx * 0.92, frame.sy * 0.8)
    parts = [*_roots(shape, frame, state, painter), *_crown(shape, frame, state, painter)]
    parts += _over(shape, frame, state, painter)
    return "".join(parts)


def _roots(shape: Anatomy, frame: Frame, state: ToothState, painter: Painter) -> list[str]:
    parts: list[str] = []
    implant = state.find(Kind.IMPLANT)
    if state.is_absent:
        parts += [_path(data, painter("odo-ghost")) for data in outline.roots(shape, frame)[-1:]]
    else:
        drawn = outline.roots(shape, frame)
        parts += [_path(data, painter("odo-root-behind")) for data in drawn[:-1]]
        parts.append(_path(drawn[-1], painter("odo-root")))
    if implant is not None:
        body, threads = outline.implant(shape, frame)
        parts.append(_path(body, painter.mark(meaning(implant))))
        parts.append(_path(threads, painter(f"odo-line-{meaning(implant)}")))
    endo = state.find(Kind.ROOT_TREATMENT)
    if endo is not None and not state.is_absent:
        parts.append(_path(outline.canals(shape, frame), painter(f"odo-line-{meaning(endo)}")))
    return parts


def _crown(shape: Anatomy, frame: Frame, state: ToothState, painter: Painter) -> list[str]:
    crown = outline.crown(shape, frame)
    cover = _crown_mark(state)
    denture = state.find(Kind.PROSTHESIS)
    if denture is not None and denture.status in _STANDING:
        return [_denture_base(shape, frame, painter), _path(crown, painter.cover(meaning(denture)))]
    parts: list[str] = []
    if cover is not None and cover.status in _STANDING:
        parts.append(_path(crown, painter.cover(meaning(cover))))
    elif state.is_absent:
        parts.append(_path(crown, painter("odo-ghost")))
    else:
        parts += [_path(crown, painter("odo-crown")), _path(outline.crown_lines(shape, frame), painter("odo-relief"))]
        parts += _spots(shape, frame, state, painter)
    core = state.find(Kind.INLAY_CORE)
    if core is not None and not state.is_absent:
        parts.append(_path(outline.post(shape, frame), painter.mark(meaning(core))))
    if cover is not None and cover.status is Status.PLANNED:
        parts.append(_path(crown, painter.mark("planned")))
    if denture is not None and denture.status is Status.PLANNED:
        parts += [_denture_base(shape, frame, painter), _path(crown, painter.mark("planned"))]
    return parts


def _denture_base(shape: Anatomy, frame: Frame, painter: Painter) -> str:
    """The pink base that carries a denture tooth."""
    half = shape.width / 2
    path = outline.Path(frame).move((-half * 1.12, shape.height * 0.34)).line((-half * 1.12, -2.4))
    path.quadratic((0, -4.0), (half * 1.12, -2.4)).line((half * 1.12, shape.height * 0.34)).close()
    return _path(path.text(), painter("odo-denture"))


def _spots(shape: Anatomy, frame: Frame, state: ToothState, painter: Painter) -> list[str]:
    """What the faces M, D and V show on the crown seen from the cheek."""
    half, height = shape.width / 2, shape.height
    distal, mesial = shape.contacts
    places = {
        "M": (half * 0.70, height * mesial, half * 0.20, height * 0.15),
        "D": (-half * 0.70, height * distal, half * 0.20, height * 0.15),
        "V": (0.0, height * 0.45, half * 0.34, height * 0.18),
    }
    parts: list[str] = []
    for letter, (x, y, rx, ry) in places.items():
        marks = sorted(state.on_surface(letter), key=lambda mark: _RANK[meaning(mark)])
        for mark in marks:
            if mark.kind is Kind.VENEER:
                x, y, rx, ry = 0.0, height * 0.52, half * 0.7, height * 0.36
            parts.append(
                f'<ellipse cx="{frame.x + x * frame.sx:.1f}" cy="{frame.y + y * frame.sy:.1f}"'
                f' rx="{abs(rx * frame.sx):.1f}" ry="{abs(ry * frame.sy):.1f}"'
                f"{(painter.cover if mark.kind is Kind.VENEER else painter.mark)(meaning(mark))}/>"
            )
    return parts


def _over(shape: Anatomy, frame: Frame, state: ToothState, painter: Painter) -> list[str]:
    """Signs over the whole tooth."""
    parts: list[str] = []
    fracture = state.find(Kind.FRACTURE)
    if fracture is not None and not fracture.surfaces:
        line = outline.fracture(shape, frame)
        parts += [_path(line, painter("odo-halo")), _path(line, painter(f"odo-line-{meaning(fracture)}"))]
    if state.find(Kind.EXTRACTION) is not None:
        parts.append(_path(outline.cross(shape, frame), painter("odo-cross")))
    if state.find(Kind.IMPACTED) is not None:
        top, bottom = -max(root.length for root in shape.roots) * 0.5, shape.height * 1.22
        parts.append(
            f'<ellipse cx="{frame.x:.1f}" cy="{frame.y + (top + bottom) / 2 * frame.sy:.1f}"'
            f' rx="{abs(shape.width * 0.56 * frame.sx):.1f}" ry="{abs((bottom - top) / 2 * frame.sy):.1f}"'
            f"{painter('odo-line-watch')}/>"
        )
    if state.find(Kind.ERUPTING) is not None:
        height, wide = shape.height, shape.width * 0.16
        arrow = outline.Path(frame).move((0, -4.6)).line((0, height * 0.62))
        arrow.move((-wide, height * 0.3)).line((0, height * 0.66), (wide, height * 0.3))
        parts += [_path(arrow.text(), painter("odo-halo")), _path(arrow.text(), painter("odo-line-done"))]
    if any(mark.kind in (Kind.WATCH, Kind.CARIES) and not mark.surfaces for mark in state.marks):
        mark = next(m for m in reversed(state.marks) if m.kind in (Kind.WATCH, Kind.CARIES) and not m.surfaces)
        parts.append(_path(outline.crown(shape, frame), painter(f"odo-line-{meaning(mark)}")))
    return parts


def figure(place: Place, state: ToothState, painter: Painter) -> dict[str, str]:
    """The faces by letter (M, O or I, D, V, P or L), and under "" what lies over them and cannot be pressed."""
    shape, frame, lower = anatomy(place.tooth), place.table_frame, not is_upper(place)
    letters = letters_of(place.tooth.code)
    drawn = outline.surfaces(shape, frame, lower)
    cover = _crown_mark(state)
    denture = state.find(Kind.PROSTHESIS)
    covered = next((mark for mark in (cover, denture) if mark is not None and mark.status in _STANDING), None)
    gone = state.is_absent and covered is None
    faces: dict[str, str] = {}
    for letter in letters:
        data = drawn[{"P": "L"}.get(letter, letter)]
        parts = [_path(data, painter("odo-face-gone" if gone else "odo-face"))]
        if covered is not None:
            parts.append(_path(data, painter.cover(meaning(covered))))
        if not gone:
            marks = sorted(state.on_surface(letter), key=lambda mark: _RANK[meaning(mark)])
            parts += [_path(data, painter.mark(meaning(mark))) for mark in marks if mark.kind is not Kind.SEALANT]
            if len(marks) > 1 and any(mark.status is Status.PLANNED for mark in marks):
                # What is planned is seen around the caries it will treat.
                parts.append(_path(data, painter("odo-outline-planned")))
        faces[letter] = "".join(parts)
    relief: list[str] = []
    sealant = state.find(Kind.SEALANT)
    if not gone and covered is None and sealant is None and not any(state.on_surface(letter) for letter in "OI"):
        relief.append(_path(outline.fissures(shape, frame, lower), painter("odo-fissure")))
    if sealant is not None and not gone:
        relief.append(_path(outline.fissures(shape, frame, lower), painter(f"odo-line-{meaning(sealant)}")))
    if cover is not None:
        relief.append(_path(outline.rim(shape, frame, lower, 1.07), painter(f"odo-line-{meaning(cover)}")))
    if relief:
        faces[""] = f'<g pointer-events="none">{"".join(relief)}</g>'
    return faces
