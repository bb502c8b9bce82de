"""What must be true of a practice after a kill, asked of its store by a program of its own.

The program is started once and asked often: it opens the store for each question and closes it again, so that after
a power cut it is sometimes the first to open what was left.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.support.server import clean_environment
from tests.support.working_day import Acknowledged

# Asked with what was acknowledged since the last question, and the last rows seen then; answers with what is wrong.
LOOK = """
import json, sys, time, uuid
from collections import Counter
from decimal import Decimal
import django
django.setup()
from django.db import OperationalError, connection, transaction
from django.db.models import Count, Max, Sum
from cuspide.agenda.models import Appointment
from cuspide.audit.models import Entry
from cuspide.billing.models import Invoice, InvoiceCounter, InvoiceLine, Payment, PaymentAllocation, Receipt
from cuspide.billing.models import ReceiptCounter
from cuspide.care.models import Act
from cuspide.core import clock
from cuspide.core.models import Submission
from cuspide.patients.models import Patient

KINDS = {"patients.create": Patient, "agenda.book": Appointment, "care.add_act": Act, "billing.issue": Invoice,
         "billing.take_payment": Receipt}
PAID = Decimal("15.00")

def texts(rows):
    return {str(one) for one in rows}

def missing(model, wanted):
    return sorted(set(wanted) - texts(model.objects.filter(uuid__in=list(wanted)).values_list("uuid", flat=True)))

def look(kept, since):
    faults = []
    def hold(what, wrong):
        if wrong:
            faults.append(f"{what}: {json.dumps(wrong, default=str)[:300]}")
    # Nothing acknowledged is lost.
    for name, model in {"patients": Patient, "appointments": Appointment, "invoices": Invoice,
                        "receipts": Receipt}.items():
        hold(f"lost {name}", missing(model, kept[name]))
    hold("lost acts", missing(Act, kept["done"]))
    hold("acts not done", sorted(texts(Act.objects.filter(uuid__in=kept["done"]).exclude(state="done")
                                       .values_list("uuid", flat=True))))
    acts = Act.objects.filter(patient__uuid__in=kept["planned"]).values_list("patient__uuid", flat=True)
    planned = Counter(str(one) for one in acts)
    hold("lost planned acts", [one for one, count in Counter(kept["planned"]).items() if planned[one] < count])
    stand = {str(one.uuid): f"{clock.local(one.starts_at, one.site.time_zone):%Y-%m-%d %H:%M}"
             for one in Appointment.objects.filter(uuid__in=list(kept["moved"])).select_related("site")}
    hold("moves undone", [one for one, when in kept["moved"].items() if stand.get(one) != when])
    for public, billed in kept["invoices"].items():
        lines = InvoiceLine.objects.filter(invoice__uuid=public, standing=True)
        lines = texts(lines.values_list("act__uuid", flat=True))
        hold("lines lost of an invoice", sorted(set(billed) ^ lines))
    for public, invoice in kept["receipts"].items():
        parts = PaymentAllocation.objects.filter(payment__receipt__uuid=public, invoice__uuid=invoice)
        got = parts.aggregate(sum=Sum("amount"))["sum"]
        hold("money lost", got != PAID and [public, got])
    # Nothing is half there, of all that was written since the last look, acknowledged or not.
    new = {model: model.objects.filter(pk__gt=since.get(model.__name__, 0))
           for model in (Patient, Appointment, Act, Invoice, Receipt, Payment, Submission, Entry)}
    for one in new[Invoice].annotate(count=Count("lines"), sum=Sum("lines__fee")):
        hold("an invoice that is not the sum of its lines", (not one.count or one.total != one.sum) and one.number)
    for one in new[Receipt].annotate(sum=Sum("payments__amount")):
        hold("a receipt that is not the sum of its payments", one.total != one.sum and one.number)
    for one in new[Payment].annotate(sum=Sum("allocations__amount")):
        hold("a payment that pays nothing", one.amount != one.sum and one.pk)
    for one in Invoice.objects.filter(allocations__payment__in=new[Payment]).distinct():
        hold("paid is not the sum of payments",
             one.allocations.aggregate(sum=Sum("amount"))["sum"] != one.paid and one.number)
    hold("a form that made nothing", list(new[Submission].filter(made_uuid=None).values_list("kind", flat=True)))
    for action, model in KINDS.items():
        entries = Entry.objects.filter(action=action)
        there = texts(new[model].values_list("uuid", flat=True))
        hold(f"{action} without trace", sorted(there - texts(entries.filter(subject_uuid__in=there)
                                                             .values_list("subject_uuid", flat=True))))
        told = texts(entries.filter(pk__gt=since.get("Entry", 0)).values_list("subject_uuid", flat=True))
        hold(f"{action} traced and not there", missing(model, told))
    # Numbers have no gap and no double.
    for model, counter in ((Invoice, InvoiceCounter), (Receipt, ReceiptCounter)):
        for row in counter.objects.all():
            numbers = sorted(model.objects.filter(entity=row.entity, year=row.year).values_list("number", flat=True))
            hold(f"numbers of {model.__name__}", numbers != list(range(1, row.last + 1)) and [len(numbers), row.last])
    seen = {model.__name__: model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in new}
    return {"faults": faults, "since": seen}

def doubles(names):
    # A form sent again after a kill made one record: everybody has one name, one booking, one invoice, one receipt.
    people = Patient.objects.filter(birth_name__in=names)
    found = {"patients": len(names) - people.count()}
    for name, model, field in (("appointments", Appointment, "patient"), ("invoices", Invoice, "patient"),
                               ("receipts", Receipt, "payer")):
        rows = model.objects.filter(**{f"{field}__in": people}).order_by().values(field).annotate(count=Count("pk"))
        found[name] = rows.filter(count__gt=1).count()
    rows = Act.objects.filter(patient__in=people).order_by().values("patient").annotate(count=Count("pk"))
    found["acts"] = rows.filter(count__gt=2).count()
    return found

def answer_of(asked):
    with transaction.atomic():  # one moment of the store, while others go on writing to it
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return doubles(asked["names"]) if "names" in asked else look(asked["kept"], asked["since"])

for line in sys.stdin:
    asked = json.loads(line)
    limit = time.monotonic() + 60
    while True:
        try:
            answer = answer_of(asked)
            break
        except OperationalError:
            # PostgreSQL may notice only now that a process of its own was killed, and begins anew.
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        finally:
            connection.close()
    print(json.dumps(answer), flush=True)
"""


class Ledger:
    """Everything that was acknowledged, and the program that looks whether it is there."""

    def __init__(self, folder: Path) -> None:
        settings = {"CUSPIDE_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "cuspide.config.settings"}
        self._program = subprocess.Popen(
            [sys.executable, "-c", LOOK],
            env=clean_environment() | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._all = Acknowledged()
        self._start: dict[str, int] = {}
        self._since: dict[str, int] = {}
        self.total = 0

    def __enter__(self) -> "Ledger":
        answer = self._ask({"kept": asdict(Acknowledged()), "since": {}})
        self._start = self._since = answer["since"]
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()
        self._program.wait()

    def _ask(self, question: dict[str, Any]) -> Any:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(question) + "\n")
        self._program.stdin.flush()
        line = self._program.stdout.readline()
        assert line, "the store could not be read"
        return json.loads(line)

    def check(self, news: list[Acknowledged]) -> None:
        """What was acknowledged since the last call is there, and nothing of what was written since is half there."""
        kept = Acknowledged()
        for part in news:
            _join(kept, part)
        _join(self._all, kept)
        self.total += kept.count
        answer = self._ask({"kept": asdict(kept), "since": self._since})
        assert answer["faults"] == []
        self._since = answer["since"]

    def check_all(self) -> None:
        """Everything once more, from the first to the last."""
        answer = self._ask({"kept": asdict(self._all), "since": self._start})
        assert answer["faults"] == []
        assert set(self._ask({"names": sorted(self._all.patients.values())}).values()) == {0}, "a record made twice"


def _join(whole: Acknowledged, part: Acknowledged) -> None:
    for name, value in vars(part).items():
        mine = getattr(whole, name)
        if isinstance(mine, dict):
            mine.update(value)
        elif isinstance(mine, list):
            mine.extend(value)
        else:
            setattr(whole, name, mine + value)
