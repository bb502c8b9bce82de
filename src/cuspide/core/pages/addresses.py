"""The addresses of pages, each looked for once and not once a link: a record has fifty."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import reverse

_PLACES = [UUID(int=number) for number in range(1, 5)]


def address(name: str, *args: Any, **named: Any) -> str:
    """The address of a page: `address("patients:record", patient.uuid)`. NoReverseMatch: there is none."""
    values = (*args, *named.values())
    if len(values) <= len(_PLACES) and all(isinstance(value, UUID) for value in values):
        return _pattern(name, len(args), tuple(named)).format(*values)
    return reverse(name, args=args, kwargs=named)


@lru_cache(maxsize=1024)
def _pattern(name: str, places: int, names: tuple[str, ...]) -> str:
    """The address with a place for each uuid."""
    marks = _PLACES[: places + len(names)]
    found = reverse(name, args=marks[:places] or None, kwargs=dict(zip(names, marks[places:], strict=True)) or None)
    for number, mark in enumerate(marks):
        found = found.replace(str(mark), f"{{{number}}}")
    return found
