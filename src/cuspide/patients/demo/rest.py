"""The rest of a large practice: patients of whom no other room tells anything.

They are made in blocks, each from a chance of its own, by several processes; this one alone writes. So they are the
same on every machine, and no more than a few blocks are handed on at once.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import models, transaction

from cuspide.core.db import bulk
from cuspide.core.db.late_indexes import indexes_made_last
from cuspide.core.demo import DemoContext
from cuspide.core.orphans import end_with_parent
from cuspide.patients.demo.people import ORDERS, Town
from cuspide.patients.demo.records import Recorder
from cuspide.patients.models import (
    Address,
    Alert,
    AlertStatement,
    AmcCoverage,
    AmoCoverage,
    AmoExemption,
    ConsentStatement,
    ContactPoint,
    Correspondent,
    CorrespondentLink,
    Household,
    Patient,
    Posting,
    RecordNumber,
    RelatedPerson,
)
from cuspide.patients.services import index

BLOCK = 4000
"""Patients that are made at once and written in one transaction."""
_ORDERS_OF_KNOWN = 189
_WRITTEN = (
    Household, Patient, ContactPoint, Address, Alert, AlertStatement, AmoCoverage, AmoExemption, AmcCoverage,
    ConsentStatement, CorrespondentLink, RelatedPerson, Posting,
)  # fmt: skip

Rows = list[Sequence[Any]]


@dataclass(frozen=True)
class Block:
    """Which patients a block holds: `count` of them, from these keys and this record number on."""

    number: int
    count: int
    patient: int
    household: int
    record: int
    orders: range
    """The order numbers of their NIR."""


@dataclass(frozen=True)
class Made:
    """Rows for the driver, by table; postings by the key of their patient."""

    rows: dict[type[models.Model], Rows]
    postings: list[tuple[int, str, int]]


def orders_of_known(context: DemoContext) -> range:
    """The order numbers of the NIR of those whom all rooms know: all, unless there is a rest."""
    return ORDERS[:_ORDERS_OF_KNOWN] if context.patients > context.known else ORDERS


def write(context: DemoContext, doctors: Sequence[Correspondent], count: int) -> None:
    """So many patients more, with their households, after those who are in the store."""
    counter = RecordNumber.objects.get(pk=1)
    blocks = _blocks(count, counter.last)
    done = context.patients - count
    with indexes_made_last(_WRITTEN):
        for block, made in zip(blocks, _all_made(context, doctors, blocks), strict=True):
            with transaction.atomic():
                for model, rows in made.rows.items():
                    bulk.write_adapted(model, columns(model), rows)
                index.write(made.postings)
                counter.last = block.record + block.count - 1
                counter.save()
            done += block.count
            context.say(f"patients {done}/{context.patients}")
        context.say("indexes")


def _blocks(count: int, last_number: int) -> list[Block]:
    patient, household = bulk.reserve(Patient, count), bulk.reserve(Household, count)
    starts = range(0, count, BLOCK)
    free = ORDERS[_ORDERS_OF_KNOWN:]
    share = max(1, len(free) // len(starts))
    return [
        Block(
            number,
            min(BLOCK, count - start),
            patient + start,
            household + start,
            last_number + 1 + start,
            free[number * share % len(free) :][:share],
        )
        for number, start in enumerate(starts)
    ]


def _all_made(context: DemoContext, doctors: Sequence[Correspondent], blocks: Sequence[Block]) -> Iterator[Made]:
    """The blocks in their order. Ahead of whoever writes them is one more than there are processes."""
    told = DemoContext(context.seed, context.patients, context.years_behind, now=context.now)
    if context.processes < 2:
        yield from (make(told, doctors, block) for block in blocks)
        return
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(context.processes, forked, initializer=end_with_parent) as pool:
        ahead: deque[Future[Made]] = deque()
        waiting = iter(blocks)
        ahead.extend(pool.submit(make, told, doctors, block) for block in islice(waiting, context.processes + 1))
        while ahead:
            made = ahead.popleft().result()
            ahead.extend(pool.submit(make, told, doctors, block) for block in islice(waiting, 1))
            yield made


def make(context: DemoContext, doctors: Sequence[Correspondent], block: Block) -> Made:
    """The rows of a block. Pure: the store is not asked, in whatever process."""
    chance = context.random(f"patients.rest.{block.number}")
    recorder = Recorder(context, doctors, chance, context.random(f"patients.rest.{block.number}.people"))
    # In the order of their making, so that the index of addresses grows at its end.
    recorder.instant_ms += block.number
    homes = Town(context.random(f"patients.rest.{block.number}.town"), context.today, block.orders).homes()
    households: list[models.Model] = []
    patients: list[models.Model] = []
    while len(patients) < block.count:
        home = next(homes)
        del home.people[block.count - len(patients) :]
        household = None
        if len(home.people) > 1:
            household = Household(pk=block.household + len(households), uuid=recorder.fresh_uuid())
            households.append(household)
        known: dict[int, Patient] = {}
        for person in home.people:
            payer = known[id(home.people[person.parent])] if person.parent is not None else None
            patient = recorder.patient(person, household, payer, block.record + len(patients))
            patient.pk = block.patient + len(patients)
            known[id(person)] = patient
            patients.append(patient)
        recorder.of_home(home, known)
    found: dict[type[models.Model], list[Any]] = {Household: households, Patient: patients, **recorder.rows}
    rows = {model: bulk.adapted(model, columns(model), _values(model, made)) for model, made in found.items()}
    return Made(rows, index.postings(recorder.found_by))


def columns(model: type[models.Model]) -> list[str]:
    """What is written of a table: all but the key, which the store gives, unless others point at it."""
    fields = model._meta.concrete_fields
    return [field.attname for field in fields if not field.primary_key or model in (Household, Patient)]


def _values(model: type[models.Model], made: Sequence[models.Model]) -> Rows:
    names = columns(model)
    return [[getattr(instance, name) for name in names] for instance in made]
