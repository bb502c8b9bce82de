"""Twenty invoices at once, by twenty programs, some of which change their mind or are killed: no gap, no double."""

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.support.server import LivePractice, ask, cuspide

pytestmark = pytest.mark.timeout(3000)
AT_ONCE = 20

# Acts done today that nobody invoiced yet.
ACTS = """
from decimal import Decimal
from cuspide.care.models import Act, ActState
from cuspide.core import clock
from cuspide.patients.models import Patient
from cuspide.practice.selectors import main_site, practitioners
site, dentist = main_site(), practitioners()[0]
people = list(Patient.objects.order_by("pk")[:20])
answer = []
for number in range(int(sys.argv[1])):
    act = Act.objects.create(
        patient=people[number % len(people)], code="HBMD049", label="Restauration", teeth="16", surfaces="O",
        practitioner=dentist, site=site, entity=site.entity, recorded_by="test", state=ActState.DONE,
        planned_on=clock.today(), done_on=clock.today(), fee=Decimal("60.00"), base=Decimal("60.00"),
        amo_share=Decimal("36.00"), amc_share=Decimal("0.00"), patient_share=Decimal("24.00"),
        coverage={"third_party": "00"},
    )
    answer.append([str(act.patient.uuid), str(act.uuid)])
"""

# Programs of their own, forked before the first connection: all go at the same moment, each issues one invoice and
# meets its fate after the number was taken. The answer: how each ended, and the number it was given.
ISSUERS = """
import os, signal, time, uuid
from django.db import connection, transaction
from cuspide.billing.services.invoices import issue_invoice
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient

def issue(patient, act, fate):
    with transaction.atomic():
        invoice = issue_invoice(Actor.system("test"), Patient.objects.get(uuid=patient), [uuid.UUID(act)])
        if fate == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if fate == "rollback":
            raise KeyError
    return invoice.number

start = time.monotonic() + 1
programs = []
for patient, act, fate in json.loads(sys.argv[1]):
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            time.sleep(max(0, start - time.monotonic()))
            os.write(writing, str(issue(patient, act, fate)).encode())
            os._exit(0)
        except KeyError:
            os._exit(7)
        except BaseException as error:
            os.write(writing, repr(error).encode())
            os._exit(1)
    os.close(writing)
    programs.append([process, reading])
answer = []
for process, reading in programs:
    said = os.read(reading, 4000).decode()
    answer.append([os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said])
"""
ENDS = {"commit": 0, "rollback": 7, "kill": -signal.SIGKILL}

SERIES = """
from cuspide.billing.models import Invoice, InvoiceCounter, InvoiceLine
answer = {
    "series": [
        [row.last, sorted(Invoice.objects.filter(entity=row.entity, year=row.year).values_list("number", flat=True))]
        for row in InvoiceCounter.objects.all()
    ],
    "invoiced": [str(one) for one in InvoiceLine.objects.filter(act__isnull=False).values_list("act__uuid", flat=True)],
}
"""


def issue_all(practice: LivePractice, plan: list[tuple[str, str, str]]) -> list[int]:
    """Run the plan; the numbers given to those that committed. Fails when one did not meet its fate."""
    numbers = []
    for (status, said), (_patient, act, fate) in zip(
        ask(practice.folder, ISSUERS, json.dumps(plan)), plan, strict=True
    ):
        assert status == ENDS[fate], f"{fate} of {act} ended with {status}: {said}"
        numbers += [int(said)] if fate == "commit" else []
    return numbers


def test_twenty_invoices_at_once_with_rollbacks_and_kills_leave_no_gap_and_no_double(
    either_practice: LivePractice, chance: random.Random, long_run: bool, note_figure: Callable[..., None]
) -> None:
    rounds = 50 if long_run else 1
    counts: Counter[str] = Counter()
    either_practice.start()  # the sealer of the trace works beside them, as in a practice
    for _round in range(rounds):
        fates = ["commit"] * 12 + ["rollback"] * 4 + ["kill"] * 4
        chance.shuffle(fates)
        acts = ask(either_practice.folder, ACTS, str(AT_ONCE))
        plan = [(patient, act, fate) for (patient, act), fate in zip(acts, fates, strict=True)]
        given = issue_all(either_practice, plan)
        counts.update(fates)
        found = ask(either_practice.folder, SERIES)
        for last, numbers in found["series"]:
            assert numbers == list(range(1, last + 1)), "a gap or a double"
        assert len(set(given)) == fates.count("commit")
        invoiced = Counter(found["invoiced"])
        for _patient, act, fate in plan:
            assert invoiced[act] == (1 if fate == "commit" else 0), f"{fate} of an act left {invoiced[act]} invoices"
    time.sleep(2)
    verified = cuspide("audit", "verify", home=either_practice.folder)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    store = "postgresql" if "postgresql://" in (either_practice.folder / "cuspide.toml").read_text() else "sqlite"
    note_figure("invoices at once", store=store, rounds=rounds, at_once=AT_ONCE, gaps=0, doubles=0, **counts)


def test_a_number_that_was_taken_and_not_committed_is_given_again(either_practice: LivePractice) -> None:
    """The test above would prove nothing if a kill or a rollback came too late to matter."""
    [[patient, act]] = ask(either_practice.folder, ACTS, "1")
    before = ask(either_practice.folder, SERIES)
    for fate in ("kill", "rollback"):
        issue_all(either_practice, [(patient, act, fate)])
        assert ask(either_practice.folder, SERIES) == before
    [number] = issue_all(either_practice, [(patient, act, "commit")])
    assert number in [last + 1 for last, _numbers in before["series"]] or not before["series"]
