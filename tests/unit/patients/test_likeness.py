"""How likely two records are of one person: mistakes of the desk score high, families do not."""

import time
from typing import Any

import pytest

from cuspide.patients.rules import blocking
from cuspide.patients.rules.likeness import (
    AGAINST,
    LEAST,
    LIKELY,
    REASONS,
    VERY_LIKELY,
    Likeness,
    Profile,
    likeness,
    profile,
)

NIR, OTHER_NIR = "284036748212345", "284036748299971"
FATHERS = "155036748212345"
PHONE, MAIL = "phone:+33639981234", "email:lea@exemple.fr"


def person(**told: Any) -> Profile:
    said: dict[str, Any] = {
        "key": 1, "birth_name": "MARTIN", "used_name": "", "first_given_name": "Stéphanie", "used_given_name": "",
        "all_given_names": "", "birth_date": "1984-03-07", "sex": "F", "nir": "", "household": None, "contacts": (),
    }  # fmt: skip
    return profile(**said | told)


def alike(first: dict[str, Any], second: dict[str, Any]) -> Likeness:
    one, other = person(**first), person(**second | {"key": 2})
    found = likeness(one, other)
    assert found == likeness(other, one), "the order does not matter"
    assert set(found.reasons) <= set(REASONS)
    assert set(found.against) <= set(AGAINST)
    return found


@pytest.mark.parametrize(
    ("first", "second", "least", "why"),
    [
        ({}, {}, VERY_LIKELY, {"names", "birth_date"}),
        ({"first_given_name": "Lea"}, {"first_given_name": "LÉA"}, VERY_LIKELY, {"names", "birth_date"}),
        ({}, {"first_given_name": "Stéphannie"}, LIKELY, {"names_near", "birth_date"}),
        ({"contacts": [PHONE]}, {"birth_name": "MARTAIN", "contacts": [PHONE, MAIL]}, LIKELY, {"names_near", "phone"}),
        ({}, {"birth_name": "STEPHANIE", "first_given_name": "Martin"}, LIKELY, {"names_swapped", "birth_date"}),
        # She married: one record has both names, the other the new one alone, or only her telephone tells.
        ({"used_name": "PETIT"}, {"birth_name": "PETIT"}, VERY_LIKELY, {"name_at_birth"}),
        ({"contacts": [PHONE]}, {"birth_name": "PETIT", "contacts": [PHONE]}, LEAST, {"given_name", "phone"}),
        ({"nir": NIR}, {"birth_name": "PETIT", "nir": NIR}, LIKELY, {"given_name", "nir", "birth_date"}),
        ({}, {"birth_date": "1984-07-03"}, LEAST, {"names", "birth_date_swapped"}),
        ({}, {"birth_date": "1984-03-01"}, LEAST, {"names", "birth_date_digit"}),
        ({}, {"birth_date": "1948-03-07"}, LEAST, {"names", "birth_date_digit"}),
        ({}, {"birth_date": "1984-00-00"}, LEAST, {"names", "birth_date_part"}),
        ({"contacts": [PHONE]}, {"birth_date": "1990-11-21", "contacts": [PHONE]}, LEAST, {"names", "phone"}),
        # Somebody who moved, with one birth date; and with other further names, which were half known once.
        ({"contacts": [PHONE]}, {"contacts": [MAIL]}, VERY_LIKELY, {"names", "birth_date"}),
        ({"all_given_names": "Stéphanie Marie"}, {"all_given_names": "Stéphanie Anne"}, LIKELY, {"names"}),
        ({}, {"first_given_name": ""}, LEAST, {"given_name_missing", "birth_date"}),
        ({"all_given_names": "Stéphanie Louise"}, {"first_given_name": "Louise"}, LIKELY, {"names_near"}),
        ({"first_given_name": "Jean"}, {"first_given_name": "Jean-Pierre"}, LIKELY, {"names_near"}),
        # A number that is hers on both sides, under two names: one of the two is wrong, and somebody must look.
        ({"nir": NIR}, {"first_given_name": "Emma", "nir": NIR}, LIKELY, {"nir", "birth_date"}),
    ],
)
def test_one_person_entered_twice_is_found(
    first: dict[str, Any], second: dict[str, Any], least: int, why: set[str]
) -> None:
    found = alike(first, second)
    assert found.score >= least, found
    assert why <= set(found.reasons)


CHILD = {"birth_date": "2015-03-07", "household": 7, "contacts": [PHONE], "nir": FATHERS}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Twins, recorded as a household, with a parent's telephone and number.
        (CHILD | {"first_given_name": "Emma"}, CHILD | {"first_given_name": "Louise"}),
        (CHILD | {"first_given_name": "Lina"}, CHILD | {"first_given_name": "Nina"}),
        (CHILD | {"first_given_name": "Alexandra"}, CHILD | {"first_given_name": "Alexandre", "sex": "M"}),
        # The same, each brought from another program as somebody of her own.
        *[
            (
                CHILD | {"household": None, "first_given_name": first},
                CHILD | {"household": None, "first_given_name": second, "sex": sex},
            )
            for first, second, sex in [
                ("Emma", "Louise", "F"), ("Lina", "Nina", "F"), ("Léo", "Léa", "M"), ("Emma", "Emmy", "F"),
                ("Jean-Pierre", "Jean-Paul", "F"),
            ]
        ],
        # Mother and daughter, father and son of one name, brother and sister.
        ({"contacts": [PHONE]}, {"first_given_name": "Chloé", "birth_date": "2010-05-01", "contacts": [PHONE]}),
        ({"contacts": [PHONE]}, {"birth_date": "1955-03-07", "contacts": [PHONE]}),
        ({"household": 3}, {"household": 3, "first_given_name": "Stéphane", "sex": "M"}),
        (CHILD | {"all_given_names": "Stéphanie Anne"}, CHILD | {"birth_date": "2018-10-17"}),
        # A number that is a parent's says nothing; two own ones that differ say a lot.
        ({"nir": FATHERS}, {"first_given_name": "Emma", "birth_date": "1986-03-07", "nir": FATHERS}),
        ({"nir": NIR}, {"nir": OTHER_NIR}),
        # Of a million patients some have a given name and a birth date in common, or a name.
        ({}, {"birth_name": "PETIT"}),
        ({}, {"birth_date": "1990-11-21"}),
        ({"birth_name": "LE"}, {"birth_name": "LY"}),
        # Homonyms born a digit apart, of whom something else is known.
        ({"contacts": [PHONE]}, {"birth_date": "1984-03-01", "contacts": [MAIL]}),
        ({"all_given_names": "Stéphanie Marie"}, {"birth_date": "1984-03-01", "all_given_names": "Stéphanie, Anne"}),
    ],
)  # fmt: skip
def test_members_of_a_family_and_namesakes_are_no_duplicates(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert not alike(first, second).shown


def test_names_of_other_scripts_and_of_no_letters_are_compared_without_fault() -> None:
    assert alike({"birth_name": "王"}, {"birth_name": "王"}).shown
    for name in ("🦷", "-", "’’", "x" * 200, "مريم"):
        alike({"birth_name": name, "first_given_name": name}, {"birth_name": "MARTIN", "first_given_name": ""})


def test_what_is_alike_has_a_key_in_common() -> None:
    """A pair that would be shown must be made by one of the ways in which pairs are made."""
    pairs = [
        ({}, {}, blocking.born_alike),
        ({"birth_name": "MARTAIN"}, {"first_given_name": "Stéphannie"}, blocking.born_alike),
        ({}, {"birth_name": "STEPHANIE", "first_given_name": "Martin"}, blocking.born_alike),
        ({"used_name": "PETIT"}, {"birth_name": "PETIT"}, blocking.born_alike),
        ({}, {"first_given_name": ""}, blocking.born_alike),
        *[
            ({}, {"birth_date": day}, blocking.named_alike)
            for day in ("1984-07-03", "1984-03-01", "1948-03-07", "1994-03-07", "1984-00-00")
        ],
    ]
    for first, second, keys_of in pairs:
        one, other = person(**first), person(**second | {"key": 2})
        assert likeness(one, other).shown
        assert blocking.pairs_among([one, other], keys_of).found == {(1, 2)}, (first, second)


def test_four_hundred_homonyms_are_passed_over_and_counted() -> None:
    crowd = [person(key=key) for key in range(1, 401)]
    began = time.monotonic()
    made = blocking.pairs_among(crowd, blocking.born_alike)
    assert not made.found
    assert made.left_out >= 1
    spread = [
        person(key=key, birth_date=f"{1930 + key % 80}-{key % 12 + 1:02}-{key % 28 + 1:02}") for key in range(1, 401)
    ]
    found = blocking.pairs_among(spread, blocking.named_alike)
    assert found.found
    assert len(found.found) < 400 * blocking.MOST
    assert time.monotonic() - began < 2
