"""Which records are compared with which: those of a group that have a key in common, never each with each.

A group is what the store gives by an index: the patients of one number, one telephone, one birth day, one family name.
Within it pairs are made by the keys below, and by each key among `MOST` records at most: of four hundred homonyms born
on one day nobody wants eighty thousand pairs. What was passed over is counted, and said on the page.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from cuspide.patients.rules.likeness import Profile

MOST = 30

Key = tuple[str, ...]


@dataclass
class Pairs:
    """Pairs of keys of patients, the lower first, and how many sets of records were too large to be compared."""

    found: set[tuple[int, int]] = field(default_factory=set)
    left_out: int = 0


def pairs_among(people: Iterable[Profile], keys_of: Callable[[Profile], Iterable[Key]]) -> Pairs:
    """The pairs that have one of the keys in common."""
    sets: defaultdict[Key, set[int]] = defaultdict(set)
    for one in people:
        for key in keys_of(one):
            sets[key].add(one.key)
    made = Pairs()
    for members in sets.values():
        if len(members) > MOST:
            made.left_out += 1
        elif len(members) > 1:
            made.found.update(combinations(sorted(members), 2))
    return made


def same_group(_one: Profile) -> Iterator[Key]:
    """Of those who share a number or a telephone each may be any other."""
    yield ("all",)


def born_alike(one: Profile) -> Iterator[Key]:
    """Of those born on one day: a name in common, whether family or given, or both initials, in any order: a mistake
    in each of the two names leaves those."""
    for name in one.families | one.given_names:
        yield ("name", name)
    for family in one.families:
        for given in one.given_names:
            yield ("initials", *sorted((family[0], given[0])))


def named_alike(one: Profile) -> Iterator[Key]:
    """Of those of one family name: the given name, with a birth date in the same year or one digit of the year away."""
    year, day = one.birth_date[:4], one.birth_date[4:]
    for given in one.given_names:
        yield ("year", given, year)
        for at in range(len(year)):
            yield ("digit", given, year[:at] + "*" + year[at + 1 :] + day)
        yield ("turned", given, "".join(sorted(year)) + day)
