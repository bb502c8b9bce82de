"""What the trace calls the things of this room, and how it reads what their entries keep."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.audit import naming
from cuspide.audit.naming import Detail
from cuspide.billing.models import Invoice, Means, Payment, Receipt, ThirdPartyMode
from cuspide.billing.permissions import VIEW
from cuspide.core.pages import typography

_LISTS = {
    "home": pgettext_lazy("list", "First page"),
    "search": pgettext_lazy("list", "Search"),
    "invoices": pgettext_lazy("list", "Invoices"),
    "unpaid": pgettext_lazy("list", "Unpaid invoices"),
    "payments": pgettext_lazy("list", "Payments of the day"),
}


def _invoices(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.number_text for one in Invoice.objects.filter(uuid__in=uuids)}


def _receipts(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.number_text for one in Receipt.objects.filter(uuid__in=uuids)}


def _payments(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    rows = Payment.objects.filter(uuid__in=uuids)
    return {one.uuid: f"{one.get_means_display()} {typography.euros(one.amount)}" for one in rows}


def _means(kept: Any) -> str | None:
    """`card`, or `card 48.00` as a receipt keeps it."""
    means, _space, amount = str(kept).partition(" ")
    label = dict(Means.choices).get(means)
    return None if label is None else f"{label} {typography.euros(amount)}".strip()


naming.namers.add(naming.Namer("billing.invoice", _("Invoice"), VIEW, _invoices, url_name="billing:invoice"))
naming.namers.add(naming.Namer("billing.receipt", _("Receipt"), VIEW, _receipts, url_name="billing:receipt"))
naming.namers.add(naming.Namer("billing.payment", _("Payment"), VIEW, _payments))
naming.describe(
    "billing",
    Detail("list", words=_LISTS.get),
    Detail("acts", kind="care.act"),
    Detail("third_party", words=dict(ThirdPartyMode.choices).get),
    Detail("means", words=_means),
    Detail("total", money=True),
    Detail("due", money=True),
    Detail("amount", money=True),
)
