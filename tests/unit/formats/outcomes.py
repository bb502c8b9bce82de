"""What a parser makes of an input: a value, or the one exception it may raise."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from cuspide.formats.errors import FormatError

P = ParamSpec("P")
T = TypeVar("T")


def outcome(parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | FormatError:
    """The parser's value or its FormatError; any other exception fails the test."""
    try:
        return parse(*args, **kwargs)
    except FormatError as error:
        return error
