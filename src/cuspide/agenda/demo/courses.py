"""Why people come, and come back: a course of visits by age, and what each visit leads to.

Invented, but in the proportions of a general practice: most visits are check-ups and fillings, a root canal leads to
a crown and the crown to its fitting, a child in orthodontics comes every five weeks.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """A visit to come: the key of its type, its minutes, and after how many days (at the earliest)."""

    key: str
    minutes: int
    days: int


_ON_IMPLANT = [Visit("prosthesis", 45, 110), Visit("fitting", 30, 18)]
_FITTING = [Visit("fitting", 30, 14), Visit("review", 15, 10)]

# What a check-up finds, by age from: what is done, how often (in a hundred), each as a list of visits.
_FINDS: list[tuple[int, list[tuple[int, list[Visit]]]]] = [
    (0, [(22, [Visit("filling", 30, 12)]), (6, [Visit("filling", 30, 12)] * 2), (3, [Visit("extraction", 20, 10)])]),
    (11, [(20, [Visit("filling", 30, 12)]), (12, [Visit("orthodontics", 20, 30)]), (6, [Visit("scaling", 30, 14)])]),
    (
        17,
        [
            (26, [Visit("filling", 45, 10)]),
            (14, [Visit("filling", 45, 10), Visit("filling", 30, 12)]),
            (24, [Visit("scaling", 30, 12)]),
            (7, [Visit("endodontics", 60, 8), Visit("prosthesis", 45, 16), Visit("fitting", 30, 18)]),
            (6, [Visit("extraction", 45, 9), Visit("review", 15, 8)]),
        ],
    ),
    (
        45,
        [
            (22, [Visit("filling", 45, 10)]),
            (12, [Visit("filling", 45, 10), Visit("filling", 45, 12)]),
            (22, [Visit("scaling", 30, 12)]),
            (12, [Visit("endodontics", 60, 8), Visit("prosthesis", 45, 16), Visit("fitting", 30, 18)]),
            (9, [Visit("prosthesis", 45, 14), Visit("fitting", 30, 16)]),
            (8, [Visit("periodontics", 60, 14), Visit("periodontics", 60, 14), Visit("review", 15, 60)]),
            (4, [Visit("extraction", 45, 9), Visit("review", 15, 8), Visit("implant", 90, 95), *_ON_IMPLANT]),
        ],
    ),
    (
        68,
        [
            (16, [Visit("filling", 45, 10)]),
            (18, [Visit("scaling", 30, 12)]),
            (20, [Visit("prosthesis", 45, 14), Visit("prosthesis", 30, 10), *_FITTING]),
            (12, [Visit("extraction", 30, 9), Visit("review", 15, 8)]),
            (9, [Visit("periodontics", 60, 14), Visit("review", 15, 60)]),
            (4, [Visit("implant", 90, 60), *_ON_IMPLANT]),
        ],
    ),
]  # fmt: skip


def checkup(age: int) -> Visit:
    """The visit that begins a course."""
    return Visit("child", 30, 0) if age < 16 else Visit("checkup", 30, 0)


def found(age: int, chance: random.Random) -> list[Visit]:
    """The visits that a check-up leads to; often none."""
    finds = next(rows for from_age, rows in reversed(_FINDS) if age >= from_age)
    throw = chance.random() * 100
    for weight, visits in finds:
        throw -= weight
        if throw < 0:
            return visits
    return []


def recall_days(age: int, chance: random.Random) -> int:
    """Days until the next check-up: six months to a year, sometimes later."""
    usual = 365 if age < 16 else chance.choice([182, 182, 270, 365, 365, 400])
    return max(120, int(chance.gauss(usual, 25)))
