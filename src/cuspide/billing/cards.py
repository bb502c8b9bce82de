"""What other pages show of billing: banner, summary, first page, reception, search."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cuspide.audit import trail
from cuspide.billing import permissions, selectors
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages.addresses import address
from cuspide.core.pages.read_once import once_a_page
from cuspide.core.pages.typography import euros
from cuspide.core.registry import BannerItem, SearchHit
from cuspide.patients.models import Patient
from cuspide.patients.traces import trace_found

# How far back "not invoiced yet" is looked for at the desk; the patients' accounts show all of it.
LATELY = dt.timedelta(days=30)
_balance_of = once_a_page(selectors.balance_of)


def balance(actor: Actor, patient: Patient) -> Sequence[BannerItem]:
    """What the banner says of money. One query."""
    due = _balance_of(actor, patient).due
    return [
        BannerItem(
            label=_("Still due"),
            value=euros(due),
            tone="watch" if due else "plain",
            url=address("billing:account", patient.uuid),
        )
    ]


def summary(actor: Actor, patient: Patient) -> Mapping[str, Any]:
    """The record's card. Three queries."""
    return {
        "balance": _balance_of(actor, patient),
        "unbilled": selectors.unbilled_total(actor, patient),
        "invoices": selectors.newest_invoices(actor, patient),
        "edit_url": address("billing:account", patient.uuid),
        "edit_label": _("Open the account"),
    }


def home(actor: Actor, _request: Any) -> Mapping[str, Any]:
    """What is done and not invoiced, what was invoiced today and not paid. Four queries."""
    today = clock.today()
    waiting = selectors.to_invoice(actor, permissions.VIEW, today - LATELY)
    sums, unpaid = selectors.unpaid_since(actor, permissions.VIEW, today)
    shown = [str(each["uuid"]) for each in waiting.patients] + [str(each.patient.uuid) for each in unpaid]
    if shown:
        trail.reading(actor, "billing.list", detail={"list": "home", "patients": sorted(set(shown))})
    return {
        "to_invoice": waiting,
        "sums": sums,
        "unpaid": unpaid,
        "may_issue": actor.can(permissions.ISSUE),
        "may_take": actor.can(permissions.TAKE_PAYMENT),
    }


def reception(actor: Actor, patient_ids: Sequence[int]) -> Mapping[int, Sequence[BannerItem]]:
    """Who owes, and whose care of late is not invoiced. Two queries, whatever their number."""
    flags: dict[int, list[BannerItem]] = {}
    for key, owed in selectors.balances_of(actor, patient_ids).items():
        flags.setdefault(key, []).append(
            BannerItem(_("Owes %(amount)s") % {"amount": euros(owed.due)}, euros(owed.due), "watch")
        )
    for key, fees in selectors.unbilled_totals(actor, patient_ids, clock.today() - LATELY).items():
        flags.setdefault(key, []).append(
            BannerItem(_("To invoice: %(amount)s") % {"amount": euros(fees)}, euros(fees), "info")
        )
    return flags


def find(actor: Actor, text: str, limit: int) -> Sequence[SearchHit]:
    """An invoice by its number."""
    found = selectors.find_by_number(actor, permissions.VIEW, text, limit)
    trace_found(actor, [each.patient for each in found])
    return [
        SearchHit(
            title=_("Invoice %(number)s") % {"number": invoice.number_text},
            subtitle=f"{invoice.patient.display_name} · {euros(invoice.total)}",
            url=address("billing:invoice", invoice.uuid),
            icon="receipt-text",
        )
        for invoice in found
    ]
