"""What somebody types into the search box, cut into the terms that must all be found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cuspide.patients.rules.birth import BirthDateError, parse_birth_date
from cuspide.patients.rules.names import ABBREVIATED, PARTICLES, TITLES, fold, words
from cuspide.patients.rules.tokens import SHORTEST_MISREAD

LONGEST_QUERY = 200
MOST_TERMS = 8
MOST_MISREADINGS = 3

_MONTHS = {
    month: f"{number:02}"
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for month in names.split()
}
_ISO = r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
_DAY = r"(?P<day>\d{1,2})(?P<sign>[./-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})"
# With its day: Avril and Mars are names, too.
_SPELT = rf"(?P<spelt_day>\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?P<spelt>{'|'.join(_MONTHS)})\.?\s+(?P<spelt_year>\d{{4}})"
_MONTH = r"(?P<only_month>\d{1,2})[./-](?P<only_year>\d{4})"
_DATE = re.compile(rf"(?<![\w./-])(?:{_ISO}|{_DAY}|{_SPELT}|{_MONTH})(?![\w/-]|\.\d)", re.ASCII)
_PHONE = re.compile(r"(?<![\w])(?:\+|0)\d[\d\s.\-/()\u00a0\u202f]*", re.ASCII)
_NIR = re.compile(r"[1-478]\d{4}(?:\d{2}|2[AB])\d{6}(?:\d{2})?", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-/()\u00a0\u202f]")
_CENTURIES = ("19", "20")


@dataclass(frozen=True)
class Term:
    """`beginnings` of tokens, of which one must be found: the first is what was typed, the others other ways to read
    or to write it."""

    beginnings: tuple[str, ...]

    @property
    def typed(self) -> str:
        return self.beginnings[0]


@dataclass(frozen=True)
class Misreading:
    """What may have been misspelt: a word, or a run of them (`le off` for Le Goff); the terms that it stands for."""

    text: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Query:
    """`terms` must all be found; `nir` is set when the text is a NIR and nothing else."""

    terms: tuple[Term, ...] = ()
    nir: str = ""

    def __bool__(self) -> bool:
        return bool(self.terms or self.nir)

    @property
    def typed(self) -> tuple[str, ...]:
        return tuple(term.typed for term in self.terms)

    @property
    def essential(self) -> tuple[Term, ...]:
        """The terms without particles and titles, which people add and leave out; all where nothing else was typed."""
        kept = tuple(term for term in self.terms if term.typed not in PARTICLES | TITLES)
        return kept or self.terms

    @property
    def misreadings(self) -> list[Misreading]:
        """The long words, the longest first; then the runs in which short words stand, an error in which would not be
        seen in themselves. At most six."""
        single = [(term,) for term in sorted(self.essential, key=lambda term: -len(term.typed))]
        runs = [
            run
            for length in (2, 3)
            for run in (self.terms[at : at + length] for at in range(len(self.terms) - length + 1))
            if any(len(term.typed) < SHORTEST_MISREAD for term in run)
        ]
        return [*_misreadings(single), *_misreadings(runs)]


def _misreadings(of: Iterable[tuple[Term, ...]]) -> list[Misreading]:
    words = (terms for terms in of if not any(term.typed.isdigit() for term in terms))
    found = (Misreading("".join(term.typed for term in terms), terms) for terms in words)
    return [each for each in found if len(each.text) >= SHORTEST_MISREAD][:MOST_MISREADINGS]


def parse_query(text: str) -> Query:
    """Read a search: words in any order, a birth date, a telephone number, a record number, a NIR.

    >>> parse_query("Léa d'Ornano 7/3/1984").typed
    ('07031984', 'lea', 'd', 'ornano')
    """
    typed = text[:LONGEST_QUERY]
    packed = _SEPARATORS.sub("", typed).upper()
    if _NIR.fullmatch(packed):
        return Query(nir=packed)
    terms: list[Term] = []

    def take_date(found: re.Match[str]) -> str:
        beginnings = _date_beginnings(found)
        if not beginnings:
            return found[0]
        terms.append(Term(beginnings))
        return " "

    def take_phone(found: re.Match[str]) -> str:
        digits = _phone_beginning(found[0])
        if digits:
            terms.append(Term((digits, *_short_dates(digits))))
        return " "

    rest = _PHONE.sub(take_phone, _DATE.sub(take_date, fold(typed)))
    terms.extend(_words(rest))
    return Query(terms=tuple(dict.fromkeys(terms))[:MOST_TERMS])


def _words(text: str) -> Iterable[Term]:
    for word in words(text):
        if word in ABBREVIATED:
            yield Term((word, ABBREVIATED[word]))
        else:
            yield Term((word, *_short_dates(word)))


def _date_beginnings(found: re.Match[str]) -> tuple[str, ...]:
    """The tokens of a birth date that was typed in one of the usual forms; none where it is no date."""
    year, month, day = found["year"] or found["spelt_year"] or found["only_year"], found["month"], found["day"]
    if found["iso"]:
        year, month, day = found["iso"].split("-")
    elif found["spelt"]:
        month, day = _MONTHS[found["spelt"]], found["spelt_day"]
    elif found["only_month"]:
        month = found["only_month"]
    if len(year) == 2:
        # The beginning of a telephone number is written with points and dashes, too.
        telephone = () if found["sign"] == "/" else (f"{int(day):02}{int(month):02}{year}",)
        return telephone + _of_each_century(day, month, year)
    try:
        year, month, day = parse_birth_date(f"{day or 0}/{month}/{year}").text.split("-")
    except BirthDateError:
        return ()
    return (f"{day}{month}{year}",) if day != "00" else (f"{year}{month}",)


def _short_dates(digits: str) -> tuple[str, ...]:
    """`070384` may be a day, too."""
    if len(digits) != 6 or not digits.isdigit():
        return ()
    return _of_each_century(digits[:2], digits[2:4], digits[4:])


def _of_each_century(day: str, month: str, year: str) -> tuple[str, ...]:
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return ()
    return tuple(f"{int(day):02}{int(month):02}{century}{year}" for century in _CENTURIES)


def _phone_beginning(text: str) -> str:
    """The digits somebody in France dials, as far as they were typed: `+33 (0)6 39` is `0639`."""
    digits = _SEPARATORS.sub("", text.replace("(0)", ""))
    for opening in ("+33", "0033"):
        if digits.startswith(opening):
            return "0" + digits[len(opening) :].removeprefix("0")
    return digits.removeprefix("+").removeprefix("00")
