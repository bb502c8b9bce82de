"""What somebody types into the search box, cut into the terms that must all be found."""

import re
from dataclasses import dataclass

from cuspide.patients.rules.birth import BirthDateError, parse_birth_date
from cuspide.patients.rules.names import words

LONGEST_QUERY = 200
MOST_TERMS = 8

_DATE = re.compile(r"\b(\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2})\b", re.ASCII)
_PHONE = re.compile(r"(?<![\w])(?:\+|0)\d[\d\s.\-/()\u00a0\u202f]*", re.ASCII)
_NIR = re.compile(r"[1-478]\d{4}(?:\d{2}|2[AB])\d{6}(?:\d{2})?", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-/()\u00a0\u202f]")


@dataclass(frozen=True)
class Query:
    """`terms` are token prefixes, all of which must be found; `nir` is set when the text is a NIR and nothing else."""

    terms: tuple[str, ...] = ()
    nir: str = ""

    def __bool__(self) -> bool:
        return bool(self.terms or self.nir)


def parse_query(text: str) -> Query:
    """Read a search: words in any order, a birth date, a telephone number, a record number, a NIR.

    >>> parse_query("Léa d'Ornano 7/3/1984").terms
    ('07031984', 'lea', 'd', 'ornano')
    """
    typed = text[:LONGEST_QUERY]
    packed = _SEPARATORS.sub("", typed).upper()
    if _NIR.fullmatch(packed):
        return Query(nir=packed)
    terms: list[str] = []

    def take_date(found: re.Match[str]) -> str:
        try:
            year, month, day = parse_birth_date(found[0]).text.split("-")
        except BirthDateError:
            return found[0]
        terms.append(f"{day}{month}{year}")
        return " "

    def take_phone(found: re.Match[str]) -> str:
        terms.append(_phone_prefix(found[0]))
        return " "

    rest = _PHONE.sub(take_phone, _DATE.sub(take_date, typed))
    terms.extend(words(rest))
    return Query(terms=tuple(dict.fromkeys(term for term in terms if term))[:MOST_TERMS])


def _phone_prefix(text: str) -> str:
    """The digits somebody in France dials, as far as they were typed: `+33 (0)6 39` is `0639`."""
    digits = _SEPARATORS.sub("", text.replace("(0)", ""))
    for opening in ("+33", "0033"):
        if digits.startswith(opening):
            return "0" + digits[len(opening) :].removeprefix("0")
    return digits.removeprefix("+").removeprefix("00")
