"""Colours and hatches of the odontogram.

On screen every shape carries a class (`odo-crown`), and the style sheet gives it the colours of the theme. In a PDF or
in the emergency file there is no style sheet: the same classes become SVG attributes of the light theme. A meaning is
never told by colour alone: each has its own hatch, so that it is also read in black and white.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .state import Kind, Mark, Status

_INK = "#2A2D2E"
_SOFT = "#6D7374"
_HAIRLINE = "#9C9A90"
_DANGER = "#B3261E"
_WATCH = "#8A5A00"
_PLANNED = "#0E5F63"
_DONE = "#2B5FA8"
_EXISTING = "#6F7C86"
_FONT = "Inter, 'Source Sans 3', 'DejaVu Sans', sans-serif"

# Class to SVG attributes of the light theme. `frontend/src/chart/odontogram.css` has the same classes.
PAINT: Mapping[str, Mapping[str, str]] = {
    "odo-column": {"fill": "none"},
    "odo-unseen": {"opacity": "0.38"},
    "odo-crown": {"fill": "#FFFEFA", "stroke": "#6B6960", "stroke-width": "1.1", "stroke-linejoin": "round"},
    "odo-root": {"fill": "#F3E6C8", "stroke": "#8E7F5F", "stroke-width": "1", "stroke-linejoin": "round"},
    "odo-root-behind": {"fill": "#E6D5B0", "stroke": "#A0906E", "stroke-width": "0.8"},
    "odo-relief": {"fill": "none", "stroke": "#B9B3A2", "stroke-width": "0.9", "stroke-linecap": "round"},
    "odo-ghost": {"fill": "none", "stroke": "#B5B2A7", "stroke-width": "0.9", "stroke-dasharray": "2 3"},
    "odo-face": {"fill": "#FFFEFA", "stroke": "#85827A", "stroke-width": "0.9", "stroke-linejoin": "round"},
    "odo-face-gone": {"fill": "none", "stroke": "#B5B2A7", "stroke-width": "0.8", "stroke-dasharray": "2 3"},
    "odo-fissure": {"fill": "none", "stroke": "#B9B3A2", "stroke-width": "0.9", "stroke-linecap": "round"},
    "odo-mark-caries": {"stroke": _DANGER, "stroke-width": "1.3"},
    "odo-mark-watch": {"stroke": _WATCH, "stroke-width": "1.2", "stroke-dasharray": "3 2"},
    "odo-mark-planned": {"stroke": _PLANNED, "stroke-width": "1.3", "stroke-dasharray": "4 2"},
    "odo-mark-done": {"fill": _DONE, "stroke": "#1D477F", "stroke-width": "1"},
    "odo-cover-done": {"fill": "#D3E1F5", "stroke": _DONE, "stroke-width": "1.8"},
    "odo-mark-existing": {"stroke": "#4F5B64", "stroke-width": "1"},
    "odo-outline-planned": {
        "fill": "none", "stroke": _PLANNED, "stroke-width": "1.8", "stroke-dasharray": "4 2.5",
    },
    "odo-line-caries": {"fill": "none", "stroke": _DANGER, "stroke-width": "1.8", "stroke-linejoin": "round"},
    "odo-line-watch": {"fill": "none", "stroke": _WATCH, "stroke-width": "1.6", "stroke-dasharray": "3 2"},
    "odo-line-planned": {
        "fill": "none", "stroke": _PLANNED, "stroke-width": "2.2", "stroke-dasharray": "4 2.5",
        "stroke-linejoin": "round",
    },
    "odo-line-done": {"fill": "none", "stroke": _DONE, "stroke-width": "2.4", "stroke-linejoin": "round"},
    "odo-line-existing": {"fill": "none", "stroke": _EXISTING, "stroke-width": "2.4", "stroke-linejoin": "round"},
    "odo-halo": {"fill": "none", "stroke": "#FFFEFA", "stroke-width": "4", "stroke-linecap": "round"},
    "odo-cross": {"fill": "none", "stroke": _DANGER, "stroke-width": "2.4", "stroke-linecap": "round"},
    "odo-bar-planned": {"stroke": _PLANNED, "stroke-width": "1.2", "stroke-dasharray": "4 2.5"},
    "odo-bar-done": {"fill": _DONE, "stroke": "#1D477F", "stroke-width": "0.8"},
    "odo-bar-existing": {"fill": _EXISTING, "stroke": "#4F5B64", "stroke-width": "0.8"},
    "odo-denture": {"fill": "#E7AFAE", "stroke": "#A45C5A", "stroke-width": "0.9"},
    "odo-number": {
        "fill": _INK, "font-family": _FONT, "font-size": "13.5", "font-weight": "600", "text-anchor": "middle",
    },
    "odo-letter-caries": {
        "fill": _DANGER, "font-family": _FONT, "font-size": "13.5", "font-weight": "700", "text-anchor": "middle",
    },
    "odo-letter-watch": {
        "fill": _WATCH, "font-family": _FONT, "font-size": "13.5", "font-weight": "700", "text-anchor": "middle",
    },
    "odo-letter-planned": {
        "fill": _PLANNED, "font-family": _FONT, "font-size": "13.5", "font-weight": "700", "text-anchor": "middle",
    },
    "odo-letter-done": {
        "fill": _SOFT, "font-family": _FONT, "font-size": "13.5", "font-weight": "500", "text-anchor": "middle",
    },
    "odo-letter-existing": {
        "fill": _SOFT, "font-family": _FONT, "font-size": "13.5", "font-weight": "500", "text-anchor": "middle",
    },
    "odo-axis": {"fill": "none", "stroke": "#D8D4C6", "stroke-width": "1"},
    "odo-gum-line": {"fill": "none", "stroke": "#D79A98", "stroke-width": "1.1"},
    "odo-gum-solid": {"stop-color": "#E9B5B2", "stop-opacity": "0.55"},
    "odo-gum-clear": {"stop-color": "#E9B5B2", "stop-opacity": "0"},
    "odo-p-caries": {"fill": "#F9DAD6"},
    "odo-p-caries-dot": {"fill": _DANGER},
    "odo-p-watch": {"fill": "#FBEBC8"},
    "odo-p-watch-line": {"fill": "none", "stroke": _WATCH, "stroke-width": "1"},
    "odo-p-planned": {"fill": "#E1F0F0"},
    "odo-p-planned-line": {"fill": "none", "stroke": _PLANNED, "stroke-width": "2"},
    "odo-p-existing": {"fill": "#AEB8C0"},
    "odo-p-existing-line": {"fill": "none", "stroke": "#77848E", "stroke-width": "1"},
}  # fmt: skip

# Meanings that are filled with a hatch rather than with a flat colour.
HATCHED = frozenset({"caries", "watch", "planned", "existing"})

_PATTERNS = {
    "caries": ("5", "", '<rect width="5" height="5"{base}/><circle cx="1.4" cy="1.4" r="1.05"{dot}/>'
                        '<circle cx="3.9" cy="3.9" r="1.05"{dot}/>'),
    "watch": ("5", "", '<rect width="5" height="5"{base}/><path d="M0 2.5H5"{line}/>'),
    "planned": ("6", "rotate(45)", '<rect width="6" height="6"{base}/><path d="M1.5 0V6"{line}/>'),
    "existing": ("4", "rotate(-45)", '<rect width="4" height="4"{base}/><path d="M2 0V4"{line}/>'),
}  # fmt: skip


@dataclass(frozen=True)
class Painter:
    """Writes the presentation of shapes: classes for the screen, attributes when `embedded`.

    `prefix` makes the ids of the hatches this drawing's own when several drawings stand on one page.
    """

    embedded: bool = False
    prefix: str = "odo"

    def __call__(self, name: str) -> str:
        """Attributes of one shape, with the leading space."""
        if not self.embedded:
            return f' class="{name}"'
        return "".join(f' {key}="{value}"' for key, value in PAINT[name].items())

    def mark(self, meaning: str) -> str:
        """A filled shape with the meaning `caries`, `watch`, `planned`, `existing` or `done`."""
        fill = f' fill="url(#{self.prefix}-hatch-{meaning})"' if meaning in HATCHED else ""
        return fill + self(f"odo-mark-{meaning}")

    def cover(self, meaning: str) -> str:
        """A large filled shape, as a whole crown: `done` is a light ground with a strong rim."""
        return self("odo-cover-done") if meaning == "done" else self.mark(meaning)

    def bar(self, meaning: str) -> str:
        """The bar of a bridge."""
        fill = f' fill="url(#{self.prefix}-hatch-planned)"' if meaning == "planned" else ""
        return fill + self(f"odo-bar-{meaning}")

    def definitions(self) -> str:
        """The hatches."""
        patterns = []
        for name, (size, turn, body) in _PATTERNS.items():
            content = body.format(
                base=self(f"odo-p-{name}"),
                dot=self("odo-p-caries-dot") if name == "caries" else "",
                line=self(f"odo-p-{name}-line") if name != "caries" else "",
            )
            transform = f' patternTransform="{turn}"' if turn else ""
            patterns.append(
                f'<pattern id="{self.prefix}-hatch-{name}" width="{size}" height="{size}"'
                f' patternUnits="userSpaceOnUse"{transform}>{content}</pattern>'
            )
        return "".join(patterns)


def meaning(mark: Mark) -> str:
    """How a mark is painted: caries, watch, planned, done or existing."""
    if mark.status is Status.WATCH:
        return "watch"
    if mark.status is Status.PLANNED:
        return "planned"
    if mark.kind in (Kind.CARIES, Kind.FRACTURE):
        return "caries"
    return "done" if mark.status is Status.DONE else "existing"


# One letter over each tooth repeats what the hatch says; they are also the keys of the chart.
LETTERS: Mapping[Kind, str] = {
    Kind.CARIES: "C",
    Kind.WATCH: "W",
    Kind.FILLING: "R",
    Kind.SEALANT: "S",
    Kind.VENEER: "Y",
    Kind.CROWN: "K",
    Kind.INLAY_CORE: "N",
    Kind.ROOT_TREATMENT: "E",
    Kind.FRACTURE: "F",
    Kind.EXTRACTION: "X",
    Kind.ABSENT: "A",
    Kind.IMPLANT: "T",
    Kind.BRIDGE_ABUTMENT: "B",
    Kind.BRIDGE_PONTIC: "B",
    Kind.PROSTHESIS: "J",
    Kind.IMPACTED: "Z",
    Kind.ERUPTING: "G",
}
