"""Acts of a patient with their totals, favourites, and what is planned for today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, Sum

from cuspide.care import locks
from cuspide.care.models import Act, ActState, FavouriteAct
from cuspide.care.permissions import COMPLETE
from cuspide.core.actor import Actor
from cuspide.core.reach import within
from cuspide.patients.models import Patient

ACTS_A_PAGE = 50
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Totals:
    """Sums of acts, in euros: the three shares add up to the fee."""

    count: int = 0
    fee: Decimal = _ZERO
    amo: Decimal = _ZERO
    amc: Decimal = _ZERO
    patient: Decimal = _ZERO


@dataclass(frozen=True)
class ActsSheet:
    """A page of acts, latest first, with the totals of all that are planned and all that are done, and what holds
    some of them (invoice numbers, by primary key)."""

    page: Page[Act]
    planned: Totals
    done: Totals
    held: Mapping[int, Any]


def totals_of(acts: Iterable[Act]) -> Totals:
    """The sums of some acts."""
    rows = list(acts)
    return Totals(
        len(rows),
        sum((act.fee for act in rows), _ZERO),
        sum((act.amo_share for act in rows), _ZERO),
        sum((act.amc_share for act in rows), _ZERO),
        sum((act.patient_share for act in rows), _ZERO),
    )


def acts_sheet(patient: Patient, state: str = "", number: int = 1) -> ActsSheet:
    """The patient's acts: planned first, then the rest by day, 50 a page. Three queries and one for each lock.

    `state` narrows to `planned`, `done` or `void`; without it the voided ones are left out.
    """
    of_patient = Act.objects.filter(patient=patient)
    rows = of_patient.select_related("practitioner", "finding")
    rows = rows.filter(state=state) if state in ActState.values else rows.exclude(state=ActState.VOID)
    sums = {
        row["state"]: row
        for row in of_patient.order_by()
        .values("state")
        .annotate(
            count=Count("pk"),
            fee=Sum("fee"),
            amo=Sum("amo_share"),
            amc=Sum("amc_share"),
            patient_part=Sum("patient_share"),
        )
    }
    paginator = _Counted(rows.order_by("-state", "-done_on", "-planned_on", "-pk"), ACTS_A_PAGE, _counted(sums, state))
    page = paginator.get_page(number)
    return ActsSheet(
        page=page,
        planned=_totals(sums.get(ActState.PLANNED)),
        done=_totals(sums.get(ActState.DONE)),
        held=locks.held(act.pk for act in page.object_list),
    )


class _Counted(Paginator[Act]):
    """A paginator that was told how many rows there are: the totals have counted them already."""

    def __init__(self, rows: Any, per_page: int, number_of_rows: int) -> None:
        super().__init__(rows, per_page)
        self.__dict__["count"] = number_of_rows


def _counted(sums: Mapping[str, Mapping[str, Any]], state: str) -> int:
    wanted = [state] if state in ActState.values else [ActState.PLANNED, ActState.DONE]
    return sum(sums[each]["count"] for each in wanted if each in sums)


def _totals(row: Mapping[str, Any] | None) -> Totals:
    if row is None:
        return Totals()
    return Totals(row["count"], row["fee"], row["amo"], row["amc"], row["patient_part"])


def current_acts(patient: Patient, day: dt.date) -> list[Act]:
    """What is planned, and what was done on the day: what the chart shows beside the mouth. One query."""
    rows = Act.objects.filter(patient=patient).select_related("practitioner")
    wanted = Q(state=ActState.PLANNED) | Q(state=ActState.DONE, done_on=day)
    return list(rows.filter(wanted).order_by("-state", "planned_on", "pk")[:ACTS_A_PAGE])


def acts_to_complete(actor: Actor, day: dt.date, practitioner_id: int | None = None, limit: int = 8) -> Sequence[Act]:
    """Planned acts that the actor may complete, latest first: of one practitioner when she is named. One query."""
    rows = Act.objects.filter(state=ActState.PLANNED, planned_on__lte=day).select_related("patient", "practitioner")
    rows = rows.filter(within(actor, COMPLETE))
    if practitioner_id is not None:
        rows = rows.filter(practitioner_id=practitioner_id)
    return list(rows.order_by("-planned_on", "-pk")[:limit])


def favourites_of(user_id: int | None) -> list[FavouriteAct]:
    """The codes somebody keeps at hand. One query."""
    return [] if user_id is None else list(FavouriteAct.objects.filter(user_id=user_id)[:40])
