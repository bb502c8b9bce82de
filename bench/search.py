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
"""Whoever has more namesakes is asked for with her birth date, as one does at the telephone; whoever shares a number
with more (invented ones are few) by her name, too."""

# By primary key, so that a million are not read to choose some hundreds.
PEOPLE = """
import random
from collections import Counter
from django.db.models import Max
from cuspide.patients.models import ContactPoint, Patient
from cuspide.patients.rules.names import fold
from cuspide.patients.rules.phones import shown_phone
from cuspide.patients.selectors import first_phones

last, wanted = Patient.objects.aggregate(last=Max("pk"))["last"], int(sys.argv[1])
chance = random.Random(4)
found = Patient.objects.filter(pk__in=chance.sample(range(1, last + 1), min(last, wanted * 2)))
chosen = [p for p in found if p.used_given_name or p.first_birth_given_name][:wanted]
numbers = first_phones([p.pk for p in chosen])
def called(used, birth, used_given, given):
    return fold(f"{used or birth} {used_given or given}")

named = ("used_name", "birth_name", "used_given_name", "first_birth_given_name")
bearers = Counter(called(*row) for row in Patient.objects.order_by().values_list(*named).iterator())
points = ContactPoint.objects.filter(kind="phone", ended_at__isnull=True).order_by()
owners = Counter(shown_phone(number) for (number,) in points.values_list("normalised").iterator())
most = int(sys.argv[2])
answer = []
for p in chosen:
    number = numbers.get(p.pk, "")
    alike = bearers[called(*(getattr(p, name) for name in named))] > most
    answer.append([str(p.uuid), p.family_name, p.given_name, p.birth_date.split("-")[::-1], number, alike,
                   owners[number] > most])
"""


@dataclass(frozen=True)
class Person:
    uuid: str
    family_name: str
    given_name: str
    born: tuple[str, str, str]
    phone: str
    alike: bool
    shares_phone: bool

    @property
    def names(self) -> str:
        return f"{self.family_name} {self.given_name}{self.told_apart}"

    @property
    def told_apart(self) -> str:
        return f" {'/'.join(self.born)}" if self.alike else ""


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
    if not digits:
        return person.names
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    written = chance.choice([digits, " ".join(pairs), ".".join(pairs), "+33 " + " ".join(pairs)[1:]])
    return f"{written} {person.family_name} {person.given_name}" if person.shares_phone else written


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


def people(dataset: Dataset, wanted: int) -> list[Person]:
    """Whom to look for."""
    return [
        Person(uuid, family, given, (day[0], day[1], day[2]), *phone_and_marks)
        for uuid, family, given, day, *phone_and_marks in ask(dataset.practice.folder, PEOPLE, str(wanted), str(_ALIKE))
    ]


def run(session: WebSession, wanted: list[Person], warm_up: int) -> tuple[list[float], dict[str, object]]:
    """Milliseconds of each search, and how many found whom they were for among the first ten rows."""
    chance = random.Random(5)
    kinds = list(MIX)
    spent: dict[str, list[float]] = defaultdict(list)
    found: dict[str, int] = defaultdict(int)
    for number, person in enumerate(wanted):
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
