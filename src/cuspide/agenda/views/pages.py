"""The agenda by day and by week, the waiting room, a patient's appointments, the day on paper."""

import calendar
import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cuspide.agenda import news, services
from cuspide.agenda.holidays import holiday
from cuspide.agenda.permissions import BOOK, VIEW
from cuspide.agenda.rules import FIRST_YEAR, LAST_YEAR
from cuspide.agenda.selectors import board as boards
from cuspide.agenda.selectors.appointments import history_of
from cuspide.agenda.selectors.recalls import due_recalls, recall_of
from cuspide.agenda.selectors.reception import reception as reception_of
from cuspide.agenda.views.shown import Shown, actor_of, around, is_fragment, now_time, read, site_of, trace, words
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.forms import DayField, asked
from cuspide.core.pages import typography
from cuspide.core.pages.addresses import address
from cuspide.core.rights import access
from cuspide.patients import reach
from cuspide.patients.selectors import patient_by_uuid

DAY = dt.timedelta(days=1)


@access(VIEW)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Today by chair."""
    return _page(request, read(actor_of(request), "day", None, request.GET))


@access(VIEW)
@require_GET
def day(request: HttpRequest, day: dt.date) -> HttpResponse:
    """A day by chair or practitioner."""
    return _page(request, read(actor_of(request), "day", day, request.GET))


@access(VIEW)
@require_GET
def this_week(request: HttpRequest) -> HttpResponse:
    """The week of today."""
    return _page(request, read(actor_of(request), "week", None, request.GET))


@access(VIEW)
@require_GET
def week(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The week of a day."""
    return _page(request, read(actor_of(request), "week", day, request.GET))


def _page(request: HttpRequest, shown: Shown, *, typed: str = "", wrong: str = "") -> HttpResponse:
    actor = actor_of(request)
    board = shown.board
    here = clock.today(shown.site.time_zone)
    # The day to go on from: the one shown, or today when it is in the week shown.
    anchor = here if board.kind == "week" and board.first_day <= here <= board.first_day + 6 * DAY else board.first_day
    stride = 7 * DAY if board.kind == "week" else DAY
    view = f"agenda:{board.kind}"
    trace(request, shown)
    return render(
        request,
        "agenda/agenda.html",
        {
            "board": board,
            "heading": _heading(board, here),
            "now_time": now_time(shown.site),
            "agenda_words": words(),
            "live_topics": news.topics(shown.site, [each.day for each in board.days]),
            **(_beside(actor, shown, anchor, here) if board.kind == "day" else {}),
            "may_book": actor.can(BOOK, shown.site.pk),
            "shown_query": shown.query,
            "here": here,
            "anchor": anchor,
            "typed": typed or anchor,
            "wrong": wrong,
            "first_day": dt.date(FIRST_YEAR, 1, 1),
            "last_day": dt.date(LAST_YEAR, 12, 31),
            "shows_today": board.first_day <= here <= board.last_day,
            "previous_url": _url(view, board.first_day - stride, shown.query),
            "next_url": _url(view, board.first_day + stride, shown.query),
            "today_url": address("agenda:today" if board.kind == "day" else "agenda:this_week") + shown.query,
        },
        status=422 if wrong else 200,
    )


def _beside(actor: Actor, shown: Shown, anchor: dt.date, here: dt.date) -> dict[str, Any]:
    """What stands beside a day: the waiting room and the month. A week needs the width."""
    first = anchor.replace(day=1)
    return {
        "reception": reception_of(actor, shown.site),
        "month": _month(anchor, here, shown.board, shown.query),
        "month_before": _url("agenda:day", first - DAY, shown.query) if first > dt.date(FIRST_YEAR, 1, 1) else "",
        "month_after": _url("agenda:day", (first + 32 * DAY).replace(day=1), shown.query),
    }


def _heading(board: boards.Board, here: dt.date) -> str:
    """ "Tuesday 24 November 2026", or the first and last day of the week."""
    if board.kind == "day":
        return typography.day_long(board.first_day)
    first, last = board.days[0].day, board.last_day
    number = first.isocalendar().week
    return _("Week %(number)d · %(days)s") % {
        "number": number,
        "days": typography.days_between(first, last, this_year=here.year),
    }


def _url(view: str, day: dt.date, query: str) -> str:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return ""
    return address(view, day) + query


def _month(anchor: dt.date, here: dt.date, board: boards.Board, query: str) -> list[list[dict[str, Any]]]:
    """The weeks of the month around `anchor`, each day with its address."""
    weeks = calendar.Calendar().monthdatescalendar(anchor.year, anchor.month)
    # One reverse for 42 days: only the date differs.
    pattern = address(f"agenda:{board.kind}", dt.date(2000, 1, 1))
    return [
        [
            {
                "day": each,
                "url": pattern.replace("2000-01-01", each.isoformat()) + query,
                "is_outside": each.month != anchor.month,
                "is_today": each == here,
                "is_shown": board.first_day <= each <= board.last_day,
                "holiday": holiday(each),
                "is_weekend": each.weekday() == 6,
            }
            for each in week
        ]
        for week in weeks
    ]


@access(VIEW)
@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """To the day or week that was typed. What is no day is shown again above the board of today, with a word on it."""
    typed = request.GET.get("day", "")[:200]
    kind = "week" if request.GET.get("kind") == "week" else "day"
    chosen, wrong = asked(DayField(), typed)
    if chosen is not None and not FIRST_YEAR <= chosen.year <= LAST_YEAR:
        wrong = _("This date is outside the agenda.")
    if wrong:
        return _page(request, read(actor_of(request), kind, None, request.GET), typed=typed, wrong=wrong)
    shown = read(actor_of(request), "day", chosen, request.GET)
    return redirect(address(f"agenda:{kind}", chosen) + shown.query)


@access(VIEW)
@require_GET
def printed(request: HttpRequest, day: dt.date) -> HttpResponse:
    """A day on paper: one list a chair, in the order of the day."""
    shown = read(actor_of(request), "day", day, request.GET)
    trail.reading(
        actor_of(request),
        "agenda.print",
        subject=shown.site,
        site_id=shown.site.pk,
        detail={"from": day.isoformat(), "to": day.isoformat()},
    )
    return render(request, "agenda/print.html", {"board": shown.board, "printed_at": clock.now()})


@access(VIEW)
@require_GET
def reception(request: HttpRequest) -> HttpResponse:
    """The waiting room: who waits and since when, who is late, who is in a chair."""
    actor = actor_of(request)
    site = site_of(actor, request.GET.get("site"))
    trail.reading(actor, "agenda.reception", subject=site, site_id=site.pk)
    template = "agenda/answers/reception.html" if is_fragment(request) else "agenda/reception.html"
    context = {
        "reception": reception_of(actor, site),
        "may_book": actor.can(BOOK, site.pk),
        "site": site,
        "agenda_words": words(),
        "live_topics": news.topics(site, [clock.today(site.time_zone)]),
    }
    return render(request, template, context)


@access(VIEW)
@require_GET
def as_it_stands(request: HttpRequest) -> HttpResponse:
    """The board and the waiting room of the page that a script asks from, drawn again: somebody else changed them."""
    if not is_fragment(request):
        return redirect("agenda:today")
    parts = around(request)
    if parts["board"] is None and parts["reception"] is None:
        return HttpResponse(status=204)
    if parts["board"] is None:
        actor = actor_of(request)
        site = site_of(actor, None)
        trail.reading(actor, "agenda.reception", subject=site, site_id=site.pk)
        parts["may_book"] = actor.can(BOOK, site.pk)
    return render(request, "agenda/answers/around.html", parts)


@access(VIEW)
@require_GET
def patient(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """The appointments of one patient: a tab of the record."""
    actor = actor_of(request)
    found = patient_by_uuid(actor, VIEW, uuid)
    trail.reading(actor, "agenda.patient", subject=found, patient_uuid=found.uuid)
    return render(
        request,
        "agenda/patient.html",
        {
            "patient": found,
            "history": history_of(actor, found),
            "recalls": due_recalls(found),
            "may_book": reach.may(actor, BOOK, found),
        },
    )


@access(BOOK)
@require_POST
def settle_recall(request: HttpRequest, uuid: uuid.UUID, recall: uuid.UUID) -> HttpResponse:
    """A recall is no longer due."""
    actor = actor_of(request)
    found = recall_of(patient_by_uuid(actor, BOOK, uuid), recall)
    if found is None:
        raise Http404
    services.settle_recall(actor, found)
    return redirect("agenda:patient", uuid=uuid)
