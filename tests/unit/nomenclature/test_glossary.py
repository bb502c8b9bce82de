"""The glossary names only what the code has."""

import importlib
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"
NAMES = sorted(
    {
        name
        for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
        for name in re.findall(r"`([a-z]+\.[A-Za-z_.]+)`", line)
    }
)


def holds(thing: object, name: str) -> bool:
    if hasattr(thing, name):
        return True
    return isinstance(thing, type) and is_dataclass(thing) and name in {each.name for each in fields(thing)}


def test_the_glossary_has_terms() -> None:
    assert len(NAMES) > 40


@pytest.mark.parametrize("name", NAMES)
def test_a_term_of_the_glossary_is_in_the_code(name: str) -> None:
    room, *rest = name.split(".")
    if rest[0][0].islower():
        module = importlib.import_module(f"cuspide.{room}.{rest.pop(0)}")
    else:
        module = importlib.import_module(f"cuspide.{room}.models")
    thing: object = module
    for part in rest:
        assert holds(thing, part), name
        thing = getattr(thing, part, thing)
