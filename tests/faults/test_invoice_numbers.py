"""Twenty invoices at once, by twenty programs, some of which change their mind or are killed: no gap, no double."""

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.server import LivePractice, ask, cuspide

pytestmark = pytest.mark.timeout(3000)
AT_ONCE = 20

# Django is loaded once; everything that touches the store runs in a program forked from there, before the first
# connection. Of each round: acts done today that nobody invoiced yet, and programs that all go at the same moment, each
# of which issues one invoice and meets its fate after the number was taken. The answer: how each ended and the number
# it was given, then what the store holds.
ROUNDS = """
import os, signal, time, uuid
from decimal import Decimal
from django.db import connection, transaction
from cuspide.billing.models import Invoice, InvoiceCounter, InvoiceLine
from cuspide.billing.services.invoices import issue_invoice
from cuspide.care.models import Act, ActState
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient
from cuspide.practice.selectors import main_site, practitioners

def forked(work):
    # The number of the program, and where its answer is read.
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        status, said = 0, json.dumps(work())
    except KeyError:
        status, said = 7, "null"
    except BaseException as error:
        status, said = 1, json.dumps(repr(error))
    with os.fdopen(writing, "w") as stream:
        stream.write(said)
    os._exit(status)

def ended(process, reading):
    with os.fdopen(reading) as stream:
        said = stream.read()
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), json.loads(said or "null")]

def acts(count):
    site, dentist = main_site(), practitioners()[0]
    people = list(Patient.objects.order_by("pk")[:20])
    made = [
        Act.objects.create(
            patient=people[number % len(people)], code="HBMD049", label="Restauration", teeth="16", surfaces="O",
            practitioner=dentist, site=site, entity=site.entity, recorded_by="test", state=ActState.DONE,
            planned_on=clock.today(), done_on=clock.today(), fee=Decimal("60.00"), base=Decimal("60.00"),
            amo_share=Decimal("36.00"), amc_share=Decimal("0.00"), patient_share=Decimal("24.00"),
            coverage={"third_party": "00"},
        )
        for number in range(count)
    ]
    return [[str(act.patient.uuid), str(act.uuid)] for act in made]

def issue(patient, act, fate, start):
    time.sleep(max(0, start - time.monotonic()))
    with transaction.atomic():
        invoice = issue_invoice(Actor.system("test"), Patient.objects.get(uuid=patient), [uuid.UUID(act)])
        if fate == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if fate == "rollback":
            raise KeyError
    return invoice.number

def series():
    numbers = {
        row: Invoice.objects.filter(entity=row.entity, year=row.year).values_list("number", flat=True)
        for row in InvoiceCounter.objects.all()
    }
    invoiced = InvoiceLine.objects.filter(act__isnull=False).values_list("act__uuid", flat=True)
    return {
        "series": [[row.last, sorted(given)] for row, given in numbers.items()],
        "invoiced": [str(one) for one in invoiced],
    }

def asked(work):
    status, said = ended(*forked(work))
    if status:
        raise SystemExit(said)
    return said

answer = []
given = None
for fates in json.loads(sys.argv[1]):
    # A list of one-word fates gets acts of its own; "the same act" is that of the round before.
    if given is None or fates[0] != "the same act":
        given = asked(lambda: acts(len(fates)))
    fates = [fate for fate in fates if fate != "the same act"]
    start = time.monotonic() + 0.5
    programs = [forked(lambda: issue(patient, act, fate, start)) for (patient, act), fate in zip(given, fates)]
    ends = [ended(*program) for program in programs]
    answer.append({"acts": [act for _patient, act in given], "ends": ends, "found": asked(series)})
"""
ENDS = {"commit": 0, "rollback": 7, "kill": -signal.SIGKILL}


def issue_all(practice: LivePractice, fates: list[list[str]]) -> list[dict[str, Any]]:
    """Run the rounds; fails when a program did not meet its fate. Adds to each round the numbers that were given."""
    rounds: list[dict[str, Any]] = ask(practice.folder, ROUNDS, json.dumps(fates))
    for done, wanted in zip(rounds, fates, strict=True):
        wanted = [fate for fate in wanted if fate in ENDS]
        done["given"] = []
        for (status, said), fate in zip(done["ends"], wanted, strict=True):
            assert status == ENDS[fate], f"{fate} ended with {status}: {said}"
            done["given"] += [said] if fate == "commit" else []
    return rounds


def test_twenty_invoices_at_once_with_rollbacks_and_kills_leave_no_gap_and_no_double(
    either_practice: LivePractice, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    rounds = 50 if long_run else 1
    plan = [["commit"] * 12 + ["rollback"] * 4 + ["kill"] * 4 for _ in range(rounds)]
    for fates in plan:
        chance.shuffle(fates)
    either_practice.start()  # the sealer of the trace works beside them, as in a practice
    for first in range(0, rounds, 10):
        some = plan[first : first + 10]
        for fates, done in zip(some, issue_all(either_practice, some), strict=True):
            for last, numbers in done["found"]["series"]:
                assert numbers == list(range(1, last + 1)), "a gap or a double"
            assert len(set(done["given"])) == fates.count("commit")
            invoiced = Counter(done["found"]["invoiced"])
            for act, fate in zip(done["acts"], fates, strict=True):
                assert invoiced[act] == (fate == "commit"), f"{fate} of an act left {invoiced[act]} invoices"
    time.sleep(2)
    verified = cuspide("audit", "verify", home=either_practice.folder)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    store = "postgresql" if "postgresql://" in (either_practice.folder / "cuspide.toml").read_text() else "sqlite"
    counts = Counter(fate for fates in plan for fate in fates)
    note_figure("invoices at once", store=store, rounds=rounds, at_once=AT_ONCE, gaps=0, doubles=0, **counts)


def test_a_number_that_was_taken_and_not_committed_is_given_again(either_practice: LivePractice) -> None:
    """The test above would prove nothing if a kill or a rollback came too late to matter."""
    same = "the same act"
    first, killed, undone, kept = issue_all(
        either_practice, [["commit"], ["kill"], [same, "rollback"], [same, "commit"]]
    )
    assert killed["found"] == undone["found"] == first["found"]
    assert kept["given"] == [first["given"][0] + 1]
