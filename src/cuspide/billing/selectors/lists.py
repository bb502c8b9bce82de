"""The practice-wide lists: invoices of a month, payments of a day, what is unpaid. Each has an index behind it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Sum

from cuspide.billing.models import Invoice, InvoiceState, Means, Payment, PaymentState
from cuspide.billing.rules import parse_number
from cuspide.billing.selectors.accounts import UNPAID, at_sites, received_at_sites, without_invoice
from cuspide.care.models import Act
from cuspide.core.actor import Actor
from cuspide.core.fields import MoneyField
from cuspide.core.money import ZERO
from cuspide.core.rights import Right

ON_PAGE = 50
MONTH_STATES = ("", "unpaid", "settled", "cancelled")


@dataclass(frozen=True)
class Sums:
    """Totals of invoices. Third-party parts are what AMO and AMC pay to the practice; nothing is due on invoices that
    no longer stand."""

    count: int = 0
    total: Decimal = ZERO
    due: Decimal = ZERO
    paid: Decimal = ZERO
    standing: bool = True

    @property
    def third_party(self) -> Decimal:
        return self.total - self.due

    @property
    def rest(self) -> Decimal:
        return self.due - self.paid if self.standing else ZERO


@dataclass(frozen=True)
class InvoiceList:
    page: "Page[Invoice]"
    sums: Sums


def _sums(rows: "QuerySet[Invoice]") -> Sums:
    found = rows.order_by().aggregate(
        count=Count("pk"),
        total=Sum("total", default=ZERO),
        due=Sum("due", default=ZERO),
        paid=Sum("paid", default=ZERO),
    )
    return Sums(found["count"], found["total"], found["due"], found["paid"])


def month_bounds(month: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the month that a day is in."""
    first = month.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return first, following - dt.timedelta(days=1)


def invoices_of_month(actor: Actor, right: Right, month: dt.date, state: str, page: Any) -> InvoiceList:
    """Invoices of a month, the newest first, and their sums. Three queries. `state` is one of MONTH_STATES."""
    first, last = month_bounds(month)
    rows = Invoice.objects.filter(at_sites(actor, right), issued_on__range=(first, last))
    if state == "unpaid":
        rows = rows.filter(UNPAID)
    elif state == "settled":
        rows = rows.filter(state=InvoiceState.ISSUED, paid=F("due"))
    elif state == "cancelled":
        rows = rows.filter(state=InvoiceState.CANCELLED)
    standing = state != "cancelled"
    sums = replace(_sums(rows.filter(state=InvoiceState.ISSUED) if standing else rows), standing=standing)
    shown = rows.select_related("patient", "practitioner").order_by("-issued_on", "-pk")
    return InvoiceList(Paginator(shown, ON_PAGE).get_page(page), sums)


_UNPAID_COLUMNS = (
    *("uuid", "year", "number", "issued_on", "state", "due", "paid", "practitioner__title"),
    *("practitioner__family_name", "patient__uuid", "patient__birth_name", "patient__used_name"),
    *("patient__first_birth_given_name", "patient__used_given_name"),
)


def unpaid_invoices(actor: Actor, right: Right, page: Any) -> InvoiceList:
    """What patients owe, the oldest first. Two queries."""
    rows = Invoice.objects.filter(UNPAID, at_sites(actor, right))
    sums = _sums(rows)
    shown = rows.select_related("patient", "practitioner").only(*_UNPAID_COLUMNS).order_by("issued_on", "pk")
    pages = Paginator(shown, ON_PAGE)
    pages.count = sums.count  # known already: it is not asked for a second time
    return InvoiceList(pages.get_page(page), sums)


@dataclass(frozen=True)
class MeansTotal:
    """What one means brought on a day; `held` of it are cheques that wait for their day."""

    means: Means
    count: int
    total: Decimal
    held: Decimal = ZERO


@dataclass(frozen=True)
class DayOfPayments:
    page: "Page[Payment]"
    by_means: Sequence[MeansTotal]
    voided: int

    @property
    def total(self) -> Decimal:
        return sum((each.total for each in self.by_means), ZERO)

    @property
    def count(self) -> int:
        return sum(each.count for each in self.by_means)


def payments_of_day(actor: Actor, right: Right, day: dt.date, page: Any) -> DayOfPayments:
    """What was received on a day, and its sum by means: the preview of the closing. Five queries."""
    rows = Payment.objects.filter(received_at_sites(actor, right, "payment_id"), received_on=day)
    summed = {
        row["means"]: row
        for row in rows.filter(state=PaymentState.RECEIVED)
        .order_by()
        .values("means")
        .annotate(
            count=Count("pk"),
            total=Sum("amount"),
            held=Sum("amount", filter=Q(held_until__gt=day), default=ZERO),
        )
    }
    by_means = [
        MeansTotal(means, row["count"], row["total"], row["held"]) if row else MeansTotal(means, 0, ZERO)
        for means in Means
        for row in [summed.get(means.value)]
    ]
    shown = rows.select_related("payer", "receipt").order_by("-receipt_id", "position")
    return DayOfPayments(
        Paginator(shown, ON_PAGE).get_page(page), by_means, rows.filter(state=PaymentState.VOIDED).count()
    )


def cheques_to_cash(actor: Actor, right: Right, until: dt.date, limit: int = 20) -> list[Payment]:
    """Held cheques whose day has come within the last month or comes until the given day. One query."""
    rows = Payment.objects.filter(
        received_at_sites(actor, right, "payment_id"),
        state=PaymentState.RECEIVED,
        means=Means.CHEQUE,
        held_until__range=(until - dt.timedelta(days=31), until),
    )
    return list(rows.select_related("payer", "receipt").order_by("held_until", "pk")[:limit])


@dataclass(frozen=True)
class ToInvoice:
    """Acts that were done lately and stand on no invoice: how many, their fees, and the patients they are of."""

    count: int
    total: Decimal
    patients: Sequence[Any]


def to_invoice(actor: Actor, right: Right, since: dt.date, limit: int = 6) -> ToInvoice:
    """Two queries. Older acts are found on the patients' accounts."""
    rows: QuerySet[Act] = without_invoice().filter(at_sites(actor, right), done_on__gte=since)
    sums = rows.order_by().aggregate(count=Count("pk"), total=Sum("fee", default=ZERO))
    patients = (
        rows.order_by()
        .values(
            "patient__uuid",
            "patient__birth_name",
            "patient__used_name",
            "patient__first_birth_given_name",
            "patient__used_given_name",
        )
        .annotate(fees=Sum("fee", output_field=MoneyField()), acts=Count("pk"))
        .order_by("-fees", "patient__uuid")[:limit]
    )
    shown = [
        {
            "uuid": row["patient__uuid"],
            "name": " ".join(
                part
                for part in (
                    row["patient__used_name"] or row["patient__birth_name"],
                    row["patient__used_given_name"] or row["patient__first_birth_given_name"],
                )
                if part
            ),
            "fees": row["fees"],
            "acts": row["acts"],
        }
        for row in patients
    ]
    return ToInvoice(sums["count"], sums["total"], shown)


def unpaid_since(actor: Actor, right: Right, day: dt.date, limit: int = 6) -> tuple[Sums, list[Invoice]]:
    """What was invoiced since a day and is not paid. Two queries."""
    rows = Invoice.objects.filter(UNPAID, at_sites(actor, right), issued_on__gte=day)
    return _sums(rows), list(rows.select_related("patient").order_by("-issued_on", "-pk")[:limit])


def find_by_number(actor: Actor, right: Right, text: str, limit: int) -> list[Invoice]:
    """Invoices whose number was typed: one for each legal entity at most. One query, none for another text."""
    found = parse_number(text)
    if found is None:
        return []
    year, number = found
    rows = Invoice.objects.filter(at_sites(actor, right), year=year, number=number)
    return list(rows.select_related("patient").order_by("entity_id")[:limit])
