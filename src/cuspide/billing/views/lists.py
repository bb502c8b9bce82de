"""Practice-wide lists: invoices of a month, payments of a day, what is unpaid."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cuspide.audit import trail
from cuspide.billing import permissions, selectors
from cuspide.billing.forms import asked_day, asked_month
from cuspide.billing.selectors.lists import MONTH_STATES, month_bounds
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients.models import Patient


def _trace(actor: Actor, name: str, patients: Iterable[Patient]) -> None:
    """Who was shown, once a page; nothing for an empty list."""
    shown = list(dict.fromkeys(str(patient.uuid) for patient in patients))
    if shown:
        trail.reading(actor, "billing.list", detail={"list": name, "patients": shown})


@require_safe
@access(permissions.VIEW)
def invoices(request: HttpRequest) -> HttpResponse:
    """Invoices of a month."""
    actor = actor_of(request)
    today = clock.today()
    typed = request.GET.get("month", "")
    month, wrong = asked_month(typed, today)
    state = request.GET.get("state", "")
    state = state if state in MONTH_STATES else ""
    shown = selectors.invoices_of_month(actor, permissions.VIEW, month, state, request.GET.get("page"))
    _trace(actor, "invoices", (invoice.patient for invoice in shown.page))
    first, last = month_bounds(month)
    context: dict[str, Any] = {
        "list": shown,
        "page": shown.page,
        "month": first,
        "typed": typed if wrong else first,
        "wrong": wrong,
        "state": state,
        "before": first - dt.timedelta(days=1),
        "after": last + dt.timedelta(days=1) if last < today else None,
    }
    return render(request, "billing/invoices.html", context)


@require_safe
@access(permissions.VIEW)
def unpaid(request: HttpRequest) -> HttpResponse:
    """What patients owe, the oldest first."""
    actor = actor_of(request)
    shown = selectors.unpaid_invoices(actor, permissions.VIEW, request.GET.get("page"))
    today = clock.today()
    rows = [(invoice, (today - invoice.issued_on).days) for invoice in shown.page]
    _trace(actor, "unpaid", (invoice.patient for invoice in shown.page))
    return render(
        request,
        "billing/unpaid.html",
        {"list": shown, "page": shown.page, "rows": rows, "may_take": actor.can(permissions.TAKE_PAYMENT)},
    )


@require_safe
@access(permissions.VIEW)
def payments(request: HttpRequest) -> HttpResponse:
    """Payments of a day and their sums by means: what the till, the terminal and the cheques must show."""
    actor = actor_of(request)
    today = clock.today()
    typed = request.GET.get("day", "")
    day, wrong = asked_day(typed, today)
    shown = selectors.payments_of_day(actor, permissions.VIEW, day, request.GET.get("page"))
    cheques = selectors.cheques_to_cash(actor, permissions.VIEW, day) if day == today else []
    _trace(actor, "payments", [*(payment.payer for payment in shown.page), *(each.payer for each in cheques)])
    context = {
        "day": day,
        "typed": typed if wrong else day,
        "wrong": wrong,
        "today": today,
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1) if day < today else None,
        "list": shown,
        "page": shown.page,
        "cheques": cheques,
    }
    return render(request, "billing/payments.html", context)
