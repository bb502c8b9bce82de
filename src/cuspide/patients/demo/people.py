"""Invented people, household by household: pure, and the same for the same source of chance."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from cuspide.formats.nir import compute_key
from cuspide.patients.demo import family_names, given_names, places
from cuspide.patients.rules.names import fold, surname_case

ADULT = 18
ORDERS = range(1, 990)
"""Order numbers that the register gives in one month and place."""
_ORIGINS = [
    ("", 690), ("brittany", 25), ("alsace", 25), ("corsica", 12), ("overseas", 20), ("maghreb", 85), ("portugal", 35),
    ("italy", 28), ("spain", 20), ("poland", 10), ("africa", 22), ("vietnam", 7), ("turkey", 10), ("armenia", 6),
    ("china", 5), ("england", 6),
]  # fmt: skip
# Ages of the adults of a practice: from, to, weight.
_AGES = [(18, 29, 17), (30, 44, 26), (45, 59, 28), (60, 74, 21), (75, 95, 8)]


@dataclass
class Person:
    """Somebody of a household. `parent` is the place of a parent among its members."""

    sex: str
    born: dt.date
    birth_date: str
    birth_name: str
    given_names: list[str]
    origin: str
    birth_place: tuple[str, str]
    nir: str = ""
    used_name: str = ""
    used_given_name: str = ""
    parent: int | None = None
    mobile: str = ""
    email: str = ""
    language: str = "fr"

    def age(self, today: dt.date) -> int:
        return today.year - self.born.year - ((today.month, today.day) < (self.born.month, self.born.day))


@dataclass
class Home:
    """A household: people, adults first, with one address and perhaps one telephone."""

    people: list[Person]
    line1: str
    postcode: str
    city: str
    phone: str = ""
    c2s: bool = False
    alsace_moselle: bool = False


class Town:
    """Gives households until nobody asks any more. NIR are never given twice; their order numbers at the register are
    of `orders`, so that towns with others give other NIR."""

    def __init__(self, chance: Random, today: dt.date, orders: range = ORDERS) -> None:
        self.chance = chance
        self.today = today
        self.orders = orders
        self.given: set[str] = set()

    def homes(self) -> Iterator[Home]:
        while True:
            yield self._home()

    def _origin(self) -> str:
        return self.chance.choices([origin for origin, _ in _ORIGINS], [weight for _, weight in _ORIGINS])[0]

    def _home(self) -> Home:
        chance = self.chance
        origin = self._origin()
        low, high, _weight = chance.choices(_AGES, [w for *_, w in _AGES])[0]
        age = chance.randint(low, high)
        sex = chance.choice("FM")
        first = self._person(sex, age, origin, surname(chance, origin))
        people = [first]
        together = chance.random() < (0.15 if age < 28 else 0.55 if age < 75 else 0.35)
        if together:
            of_same = origin if chance.random() < 0.6 else self._origin()
            partner_age = max(ADULT, age + round(chance.gauss(0 if sex == "M" else 1.5, 3)))
            partner = self._person("F" if sex == "M" else "M", min(partner_age, 96), of_same, surname(chance, of_same))
            people.append(partner)
            self._marry(*people)
        people += self._children(people, age, together)
        postcode, city = chance.choice(places.TOWNS)
        number = chance.randint(1, 140)
        home = Home(
            people,
            line1=f"{number}{chance.choice(['', '', '', '', ' bis'])} {chance.choice(places.STREETS)}",
            postcode=postcode,
            city=city,
            phone=self._number(chance.choice(places.LANDLINES))
            if chance.random() < (0.75 if age > 60 else 0.3)
            else "",
            c2s=chance.random() < 0.105,
            alsace_moselle=origin == "alsace" or chance.random() < 0.006,
        )
        for person in people:
            self._reach(person)
        return home

    def _children(self, parents: list[Person], age: int, together: bool) -> list[Person]:
        chance = self.chance
        if not 25 <= age <= 58 or chance.random() > (0.72 if together else 0.3):
            return []
        mother = next((p for p in parents if p.sex == "F"), parents[0])
        father = next((p for p in parents if p.sex == "M"), parents[0])
        name = father.birth_name
        if len(parents) == 2 and chance.random() < 0.12:
            name = f"{father.birth_name}-{mother.birth_name}"
        oldest = mother.age(self.today) - chance.randint(22, 34)
        made = []
        for _child in range(chance.choices([1, 2, 3, 4], [38, 42, 16, 4])[0]):
            if not 3 <= oldest < ADULT + 5:
                oldest -= chance.randint(2, 4)
                continue
            child = self._person(chance.choice("FM"), oldest, parents[0].origin, name, born_here=True)
            child.parent = parents.index(mother if chance.random() < 0.6 else father)
            made.append(child)
            if chance.random() < 0.02:
                twin = self._person(chance.choice("FM"), oldest, parents[0].origin, name, born_here=True)
                twin.born, twin.birth_date = child.born, child.birth_date
                twin.birth_place, twin.parent = child.birth_place, child.parent
                twin.nir = self._nir(twin)
                made.append(twin)
            oldest -= chance.randint(2, 4)
        return made

    def _person(self, sex: str, age: int, origin: str, name: str, *, born_here: bool = False) -> Person:
        chance = self.chance
        born = dt.date(self.today.year - age, 1, 1) - dt.timedelta(days=chance.randrange(365))
        if born.year < self.today.year - age and (born.month, born.day) <= (self.today.month, self.today.day):
            born = born.replace(year=born.year + 1, day=min(born.day, 28))
        foreign = origin in places.COUNTRIES
        abroad = foreign and not born_here and age > 12 and chance.random() < (0.62 if age > 40 else 0.3)
        decade = max(1930, min(2020, born.year // 10 * 10))
        names = [given(chance, sex, decade, origin if foreign and (abroad or chance.random() < 0.55) else "")]
        for _more in range(chance.choices([0, 1, 2], [30, 40, 30])[0]):
            another = given(chance, sex, max(1930, decade - 30), "")
            if another not in names:
                names.append(another)
        person = Person(
            sex=sex,
            born=born,
            birth_date=born.isoformat(),
            birth_name=name,
            given_names=names,
            origin=origin,
            birth_place=self._birth_place(origin, abroad),
        )
        if abroad and age > 45 and chance.random() < 0.07:
            # Registers abroad do not always give a day, or a month.
            person.birth_date = f"{born.year}-00-00" if chance.random() < 0.6 else f"{born.year}-{born.month:02}-00"
        if abroad and chance.random() < 0.08:
            person.language = places.LANGUAGE.get(origin, "other")
        if chance.random() < 0.02 and len(names) > 1:
            person.used_given_name = names[1]
        person.nir = self._nir(person)
        return person

    def _birth_place(self, origin: str, abroad: bool) -> tuple[str, str]:
        chance = self.chance
        if abroad:
            return chance.choice(places.COUNTRIES[origin])
        if origin == "corsica" and chance.random() < 0.7:
            return chance.choice(places.CORSICA)
        if origin == "overseas" and chance.random() < 0.6:
            return chance.choice(places.OVERSEAS)
        return chance.choice(places.NEAR if chance.random() < 0.72 else places.FAR)

    def _nir(self, person: Person) -> str:
        """A NIR of the register's form. Before 1976 Corsica was one department, 20; births without a month
        have a month from 20 on."""
        code = person.birth_place[0]
        if code.startswith("2") and not code.isdigit() and person.born.year < 1976:
            code = "20" + code[2:]
        month = 20 + self.chance.randrange(11) if person.birth_date[5:7] == "00" else person.born.month
        opening = f"{1 if person.sex == 'M' else 2}{person.born.year % 100:02}{month:02}{code}"
        for _try in range(20):
            number = f"{opening}{self.chance.choice(self.orders):03}"
            if number not in self.given:
                self.given.add(number)
                return number + compute_key(number)
        # So many were born there and then that her number is left unknown.
        return ""

    def _marry(self, one: Person, other: Person) -> None:
        wife, husband = (one, other) if one.sex == "F" else (other, one)
        takes = 0.85 if wife.born.year < 1965 else 0.6 if wife.born.year < 1985 else 0.3
        if self.chance.random() < takes:
            both = f"{wife.birth_name}-{husband.birth_name}"
            wife.used_name = both if self.chance.random() < 0.12 and len(both) < 30 else husband.birth_name

    def _reach(self, person: Person) -> None:
        chance = self.chance
        age = person.age(self.today)
        if age >= 14 and chance.random() < (0.97 if age < 70 else 0.75):
            person.mobile = self._number(places.MOBILE)
        if age >= 16 and chance.random() < (0.75 if age < 65 else 0.4):
            given_name = address_word(person.given_names[0])
            family = address_word(person.used_name or person.birth_name)
            domain = chance.choice(["example.fr", "example.org", "example.com"])
            person.email = f"{given_name}.{family}{chance.choice(['', '', str(person.born.year % 100)])}@{domain}"

    def _number(self, block: str) -> str:
        return f"+33{block[1:]}{self.chance.randrange(10_000):04}"


def surname(chance: Random, origin: str) -> str:
    """A birth name, in capitals: the frequent ones more often than the others."""
    if origin:
        name = chance.choice(_split(family_names.BY_ORIGIN[origin]))
    else:
        kind = chance.random()
        if kind < 0.80:
            names = _split(family_names.FREQUENT)
            # Half of the people share the frequent names by their rank, as they do in France.
            name = names[min(int(chance.expovariate(0.025)), len(names) - 1)] if kind < 0.45 else chance.choice(names)
        else:
            others = family_names.OF_THE_REGION if kind < 0.93 else family_names.COMPOUND_AND_PARTICLES
            name = chance.choice(_split(others))
    return surname_case(name.replace("_", " "))


def given(chance: Random, sex: str, decade: int, origin: str) -> str:
    if origin:
        of_origin = given_names.BY_ORIGIN[origin][0 if sex == "F" else 1]
        return chance.choice(_split(of_origin))
    of_decade = _split((given_names.WOMEN if sex == "F" else given_names.MEN)[decade])
    return of_decade[min(int(chance.expovariate(0.12)), len(of_decade) - 1)]


@cache
def _split(words: str) -> list[str]:
    return words.split()


@cache
def address_word(name: str) -> str:
    """A name as it stands in an e-mail address."""
    return "".join(sign for sign in fold(name).replace(" ", "-") if sign.isalnum() or sign == "-").strip("-") or "x"
