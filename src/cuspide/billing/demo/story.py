"""Every act that was done is invoiced on its day, in the order of the days, and paid as people pay."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cuspide.billing.demo.paying import Part, total_of, ways
from cuspide.billing.models import (
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceState,
    Payment,
    PaymentAllocation,
    PaymentState,
    Receipt,
    ReceiptCounter,
)
from cuspide.billing.rules import dues, likely_third_party, sum_of
from cuspide.billing.services.invoices import columns_of, line_of
from cuspide.billing.services.parties import addressee_at, issuer
from cuspide.core import clock
from cuspide.core.db import bulk
from cuspide.core.demo import DemoContext, uuid7
from cuspide.core.money import ZERO
from cuspide.formats.pricing import ThirdParty
from cuspide.patients.models import Address

# Acts of the last days that somebody forgot at the desk, and of today that are not invoiced yet.
FORGOTTEN = 0.02
# Where third-party payment is not owed to the patient, this practice grants it to some.
GRANTED = 0.4
NOT_YET = 0.4
CANCELLED = 0.002
VOIDED = 0.003


@dataclass
class _Bill:
    """An invoice to be, with what was paid of it."""

    at: dt.datetime
    acts: list[Any]
    invoice: Invoice | None = None
    lines: list[InvoiceLine] = field(default_factory=list)
    receipts: list["_Taken"] = field(default_factory=list)
    cancelled: bool = False


@dataclass
class _Taken:
    """A receipt to be."""

    at: dt.datetime
    day: dt.date
    bill: _Bill
    parts: list[Part]
    void: bool = False


def build(context: DemoContext) -> None:
    """Write invoices and payments; `context.shared["invoices"]` holds the invoices, oldest first."""
    story = _Story(context)
    bills = story.bills()
    story.issue(bills)
    story.pay(bills)
    story.keep(bills)
    context.shared["invoices"] = [bill.invoice for bill in bills]


class _Story:
    def __init__(self, context: DemoContext) -> None:
        self.context = context
        self.chance = context.random("billing")
        self.today = context.today
        self.secretary = str(getattr(context.shared.get("users", {}).get("secretary"), "display_name", "Secretary"))
        homes = Address.objects.filter(use="home", ended_at__isnull=True)
        if patients := context.shared.get("patients"):
            homes = homes.filter(patient__lte=patients[-1].pk)
        self.addresses = {address.patient_id: address.lines for address in homes}
        self.issuers: dict[tuple[int, int | None], dict[str, Any]] = {}
        self.addressees: dict[int, dict[str, Any]] = {}
        self.invoiced: dict[tuple[int, int], int] = defaultdict(int)
        self.receipted: dict[tuple[int, int], int] = defaultdict(int)

    def bills(self) -> list[_Bill]:
        """One for each patient, day, practitioner and third-party payment; oldest first. Some wait, some are made
        twice because the first was cancelled."""
        groups: dict[tuple[Any, ...], _Bill] = {}
        lately = self.today - dt.timedelta(days=14)
        for act in self.context.shared.get("acts", ()):
            mode = act.coverage.get("third_party", "00")
            key = (act.patient_id, act.done_on, act.practitioner_id, act.site_id, mode)
            bill = groups.setdefault(key, _Bill(act.recorded_at, []))
            bill.acts.append(act)
            bill.at = max(bill.at, act.recorded_at)
        found = []
        for bill in groups.values():
            day = bill.acts[0].done_on
            if day > lately and self.chance.random() < (NOT_YET if day == self.today else FORGOTTEN):
                continue
            bill.at = min(bill.at + dt.timedelta(seconds=self.chance.randrange(60, 480)), self.context.now)
            found.append(bill)
            if self.chance.random() < CANCELLED and day < self.today:
                found.append(_Bill(bill.at + dt.timedelta(minutes=2), bill.acts))
                bill.cancelled = True
        return sorted(found, key=lambda bill: bill.at)

    def issue(self, bills: Sequence[_Bill]) -> None:
        """Number and freeze, in the order of time."""
        for bill in bills:
            first = bill.acts[0]
            bill.lines = [line_of(position, act) for position, act in enumerate(bill.acts, start=1)]
            shares = sum_of(line.shares for line in bill.lines)
            mode = self._mode(bill)
            day = clock.local(bill.at, first.site.time_zone).date()
            self.invoiced[first.entity_id, day.year] += 1
            cancelled = bill.cancelled
            bill.invoice = Invoice(
                uuid=uuid7(bill.at, self.chance),
                entity=first.entity,
                site=first.site,
                patient=first.patient,
                practitioner=first.practitioner,
                issued_at=bill.at,
                issued_on=day,
                year=day.year,
                number=self.invoiced[first.entity_id, day.year],
                issued_by=self.secretary,
                parties={
                    "issuer": self._issuer(first, with_practitioner=True),
                    "patient": self._addressee(first.patient),
                },
                third_party=mode.value,
                due=dues(shares, mode).patient,
                paid=ZERO,
                state=InvoiceState.CANCELLED if cancelled else InvoiceState.ISSUED,
                cancelled_at=bill.at + dt.timedelta(minutes=1) if cancelled else None,
                cancelled_by=first.practitioner.full_name if cancelled else "",
                cancel_reason="Tiers payant oublié" if cancelled else "",
                **columns_of(shares),
            )

    def pay(self, bills: Sequence[_Bill]) -> None:
        """What was paid of each, and when."""
        for bill in bills:
            invoice = bill.invoice
            if invoice is None or invoice.is_cancelled:
                continue
            for parts in ways(invoice.due, self.today - invoice.issued_on, self.chance):
                after = dt.timedelta(days=parts[0].after)
                at = bill.at + dt.timedelta(seconds=self.chance.randrange(30, 240)) + after
                at = min(at, self.context.now)
                if invoice.issued_on + after > self.today:
                    continue
                day = clock.local(at, invoice.site.time_zone).date()
                if self.chance.random() < VOIDED:
                    bill.receipts.append(_Taken(at, day, bill, parts, void=True))
                    at = min(at + dt.timedelta(minutes=3), self.context.now)
                bill.receipts.append(_Taken(at, day, bill, parts))
                invoice.paid += total_of(parts)

    def keep(self, bills: Sequence[_Bill]) -> None:
        """Write everything, many rows at a time."""
        bulk.insert([bill.invoice for bill in bills if bill.invoice])
        bulk.insert(list(_lines(bills)))
        taken = sorted((each for bill in bills for each in bill.receipts), key=lambda each: each.at)
        receipts = list(self._receipts(taken))
        bulk.insert(receipts)
        payments = list(self._payments(taken, receipts))
        bulk.insert(payments)
        owners = [each for each in taken for _part in each.parts]
        bulk.insert(
            [
                PaymentAllocation(payment=payment, invoice=each.bill.invoice, amount=payment.amount)
                for payment, each in zip(payments, owners, strict=True)
            ]
        )
        for counter, given in ((InvoiceCounter, self.invoiced), (ReceiptCounter, self.receipted)):
            bulk.insert(
                [counter(entity_id=entity, year=year, last=last) for (entity, year), last in sorted(given.items())]
            )

    def _mode(self, bill: _Bill) -> ThirdParty:
        """Third-party payment of an invoice: always for C2S and for prevention (justification 7), else for some."""
        cover = bill.acts[0].coverage
        mode = likely_third_party([act.coverage.get("third_party", "00") for act in bill.acts])
        owed = cover.get("c2s") or cover.get("justification") == "7"
        return mode if owed or self.chance.random() < GRANTED else ThirdParty.NONE

    def _receipts(self, taken: Sequence[_Taken]) -> Iterable[Receipt]:
        paid: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for each in taken:
            invoice = each.bill.invoice
            if invoice is None:
                raise RuntimeError("a receipt without its invoice")
            year = clock.local(each.at, invoice.site.time_zone).year
            self.receipted[invoice.entity_id, year] += 1
            amount = total_of(each.parts)
            rest = invoice.due - paid[invoice.pk] - amount
            if not each.void:
                paid[invoice.pk] += amount
            yield Receipt(
                uuid=uuid7(each.at, self.chance),
                entity=invoice.entity,
                site=invoice.site,
                payer=invoice.patient,
                received_on=each.day,
                year=year,
                number=self.receipted[invoice.entity_id, year],
                total=amount,
                taken_at=each.at,
                taken_by=self.secretary,
                content={
                    "issuer": self._issuer(invoice, with_practitioner=False),
                    "payer": self._addressee(invoice.patient),
                    "invoices": [
                        {
                            "number": invoice.number_text,
                            "issued_on": invoice.issued_on.isoformat(),
                            "paid": str(amount),
                            "rest": str(rest),
                        }
                    ],
                },
            )

    def _payments(self, taken: Sequence[_Taken], receipts: Sequence[Receipt]) -> Iterable[Payment]:
        for each, receipt in zip(taken, receipts, strict=True):
            for position, part in enumerate(each.parts, start=1):
                yield Payment(
                    uuid=uuid7(each.at, self.chance),
                    receipt=receipt,
                    position=position,
                    entity=receipt.entity,
                    site=receipt.site,
                    payer=receipt.payer,
                    means=part.means,
                    amount=part.amount,
                    received_on=receipt.received_on,
                    cheque_bank=part.bank,
                    cheque_number=part.cheque,
                    held_until=each.day + dt.timedelta(days=part.held_for) if part.held_for else None,
                    state=PaymentState.VOIDED if each.void else PaymentState.RECEIVED,
                    voided_at=each.at + dt.timedelta(minutes=2) if each.void else None,
                    voided_by=self.secretary if each.void else "",
                    void_reason="Saisi deux fois" if each.void else "",
                )

    def _issuer(self, source: Any, *, with_practitioner: bool) -> dict[str, Any]:
        key = (source.site_id, source.practitioner_id if with_practitioner else None)
        if key not in self.issuers:
            self.issuers[key] = issuer(source.entity, source.site, source.practitioner if with_practitioner else None)
        return self.issuers[key]

    def _addressee(self, patient: Any) -> dict[str, Any]:
        if patient.pk not in self.addressees:
            self.addressees[patient.pk] = addressee_at(patient, self.addresses.get(patient.pk, []))
        return self.addressees[patient.pk]


def _lines(bills: Sequence[_Bill]) -> Iterable[InvoiceLine]:
    for bill in bills:
        for line in bill.lines:
            line.invoice = bill.invoice  # type: ignore[assignment]
            line.standing = not bill.cancelled
            yield line
