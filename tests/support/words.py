"""The words of the program: what the source asks to translate, and what the French catalogues give."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2 import Environment

SOURCE = Path(__file__).resolve().parents[2] / "src" / "cuspide"
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[-#0-9.]*[a-zA-Z]|%[sd%]|\{\w*\}")

_ENGINE = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
_ENGINE.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the extension adds it


@dataclass(frozen=True, order=True)
class Word:
    """A string the source asks for: its context and its English."""

    context: str
    text: str


def _from_python(source: str) -> Iterator[Word]:
    for _line, function, message, _comments in extract_python(
        io.BytesIO(source.encode()), list(_KEYWORDS), [], {"encoding": "utf-8"}
    ):
        parts = [message] if isinstance(message, str) else [part for part in message or () if part is not None]
        if function and function.startswith(("pgettext", "npgettext")):
            if len(parts) > 1:
                yield Word(parts[0], parts[1])
        elif parts and parts[0]:
            yield Word("", parts[0])


def _from_template(source: str) -> Iterator[Word]:
    for _line, function, message in _ENGINE.extract_translations(source):
        parts = [message] if isinstance(message, str) else [part for part in message if part is not None]
        in_context = function in ("pgettext", "npgettext")
        if len(parts) > in_context and parts[in_context]:
            yield Word(parts[0] if in_context else "", parts[in_context])


def asked(room: Path) -> set[Word]:
    """What a room's Python and templates ask to translate."""
    words: set[Word] = set()
    for path in room.rglob("*.py"):
        if "migrations" not in path.parts:
            words.update(_from_python(path.read_text(encoding="utf-8")))
    for path in room.rglob("*.html"):
        words.update(_from_template(path.read_text(encoding="utf-8")))
    return words


def catalogue(room: Path) -> Catalog | None:
    """A room's French catalogue."""
    path = room / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    return read_po(path.open("rb"), locale="fr") if path.exists() else None


def rooms() -> list[Path]:
    return sorted(path for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__")


def placeholders(text: str) -> list[str]:
    """The placeholders of a text, each once: French may say one twice."""
    return sorted(set(_PLACEHOLDER.findall(text)))
