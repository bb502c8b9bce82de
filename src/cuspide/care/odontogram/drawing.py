"""The whole chart as one SVG: for the screen (classes, focusable teeth and faces) or to stand alone (attributes)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape

from django.utils.translation import get_language, gettext

from . import outline, words
from .anatomy import anatomy
from .layout import Dentition, Page, Place, is_upper, page
from .paint import LETTERS, Painter, meaning
from .state import Kind, Mark, Status, ToothState
from .tooth import figure, silhouette

_EMPTY: Mapping[str, ToothState] = {}
# What is seen of a tooth: kind, status and faces of each mark. Whose fact it is and when, the drawing does not say.
Look = tuple[tuple[Kind, Status, str], ...]
_MARKS_SHOWN = 3
_LETTER_STEP = 15


@dataclass(frozen=True)
class Drawing:
    """What is drawn and how.

    `embedded`: colours as attributes, nothing to press (PDF, emergency file); without `pressable` a picture in the
    theme's colours. Otherwise every tooth and every face is
    a link to `link` with `at=16M` in its query, which the chart's script turns into a button.
    `selected` are teeth ("16") and faces ("16M"); `unseen` teeth that are not expected in the mouth at this age and are
    drawn faint unless something was noted on them. `prefix` starts every id.
    """

    dentition: Dentition = Dentition.ADULT
    states: Mapping[str, ToothState] = field(default_factory=lambda: _EMPTY)
    selected: Collection[str] = ()
    unseen: Collection[str] = ()
    embedded: bool = False
    pressable: bool = True
    link: str = ""
    prefix: str = "odo"

    @property
    def page(self) -> Page:
        return page(self.dentition)

    def state(self, tooth: str) -> ToothState:
        return self.states.get(tooth) or ToothState(tooth)


def draw(drawing: Drawing) -> str:
    """The SVG of a mouth, as text."""
    sheet, painter = drawing.page, Painter(drawing.embedded, drawing.prefix)
    size = f"0 0 {sheet.width:g} {sheet.height:g}"
    title = escape(gettext("Dental chart"))
    if drawing.embedded:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" width="{sheet.width:g}"'
            f' height="{sheet.height:g}" role="img"><title>{title}</title>'
        )
    else:
        role = "group" if drawing.pressable else "img"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}" class="odontogram odo-{drawing.dentition}"'
            f' role="{role}" aria-label="{title}">'
        )
    parts = [head, "<defs>", painter.definitions(), *_gum_gradients(drawing, painter), "</defs>"]
    parts.append(_axes(sheet, painter))
    for index, row in enumerate(sheet.rows):
        absent = frozenset(place.tooth.code for place in row if drawing.state(place.tooth.code).is_absent)
        parts.append(_gum(drawing.dentition, index, absent, painter))
        parts.extend(_tooth(drawing, place, painter) for place in row)
        parts.extend(_bridges(drawing, row, painter))
    parts.append("</svg>")
    return "".join(parts)


def _axes(sheet: Page, painter: Painter) -> str:
    lines = [f"M{sheet.midline:g} 8V{sheet.height - 8:g}"]
    lines += [f"M8 {plane:g}H{sheet.width - 8:g}" for plane in sheet.planes]
    return f'<path d="{"".join(lines)}"{painter("odo-axis")}/>'


def _gum_gradients(drawing: Drawing, painter: Painter) -> Iterator[str]:
    for index, row in enumerate(drawing.page.rows):
        neck = sum(place.neck_y for place in row) / len(row)
        outward = -1 if is_upper(row[0]) else 1
        yield (
            f'<linearGradient id="{drawing.prefix}-gum-{index}" gradientUnits="userSpaceOnUse" x1="0" x2="0"'
            f' y1="{neck:.0f}" y2="{neck + outward * 58:.0f}"><stop offset="0.15"{painter("odo-gum-solid")}/>'
            f'<stop offset="1"{painter("odo-gum-clear")}/></linearGradient>'
        )


@lru_cache(maxsize=1024)
def _gum(dentition: Dentition, index: int, absent: frozenset[str], painter: Painter) -> str:
    """The gingival margin: it rises over each neck and comes down between two teeth."""
    row = page(dentition).rows[index]
    toward_crown = 1 if is_upper(row[0]) else -1
    points: list[tuple[float, float]] = []
    for position, place in enumerate(row):
        scale = abs(place.tooth_frame.sy)
        rise = 0.0 if place.tooth.code in absent else anatomy(place.tooth).cervical_rise * scale
        papilla = place.neck_y + toward_crown * scale * 1.5
        if position == 0:
            points.append((place.left - 6, papilla))
        points.append((place.middle, place.neck_y - toward_crown * (rise - scale * 0.25)))
        end = place.left + place.width
        after = row[position + 1] if position + 1 < len(row) else None
        level = papilla if after is None else (papilla + after.neck_y + toward_crown * scale * 1.5) / 2
        points.append((end + (6 if after is None else (after.left - end) / 2), level))
    margin = outline.Path(outline.Frame(0, 0, 1, 1)).move(points[0]).through(points, 0.75).text()
    far = sum(place.neck_y for place in row) / len(row) - toward_crown * 60
    fill = f"{margin}L{points[-1][0]:.1f} {far:.1f}L{points[0][0]:.1f} {far:.1f}Z"
    return f'<path d="{fill}" fill="url(#{painter.prefix}-gum-{index})"/><path d="{margin}"{painter("odo-gum-line")}/>'


@dataclass(frozen=True, slots=True)
class _Figure:
    """One tooth, drawn: silhouette, faces by letter, number and letters; `label` and `labels` in the language."""

    body: str
    faces: Mapping[str, str]
    number: str
    letters: str
    label: str
    labels: Mapping[str, str]


@cache
def _places(dentition: Dentition) -> Mapping[str, Place]:
    return {place.tooth.code: place for row in page(dentition).rows for place in row}


# Most teeth of most mouths look like one that was drawn a moment ago.
@lru_cache(maxsize=4096)
def _figure(dentition: Dentition, code: str, look: Look, painter: Painter, _language: str | None) -> _Figure:
    place = _places(dentition)[code]
    state = ToothState(code, tuple(Mark(code, kind, status, surfaces) for kind, status, surfaces in look))
    faces = figure(place, state, painter)
    return _Figure(
        body=silhouette(place, state, painter),
        faces=faces,
        number=f'<text x="{place.middle:g}" y="{place.number_y + 4.5:g}"{painter("odo-number")}>{code}</text>',
        letters=_letters(place, state, painter),
        label=escape(words.tooth_label(state), quote=True),
        labels={letter: escape(words.face_label(state, letter), quote=True) for letter in faces if letter},
    )


def _tooth(drawing: Drawing, place: Place, painter: Painter) -> str:
    code = place.tooth.code
    state = drawing.state(code)
    look = tuple((mark.kind, mark.status, mark.surfaces) for mark in state.marks)
    drawn = _figure(drawing.dentition, code, look, painter, get_language())
    if drawing.embedded or not drawing.pressable:
        shapes = "".join(drawn.faces.values())
        faint = painter("odo-unseen") if _is_faint(drawing, state) else ""
        return f"<g{faint}><title>{drawn.label}</title>{drawn.body}{shapes}{drawn.number}{drawn.letters}</g>"
    pressed = code in drawing.selected
    whole = (
        f'<a class="odo-tooth-button" id="{drawing.prefix}-{code}" role="button" data-tooth="{code}"'
        f' href="{escape(drawing.link)}?at={code}" aria-pressed="{"true" if pressed else "false"}"'
        f' aria-label="{drawn.label}">'
        f'<rect x="{place.left:g}" y="{place.top:g}" width="{place.width:g}" height="{place.height:g}" rx="6"'
        f' class="odo-column"/>{drawn.body}{drawn.number}</a>'
    )
    buttons = [
        f'<a class="odo-face-button" id="{drawing.prefix}-{code}{letter}" role="button" data-tooth="{code}"'
        f' data-surface="{letter}" href="{escape(drawing.link)}?at={code}{letter}"'
        f' aria-pressed="{"true" if code + letter in drawing.selected else "false"}"'
        f' aria-label="{drawn.labels[letter]}">{shape}</a>'
        for letter, shape in drawn.faces.items()
        if letter
    ]
    # The letters repeat the label: what is read out and what is seen of the button is its number.
    letters = f'<g aria-hidden="true" pointer-events="none">{drawn.letters}</g>' if drawn.letters else ""
    seen = "odo-tooth odo-unseen" if _is_faint(drawing, state) else "odo-tooth"
    relief = drawn.faces.get("", "")
    return f'<g class="{seen}" data-tooth="{code}">{whole}{"".join(buttons)}{relief}{letters}</g>'


def _is_faint(drawing: Drawing, state: ToothState) -> bool:
    return state.tooth in drawing.unseen and not state.marks


def _letters(place: Place, state: ToothState, painter: Painter) -> str:
    """Letters over the tooth, what asks for attention first; each kind once."""
    order = {"caries": 0, "watch": 1, "planned": 2, "done": 3, "existing": 4}
    shown: dict[str, str] = {}
    for mark in sorted(state.marks, key=lambda each: order[meaning(each)]):
        shown.setdefault(LETTERS[mark.kind], meaning(mark))
    pairs = list(shown.items())[:_MARKS_SHOWN]
    start = place.middle - (len(pairs) - 1) * _LETTER_STEP / 2
    baseline = f"{place.marks_y + 4.8:g}"
    return "".join(
        f'<text x="{start + _LETTER_STEP * index:g}" y="{baseline}"{painter(f"odo-letter-{means}")}>{letter}</text>'
        for index, (letter, means) in enumerate(pairs)
    )


_SPAN = frozenset({Kind.BRIDGE_ABUTMENT, Kind.BRIDGE_PONTIC})


def _spans(drawing: Drawing, row: Sequence[Place]) -> list[tuple[Mark, list[Place]]]:
    """The bridges of a row. Marks of one group are one bridge; without a group, neighbours in one status are."""
    spans: list[tuple[Mark, list[Place]]] = []
    for place in row:
        mark = next((each for each in drawing.state(place.tooth.code).marks if each.kind in _SPAN), None)
        if mark is None:
            continue
        for first, places in spans:
            beside = row.index(places[-1]) + 1 == row.index(place)
            same = mark.group == first.group if (mark.group or first.group) else beside
            if same and mark.status is first.status:
                places.append(place)
                break
        else:
            spans.append((mark, [place]))
    return [(mark, places) for mark, places in spans if len(places) > 1]


def _bridges(drawing: Drawing, row: Sequence[Place], painter: Painter) -> Iterator[str]:
    """A bar through the crowns of each bridge, and one through its occlusal figures."""
    for mark, places in _spans(drawing, row):
        means = meaning(mark) if mark.status is not Status.WATCH else "existing"
        left, right = places[0].middle, places[-1].middle
        frame = places[0].tooth_frame
        heights = [
            place.tooth_frame.y + frame.sy * anatomy(place.tooth).height * 0.55 for place in (places[0], places[-1])
        ]
        y = sum(heights) / 2
        yield (
            f'<rect x="{left:g}" y="{y - 3.5:.1f}" width="{right - left:g}" height="7" rx="3.5"'
            f'{painter.bar(means)} pointer-events="none"/>'
        )
