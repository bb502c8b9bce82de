"""Three people whom the invented practice entered twice: a slip of the keyboard, a marriage, an import."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cuspide.patients.demo.people import ADULT, Home, Person

COUNT = 3
SMALLEST = 50
"""Of a smaller practice a test looks at each patient."""


def doubles(homes: Sequence[Home], year: int) -> list[Home]:
    """Three records more of people of these homes, each by herself; `year` is this year."""
    grown = [(person, home) for home in homes for person in home.people if year - person.born.year > ADULT]
    slip, home = _first(grown, lambda one: len(one.given_names[0]) >= 7 and one.mobile)
    married, her_home = _first(grown, lambda one: one.used_name and one.mobile and one is not slip)
    again, his_home = _first(grown, lambda one: one.email and one not in (slip, married))
    name = slip.given_names[0]
    at = len(name) // 2
    swapped = (
        name[:at] + name[at + 1] + name[at] + name[at + 2 :] if name[at] != name[at + 1] else name[:at] + name[at + 1 :]
    )
    return [
        _alone(replace(slip, given_names=[swapped], nir="", email=""), home),
        # The secretary knew her by her husband's name alone.
        _alone(replace(married, birth_name=married.used_name or married.birth_name, used_name="", nir=""), her_home),
        _alone(again, his_home),
    ]


def _first(grown: Sequence[tuple[Person, Home]], wanted: Callable[[Person], object]) -> tuple[Person, Home]:
    return next((pair for pair in grown if wanted(pair[0])), grown[0])


def _alone(person: Person, home: Home) -> Home:
    return replace(home, people=[replace(person, parent=None)])
