"""What a secretary types to find somebody: names, in the other order, without accents, with one error, cut off, a
telephone number, a birth date. Everybody looked for is drawn by chance from the whole practice."""

import random
import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from bench.datasets import Dataset
from bench.measure import percentile
from tests.support.server import ServerError, ask
from tests.support.web import WebSession

FIRST = 10
_ALIKE = 10
"""Whoever has more namesakes is asked for with her birth date, as one does at the telephone."""

# By primary key, so that a million are not read to choose some hundreds.
PEOPLE = """
import random
from django.db.models import Max
from cuspide.patients.models import ContactPoint, Patient
from cuspide.patients.selectors import first_phones

last, wanted = Patient.objects.aggregate(last=Max("pk"))["last"], int(sys.argv[1])
chance = random.Random(4)
found = Patient.objects.filter(pk__in=chance.sample(range(1, last + 1), min(last, wanted * 2)))
chosen = [p for p in found if p.used_given_name or p.first_birth_given_name][:wanted]
numbers = first_phones([p.pk for p in chosen])
answer = []
for p in chosen:
    alike = Patient.objects.filter(birth_name=p.birth_name, used_name=p.used_name,
        first_birth_given_name=p.first_birth_given_name, used_given_name=p.used_given_name).count()
    day = p.birth_date.split("-")[::-1]
    answer.append([str(p.uuid), p.family_name, p.given_name, day, numbers.get(p.pk, ""), alike])
"""


@dataclass(frozen=True)
class Person:
    uuid: str
    family_name: str
    given_name: str
    born: tuple[str, str, str]
    phone: str
    alike: int

    @property
    def names(self) -> str:
        return f"{self.family_name} {self.given_name}{self.told_apart}"

    @property
    def told_apart(self) -> str:
        return f" {'/'.join(self.born)}" if self.alike > _ALIKE else ""


def plain(text: str) -> str:
    """As it is typed in haste: small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("’", "'"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def with_error(text: str, chance: random.Random) -> str:
    """One letter missing, doubled, changed or swapped with the next, in a word of four letters or more."""
    words = list(re.finditer(r"[a-z]{4,}", text))
    if not words:
        return text
    word = chance.choice(words)
    at = chance.randrange(word.start(), word.end() - 1)
    return chance.choice(
        [
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + chance.choice("aeinorst") + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        ]
    )


def _misspelt(person: Person, chance: random.Random) -> str:
    return with_error(plain(f"{person.family_name} {person.given_name}"), chance) + person.told_apart


def _telephone(person: Person, chance: random.Random) -> str:
    digits = re.sub(r"\D", "", person.phone)
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    return (
        chance.choice([digits, " ".join(pairs), ".".join(pairs), "+33 " + " ".join(pairs)[1:]])
        if digits
        else person.names
    )


def _birth(person: Person, chance: random.Random) -> str:
    day, month, year = person.born
    if "00" in (day, month):
        return f"{person.family_name} {year}"
    written = chance.choice(
        [f"{day}/{month}/{year}", f"{int(day)}.{int(month)}.{year}", f"{day}{month}{year}", f"{day}/{month}/{year[2:]}"]
    )
    return f"{written} {plain(person.family_name)}"


MIX: dict[str, Callable[[Person, random.Random], str]] = {
    "names": lambda person, _chance: person.names,
    "swapped": lambda person, _chance: f"{person.given_name} {person.family_name}{person.told_apart}",
    "no_accents": lambda person, _chance: plain(person.names),
    "one_error": _misspelt,
    "phone": _telephone,
    "birth_date": _birth,
}


def run(dataset: Dataset, session: WebSession, wanted: int, warm_up: int) -> tuple[list[float], dict[str, object]]:
    """Milliseconds of each search, and how many found whom they were for among the first ten rows."""
    people = [
        Person(uuid, family, given, (day[0], day[1], day[2]), phone, alike)
        for uuid, family, given, day, phone, alike in ask(dataset.practice.folder, PEOPLE, str(wanted + warm_up))
    ]
    chance = random.Random(5)
    kinds = list(MIX)
    spent: dict[str, list[float]] = defaultdict(list)
    found: dict[str, int] = defaultdict(int)
    for number, person in enumerate(people):
        kind = kinds[number % len(kinds)]
        text = MIX[kind](person, chance)
        started = time.perf_counter()
        answer = session.post("/search", {"text": text}, HX_Request="true")
        took = (time.perf_counter() - started) * 1000
        if answer.status != 200:
            raise ServerError(f"a search was answered {answer.status} {answer.location}")
        if number >= warm_up:
            rows = re.findall(r"/patients/([0-9a-f-]{36})/", answer.text)
            spent[kind].append(took)
            found[kind] += person.uuid in rows[:FIRST]
    every = [took for times in spent.values() for took in times]
    return every, {
        "recall_at_10": round(sum(found.values()) / len(every), 4),
        "each": {
            kind: {"p95_ms": round(percentile(spent[kind], 95), 1), "recall": round(found[kind] / len(spent[kind]), 3)}
            for kind in kinds
        },
    }
