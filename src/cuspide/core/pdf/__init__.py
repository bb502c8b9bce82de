"""Documents as PDF/A-2a and PDF/UA-1, set by typst from a template and data.

A template is a `.typ` file of the package; it reads what `render` gives through `letterhead.typ`:

    #import "/core/pdf/letterhead.typ": data, practice-document
    #show: practice-document

The data travel as JSON in an input of the compiler and are text there: no name, label or reason is ever part of the
source, so `#`, `$`, `\\` or `@` in it mean themselves.
"""

import datetime as dt
import functools
import json
import logging
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from cuspide.formats.letters import normalised

logger = logging.getLogger(__name__)

PACKAGE = Path(__file__).resolve().parents[2]
FONTS = PACKAGE / "core" / "fonts"
FONT_FILES = ("Inter-400.ttf", "Inter-500.ttf", "Inter-700.ttf")
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
_ATTEMPTS = 12
_MISSING = re.compile(r'the text `"(?P<text>(?:[^"\\]|\\.)+)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\(.)", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


class DocumentError(Exception):
    """A document could not be set: a fault of the template or of its data's shape. Holds no data of a patient."""


def render(
    template: str | Path,
    data: Mapping[str, Any],
    *,
    title: str,
    author: str,
    language: str,
    created: dt.datetime,
) -> bytes:
    """The PDF that `template` makes of `data`: the same bytes for the same arguments and fonts.

    `template` is a path inside the package (`billing/pdf/invoice.typ`), or an absolute one below it. `data` holds
    what JSON holds, and dates and Decimals, which become text. `title`, `author`, `language` (BCP 47: `fr`) and the
    aware instant `created` go into the document's metadata. A character that no font draws becomes U+FFFD, visibly:
    an archived document may not hold a glyph without meaning. Raises DocumentError, also where the fonts are missing.
    """
    if created.tzinfo is None:
        raise ValueError("an instant has a zone")
    source = (PACKAGE / template).resolve()
    if not source.is_relative_to(PACKAGE) or not source.is_file():
        raise DocumentError(f"no template {Path(template).name} in the package")
    meta = {"title": title, "author": author, "language": language}
    content = _clean({"meta": meta, "data": data})
    for _attempt in range(_ATTEMPTS):
        try:
            return _compile(source, content, created)
        except typst.TypstError as error:
            missing = _missing_text(str(error))
            if not missing:
                # The message quotes the template's source, not the data; a panic of ours could, so it is not kept.
                raise DocumentError(f"{source.name} could not be set") from None
            content = _map_text(content, functools.partial(_without, missing))
    content = _map_text(content, lambda text: "".join(c if ord(c) < 0x180 else UNPRINTABLE for c in text))
    try:
        return _compile(source, content, created)
    except typst.TypstError:
        raise DocumentError(f"{source.name} could not be set") from None


def _compile(source: Path, content: Any, created: dt.datetime) -> bytes:
    made = typst.compile(
        str(source),
        root=str(PACKAGE),
        font_paths=font_folders(),
        # What the machine happens to have would change the bytes from one machine to the next.
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        # ISO 19005-2 level A (text, order and structure can be got out in fifty years), ISO 14289-1 (screen readers).
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(created.timestamp()),
    )
    if not isinstance(made, bytes):
        raise DocumentError(f"{source.name} gave no document")
    return made


def font_folders() -> list[str]:
    """The folder of the built fonts. Raises DocumentError where the front end was not built: a document is kept as it
    was first made, and one in another font could never be made again."""
    missing = missing_fonts()
    if missing:
        logger.error("fonts are not built (run frontend/build.py): %s", ", ".join(missing))
        raise DocumentError("the fonts of documents are not built")
    return [str(FONTS)]


def missing_fonts() -> list[str]:
    """The names of the fonts that documents are set in and that are not there."""
    return [name for name in FONT_FILES if not (FONTS / name).is_file()]


def _clean(value: Any) -> Any:
    """What JSON takes; texts in composed form, without controls and without lone surrogates."""
    if isinstance(value, Mapping):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal | dt.date):
        return str(value)
    if isinstance(value, float):
        raise TypeError("a document's figures are text, Decimal or int")
    text = normalised("NFC", str(value).replace("\r\n", "\n"))
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Cn", "Co"})


def _map_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _map_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_map_text(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _missing_text(message: str) -> str:
    """The characters that the compiler says no font draws, unescaped from its message; "" if it says another thing."""
    found = _MISSING.search(message)
    if found is None:
        return ""
    return _ESCAPE.sub(
        lambda match: chr(int(match[1], 16)) if match[1] else _NAMED.get(match[2], match[2]), found["text"]
    )


def _without(lost: str, text: str) -> str:
    for character in set(lost):
        text = text.replace(character, UNPRINTABLE)
    return text


__all__ = ["DocumentError", "font_folders", "missing_fonts", "render"]
