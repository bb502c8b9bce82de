"""The operator's language where Django is not loaded yet: the command line, its help, and what argparse says of both.

The catalogue is the room's own, read by Python's gettext. What a verb says while it works, Django translates from it.
"""

import argparse
import gettext as python_gettext
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_CATALOGUES = Path(__file__).parent / "locale"


def language() -> str:
    """French, unless the operator's environment asks for English."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if said.startswith("en") else "fr"


def _catalogue() -> python_gettext.NullTranslations:
    return python_gettext.translation("django", _CATALOGUES, [language()], fallback=True)


def gettext(sentence: str) -> str:
    return _catalogue().gettext(sentence)


def ngettext(singular: str, plural: str, count: int) -> str:
    return _catalogue().ngettext(singular, plural, count)


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogue."""
    return sentence


# What argparse (Python 3.11 to 3.14) says to somebody who types a command; not what it says to whoever declares one.
# In French a heading ends with the space that comes before the colon, which argparse adds.
SENTENCES_OF_ARGPARSE = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
)


@contextmanager
def _argparse_in_this_language() -> Iterator[None]:
    """argparse looks its sentences up by two names of its own module, and can be given others in no other way.

    They are put back: Django's commands (`cuspide manage`), which argparse serves too, speak English throughout.
    """
    names = vars(argparse)
    theirs = {name: names[name] for name in ("_", "ngettext")}
    names.update(_=gettext, ngettext=ngettext)
    try:
        yield
    finally:
        names.update(theirs)


class _Formatter(argparse.HelpFormatter):
    def _split_lines(self, text: str, width: int) -> list[str]:
        """Each line of a help begins on one of its own, the deeds of a verb for instance."""
        return [part for line in text.splitlines() for part in super(_Formatter, self)._split_lines(line, width)]


class Parser(argparse.ArgumentParser):
    """A parser whose own words are the operator's, those of its sub-parsers too."""

    def __init__(self, **options: Any) -> None:
        with _argparse_in_this_language():
            super().__init__(formatter_class=_Formatter, **options)

    def parse_args(  # type: ignore[override]  # one of its overloads: no namespace but its own is asked for
        self, args: Sequence[str] | None = None, namespace: None = None
    ) -> argparse.Namespace:
        with _argparse_in_this_language():
            return super().parse_args(args, namespace)

    def format_help(self) -> str:
        with _argparse_in_this_language():
            return super().format_help()

    def format_usage(self) -> str:
        with _argparse_in_this_language():
            return super().format_usage()

    def print_help(self, file: Any = None) -> None:
        """Where the terminal lacks a character (Latin-1, an older Windows), ? stands in its place."""
        file = sys.stdout if file is None else file
        if isinstance(file, io.TextIOWrapper) and file.errors == "strict":
            file.reconfigure(errors="replace")
        super().print_help(file)
