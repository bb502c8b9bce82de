"""How likely two records are to be of one person: a score out of 100, and what speaks for it and against it.

Points are added: what the names say, what the birth dates say, then number, telephone and sex. Two things keep families
apart. What a household shares (telephone, e-mail, a parent's number, and for twins the birth date) counts only beside a
given name that agrees; and of two members of one household only the same given name with a birth date near the other
makes one doubt, since whoever recorded them as a household knew that they are two. A number counts as somebody's own
only where it fits her birth date and sex: children often carry a parent's.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.patients.rules.names import as_one_word, within_edits, words

LEAST = 55
"""From this score on two records are shown as possibly one person."""
LIKELY, VERY_LIKELY = 70, 85
_GENERATION = 15
"""Years between two birth dates from which a parent and a child of one name are likelier than a mistake."""

REASONS: Mapping[str, Any] = {
    "names": _("Same names"),
    "name_at_birth": _("Name at birth of the one, name in use of the other"),
    "names_near": _("Names nearly the same"),
    "names_swapped": _("Family name and given name swapped"),
    "given_name": _("Same given name, other family name"),
    "given_name_missing": _("Same family name, given name missing"),
    "birth_date": _("Same birth date"),
    "birth_date_part": _("Birth dates that agree as far as they are known"),
    "birth_date_swapped": _("Day and month of birth swapped"),
    "birth_date_digit": _("Birth dates one digit apart"),
    "nir": _("Same social security number"),
    "phone": _("Same telephone"),
    "email": _("Same e-mail address"),
}
"""What speaks for one person."""
AGAINST: Mapping[str, Any] = {
    "names_differ": _("The names differ."),
    "birth_dates_differ": _("The birth dates differ."),
    "nirs_differ": _("The social security numbers differ."),
    "sexes_differ": _("The sexes differ."),
    "further_names_differ": _("The further given names differ."),
    "contacts_differ": _("No telephone or e-mail in common."),
}
"""What speaks for two."""


@dataclass(frozen=True)
class Profile:
    """What is compared of a patient. Names are folded (`rules.names`), each as one word; `given_words` are the words of
    all given names at birth; `contacts` are `phone:+33…` and `email:…`."""

    key: int
    family_at_birth: str
    family_in_use: str
    given_names: frozenset[str]
    given_words: frozenset[str]
    birth_date: str
    sex: str
    nir: str
    household: int | None
    contacts: frozenset[str] = frozenset()

    @property
    def families(self) -> frozenset[str]:
        return frozenset({self.family_at_birth, self.family_in_use} - {""})


def profile(
    *,
    key: int,
    birth_name: str,
    used_name: str,
    first_given_name: str,
    used_given_name: str,
    all_given_names: str,
    birth_date: str,
    sex: str,
    nir: str,
    household: int | None,
    contacts: Iterable[str] = (),
) -> Profile:
    """The profile of a patient as her columns have her."""
    at_birth = _folded(birth_name)
    return Profile(
        key=key,
        family_at_birth=at_birth,
        family_in_use=_folded(used_name) if used_name else at_birth,
        given_names=frozenset({_folded(first_given_name), _folded(used_given_name)} - {""}),
        given_words=_worded(first_given_name) | _worded(used_given_name) | _worded(all_given_names),
        birth_date=birth_date,
        sex=sex,
        nir=nir,
        household=household,
        contacts=frozenset(contacts),
    )


# The names of a practice come round again and again.
_folded = lru_cache(maxsize=20_000)(as_one_word)


@lru_cache(maxsize=20_000)
def _worded(name: str) -> frozenset[str]:
    return frozenset(words(name))


@dataclass(frozen=True)
class Likeness:
    """`score` of 100; `reasons` and `against` are keys of the two tables above."""

    score: int
    reasons: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def shown(self) -> bool:
        return self.score >= LEAST


class _Agree(Enum):
    SAME = 1
    NEAR = 2
    PART = 3
    """One has a word more, or goes by a further given name of the other."""
    CLOSE = 4
    """Short given names one letter apart: Lina and Line, a mistake or twins."""
    MISSING = 5
    NO = 6


# Of the family names, then of the given names.
_NAME_POINTS: Mapping[tuple[_Agree, _Agree], int] = {
    (_Agree.SAME, _Agree.SAME): 50,
    (_Agree.SAME, _Agree.NEAR): 42,
    (_Agree.SAME, _Agree.PART): 40,
    (_Agree.SAME, _Agree.CLOSE): 30,
    (_Agree.SAME, _Agree.MISSING): 25,
    (_Agree.NEAR, _Agree.SAME): 42,
    (_Agree.NEAR, _Agree.NEAR): 34,
    (_Agree.NEAR, _Agree.PART): 32,
    (_Agree.NEAR, _Agree.CLOSE): 22,
}


def likeness(one: Profile, other: Profile) -> Likeness:
    """How alike two records are. The order of the two does not matter."""
    swapped = bool(one.families & other.given_names and one.given_names & other.families)
    agrees = swapped or bool(one.given_names & other.given_names)
    together = one.household is not None and one.household == other.household
    # Most who share a telephone are of one household: nothing else is looked at.
    if together and not agrees:
        return Likeness(0, (), ("names_differ",))
    born = _born(one, other)
    if together and not born:
        return Likeness(0, (), ("birth_dates_differ",))
    family, given = _family(one, other), _given(one, other)
    shared = one.contacts & other.contacts
    own_number = bool(one.nir) and one.nir == other.nir and _own(one) and _own(other)
    score, reasons, against = 0, [], []
    points = _NAME_POINTS.get((family, given), 0)
    if swapped and points < 45:
        score, reasons = 45, ["names_swapped"]
    elif points:
        score, reasons = points, [_name_reason(one, other, family, given)]
    elif given is _Agree.SAME and born == "birth_date" and (shared or own_number):
        score, reasons = 15, ["given_name"]
    else:
        against.append("names_differ")
    if born in _BIRTH_POINTS:
        score += 20 if born == "birth_date" and one.birth_date.endswith("-00") else _BIRTH_POINTS[born]
        reasons.append(born)
    else:
        score -= 20 if _years_apart(one, other) >= _GENERATION else 5
        against.append("birth_dates_differ")
    if one.nir and one.nir == other.nir:
        if own_number or agrees:
            score += 40 if own_number else 15
            reasons.append("nir")
    elif one.nir and other.nir and _own(one) and _own(other):
        score -= 40
        against.append("nirs_differ")
    sexes_differ = {one.sex, other.sex} == {"F", "M"}
    if sexes_differ:
        score -= 10 if agrees else 20
        against.append("sexes_differ")
    if shared and agrees:
        score += 12
        reasons += sorted({contact.partition(":")[0] for contact in shared}, reverse=True)
    elif shared and given is _Agree.NEAR and not sexes_differ:
        score += 8
        reasons += sorted({contact.partition(":")[0] for contact in shared}, reverse=True)
    elif shared and given is _Agree.CLOSE:
        score -= 15
    elif one.contacts and other.contacts and not shared and born != "birth_date":
        # Of many homonyms some are born a digit apart. With one birth date an old number means nothing.
        score -= 12
        against.append("contacts_differ")
    if given is _Agree.SAME and _further(one) and _further(other) and not _further(one) & _further(other):
        score -= 12
        against.append("further_names_differ")
    return Likeness(max(0, min(100, score)), tuple(reasons), tuple(against))


def _family(one: Profile, other: Profile) -> _Agree:
    if one.families & other.families:
        return _Agree.SAME
    pairs = [(mine, theirs) for mine in one.families for theirs in other.families]
    if any(_near(*pair) and (min(map(len, pair)) > 4 or pair[0][0] == pair[1][0]) for pair in pairs):
        return _Agree.NEAR
    # MARTIN and MARTIN-DURAND: a family name that was added to. Of short ones half the names begin alike.
    if any(_within(*sorted(pair, key=len)) for pair in pairs):
        return _Agree.NEAR
    return _Agree.NO


def _within(shorter: str, longer: str) -> bool:
    return (
        len(shorter) >= 5
        and len(longer) - len(shorter) >= 4
        and (longer.startswith(shorter) or longer.endswith(shorter))
    )


def _given(one: Profile, other: Profile) -> _Agree:
    if not one.given_names or not other.given_names:
        return _Agree.MISSING
    if one.given_names & other.given_names:
        return _Agree.SAME
    pairs = [(mine, theirs) for mine in one.given_names for theirs in other.given_names]
    near = [pair for pair in pairs if _near(*pair)]
    if any(min(map(len, pair)) >= 6 for pair in near):
        return _Agree.NEAR
    if any(pair[0][0] == pair[1][0] for pair in near):
        return _Agree.CLOSE
    if one.given_names & other.given_words or other.given_names & one.given_words:
        return _Agree.PART
    return _Agree.NO


def _further(one: Profile) -> frozenset[str]:
    """The words of the given names that are in no name one goes by."""
    return frozenset(word for word in one.given_words if not any(word in name for name in one.given_names))


def _near(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    return shorter >= 3 and within_edits(one, other, 2 if shorter >= 8 else 1)


def _name_reason(one: Profile, other: Profile, family: _Agree, given: _Agree) -> str:
    if given is _Agree.MISSING:
        return "given_name_missing"
    if family is not _Agree.SAME or given is not _Agree.SAME:
        return "names_near"
    if one.family_at_birth == other.family_at_birth:
        return "names"
    married = one.family_in_use != one.family_at_birth and other.family_in_use != other.family_at_birth
    return "names" if married and one.family_in_use == other.family_in_use else "name_at_birth"


_BIRTH_POINTS = {"birth_date": 35, "birth_date_swapped": 18, "birth_date_digit": 15, "birth_date_part": 15}


def _born(one: Profile, other: Profile) -> str:
    """Which of the reasons the two birth dates give; "" when they are of two people."""
    mine, theirs = one.birth_date, other.birth_date
    if mine == theirs:
        return "birth_date"
    halves = list(zip(mine.split("-"), theirs.split("-"), strict=True))
    if all(a == b or "00" in (a, b) for a, b in halves):
        return "birth_date_part"
    if mine[:4] == theirs[:4] and mine[5:7] == theirs[8:] and mine[8:] == theirs[5:7]:
        return "birth_date_swapped"
    return "birth_date_digit" if within_edits(mine, theirs, 1) else ""


def _years_apart(one: Profile, other: Profile) -> int:
    return abs(int(one.birth_date[:4]) - int(other.birth_date[:4]))


def _own(one: Profile) -> bool:
    """Whether the number may be this person's own: year, month (where the number has one) and sex."""
    year, month = one.nir[1:3], one.nir[3:5]
    said_sex = {"1": "M", "2": "F"}.get(one.nir[0])
    if year != one.birth_date[2:4] or (said_sex and one.sex in ("M", "F") and said_sex != one.sex):
        return False
    return not "01" <= month <= "12" or one.birth_date[5:7] in (month, "00")


def band(score: int) -> str:
    """`very_likely`, `likely` or `possible`."""
    return "very_likely" if score >= VERY_LIKELY else "likely" if score >= LIKELY else "possible"


def traits_digest(*people: Iterable[str]) -> str:
    """One text for the traits of several people: the same as long as none of them changes."""
    return hashlib.sha256(json.dumps([list(traits) for traits in people]).encode()).hexdigest()
