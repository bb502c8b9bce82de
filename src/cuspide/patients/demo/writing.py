"""Writes the invented people into the store. `context.shared["patients"]` is those whom the other rooms know of, by
primary key."""

from random import Random

from django.db import transaction

from cuspide.core.db import bulk
from cuspide.core.demo import DemoContext
from cuspide.patients.demo import correspondents, rest
from cuspide.patients.demo.doubles import COUNT, SMALLEST, doubles
from cuspide.patients.demo.people import Home, Town
from cuspide.patients.demo.records import Recorder
from cuspide.patients.models import Correspondent, Household, Patient, RecordNumber
from cuspide.patients.services.index import index_many

_HOMES_A_BATCH = 1000


def build(context: DemoContext) -> None:
    """As many patients as the context asks for."""
    kin = context.random("patients.people")
    doctors = correspondents.write(context, kin)
    known = min(context.patients, context.known)
    context.shared["patients"] = _write_known(context, doctors, kin, known)
    if context.patients > known:
        rest.write(context, doctors, context.patients - known)


def _write_known(context: DemoContext, doctors: list[Correspondent], kin: Random, count: int) -> list[Patient]:
    writer = _Writer(context, doctors, context.random("patients.records"), kin)
    homes = Town(context.random("patients"), context.today, rest.orders_of_known(context)).homes()
    twice = COUNT if count >= SMALLEST else 0
    left = count - twice
    first: list[Home] = []
    while left > 0:
        batch: list[Home] = []
        size = 0
        while len(batch) < _HOMES_A_BATCH and size < left:
            home = next(homes)
            del home.people[left - size :]
            batch.append(home)
            size += len(home.people)
        with transaction.atomic():
            writer.write(batch)
        first = first or batch
        left -= size
        if context.patients > 5000:
            context.say(f"patients {count - twice - left}/{context.patients}")
    if twice:
        with transaction.atomic():
            writer.write(doubles(first, context.today.year))
    return writer.patients


class _Writer(Recorder):
    """Writes what it makes, a batch of households at a time."""

    def __init__(self, context: DemoContext, doctors: list[Correspondent], chance: Random, kin: Random) -> None:
        super().__init__(context, doctors, chance, kin)
        self.patients: list[Patient] = []
        counter, _made = RecordNumber.objects.get_or_create(pk=1)
        self.counter = counter

    def write(self, homes: list[Home]) -> None:
        """Households, adults, children, then everything that hangs on them."""
        households = [Household(uuid=self.fresh_uuid()) for home in homes if len(home.people) > 1]
        bulk.insert(households)
        waiting = iter(households)
        of_home = [next(waiting) if len(home.people) > 1 else None for home in homes]
        made: dict[int, Patient] = {}
        for children in (False, True):
            group = []
            for home, household in zip(homes, of_home, strict=True):
                for person in home.people:
                    if (person.parent is not None) is children:
                        payer = made[id(home.people[person.parent])] if person.parent is not None else None
                        self.counter.last += 1
                        patient = self.patient(person, household, payer, self.counter.last)
                        group.append(patient)
                        made[id(person)] = patient
            bulk.insert(group)
            self.patients += group
        self.counter.save()
        for home in homes:
            self.of_home(home, made)
        for rows in self.rows.values():
            bulk.insert(rows)
        index_many(self.found_by)
        self.rows, self.found_by = {}, []
