"""Which board a page shows, read from its address; and the answer to a gesture made on it.

With scripts, a gesture answers with the panel and, out of band, the board and the reception as they now stand. Without,
it redirects to the page of the day.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils.translation import gettext as _

from cuspide.agenda.forms import uuid_or_none
from cuspide.agenda.models import Appointment
from cuspide.agenda.permissions import BOOK, VIEW
from cuspide.agenda.rules import ACTION_LABELS, Action, State
from cuspide.agenda.selectors import board as boards
from cuspide.agenda.selectors import reception as desk
from cuspide.agenda.selectors.appointments import by_uuid
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db.prepared import prepared
from cuspide.core.pages.addresses import address
from cuspide.core.rights import Right
from cuspide.patients import permissions as patient_rights
from cuspide.patients import reach
from cuspide.practice.models import Site

KINDS = {"today": "day", "day": "day", "this_week": "week", "week": "week"}
TONES = {
    State.CONFIRMED: "sound",
    State.ARRIVED: "watch",
    State.IN_CHAIR: "info",
    State.FINISHED: "sound",
    State.MISSED: "danger",
}


@dataclass(frozen=True)
class Shown:
    """A board as an address asks for it."""

    site: Site
    board: boards.Board
    query: str


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    return request.actor  # type: ignore[attr-defined]


def is_fragment(request: HttpRequest) -> bool:
    """Whether a script asks for a part of the page. A dialog takes the whole page and cuts it itself."""
    return "HX-Request" in request.headers and "X-Dialog" not in request.headers


def site_of(actor: Actor, asked: str | None) -> Site:
    """The asked site, or the first whose agenda the actor may see. 404 when there is none."""
    name = uuid_or_none(asked) if asked else None
    if asked and name is None:
        raise BadRequest("site")
    for site in _sites():
        if actor.can(VIEW, site.pk) and name in (None, site.uuid):
            return site
    raise Http404


@prepared
def _sites() -> QuerySet[Site]:
    return Site.objects.all()


def read(actor: Actor, kind: str, day: Any, given: QueryDict) -> Shown:
    """The board that an address asks for. BadRequest for words that no page of ours writes."""
    site = site_of(actor, given.get("site"))
    by = given.get("by") or boards.BY_CHAIR
    only = given.get("only") or ""
    if by not in boards.AXES or (only and uuid_or_none(only) is None):
        raise BadRequest("columns")
    kept = QueryDict(mutable=True)
    for name in ("site", "by", "only", "cancelled"):
        if given.get(name):
            kept[name] = str(given[name])[:40]
    return Shown(
        site=site,
        board=boards.board(
            actor,
            site,
            day or clock.today(site.time_zone),
            kind=kind,
            by=by,
            only=uuid_or_none(only),
            with_cancelled=given.get("cancelled") == "1",
        ),
        query=f"?{kept.urlencode()}" if kept else "",
    )


def behind(request: HttpRequest) -> tuple[str, Shown | None]:
    """The page from which a script asks (`home`, `day`, `week`, `reception` or "") and the board it shows."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:  # no browser writes it: the page of today is as good as any
        page = urlsplit("")
    actor = actor_of(request)
    try:
        if page.path == address("core:home"):
            return "home", read(actor, "day", None, QueryDict())
        found = resolve(page.path)
        if found.namespace != "agenda":
            return "", None
        if found.url_name in KINDS:
            kind = KINDS[found.url_name]
            return kind, read(actor, kind, found.kwargs.get("day"), QueryDict(page.query))
        return ("reception" if found.url_name == "reception" else ""), None
    except (Resolver404, Http404, BadRequest, ValueError):
        return "", None


def trace(request: HttpRequest, shown: Shown) -> None:
    """Note that the board was read: which days of which site, not each name on it."""
    trail.reading(
        actor_of(request),
        f"agenda.{shown.board.kind}",
        subject=shown.site,
        site_id=shown.site.pk,
        detail={"from": shown.board.first_day.isoformat(), "to": shown.board.last_day.isoformat()},
    )


def trace_one(request: HttpRequest, appointment: Appointment) -> None:
    """Note that one appointment was read."""
    trail.reading(
        actor_of(request),
        "agenda.appointment",
        subject=appointment,
        patient_uuid=appointment.patient.uuid if appointment.patient else None,
        site_id=appointment.site_id,
    )


def details(request: HttpRequest, appointment: Appointment, **more: Any) -> dict[str, Any]:
    """What the panel of an appointment says."""
    actor = actor_of(request)
    zone = appointment.site.time_zone
    flags = desk.flags_of(actor, [appointment.patient_id]) if appointment.patient_id else {}
    return {
        "appointment": appointment,
        "begins": clock.local(appointment.starts_at, zone),
        "ends": clock.local(appointment.ends_at, zone),
        "arrived": appointment.arrived_at and clock.local(appointment.arrived_at, zone),
        "seated": appointment.seated_at and clock.local(appointment.seated_at, zone),
        "finished": appointment.finished_at and clock.local(appointment.finished_at, zone),
        "may_book": sees(actor, BOOK, appointment),
        "steps": [
            {"action": action.value, "label": ACTION_LABELS[action]}
            for action in appointment.actions
            if action != Action.UNDO and _is_due(appointment, action)
        ],
        "can_undo": Action.UNDO in appointment.actions,
        "can_move": not appointment.frees_chair and appointment.state != "finished",
        "can_cancel": appointment.state in ("booked", "confirmed", "arrived"),
        "flags": flags.get(appointment.patient_id or 0, []),
        "tone": TONES.get(appointment.standing, ""),
        "record_url": patient_page("record", appointment.patient.uuid) if appointment.patient else "",
        "can_read_patient": appointment.patient is not None
        and reach.may(actor, patient_rights.VIEW, appointment.patient),
        "day_url": day_url(appointment),
        **more,
    }


def patient_page(name: str, *args: Any) -> str:
    """A page of the patients' room; "" where it has none."""
    try:
        return address(f"patients:{name}", *args)
    except NoReverseMatch:
        return ""


def _is_due(appointment: Appointment, action: Action) -> bool:
    """Whether a step makes sense now: nobody arrives for next week, nobody has missed what has not begun."""
    zone = appointment.site.time_zone
    if action == Action.CONFIRM:
        return appointment.starts_at > clock.now()
    if action == Action.MISS:
        return appointment.starts_at <= clock.now()
    return clock.local(appointment.starts_at, zone).date() <= clock.today(zone)


def answer(request: HttpRequest, appointment: Appointment, message: str, **more: Any) -> HttpResponse:
    """After a gesture that succeeded."""
    if not is_fragment(request):
        messages.success(request, message)
        return redirect(day_url(appointment))
    trace_one(request, appointment)
    context = details(request, appointment, message=message, **more) | around(request)
    return render(request, "agenda/answers/appointment.html", context)


def around(request: HttpRequest) -> dict[str, Any]:
    """What the page shows beside the panel, sent out of band as it now stands; only what the page has."""
    page, shown = behind(request)
    actor = actor_of(request)
    if shown is None:
        reception = desk.reception(actor, site_of(actor, None)) if page == "reception" else None
        return {"board": None, "reception": reception}
    trace(request, shown)
    return {
        "board": shown.board,
        "reception": desk.reception(actor, shown.site) if page in {"home", "day"} else None,
        # Beside the heading of the agenda's own day alone stands how many wait.
        "counted": page == "day",
        "may_book": actor.can(BOOK, shown.site.pk),
        "shown_query": shown.query,
        "now_time": now_time(shown.site),
    }


def now_time(site: Site) -> str:
    """The hour on the wall, for the line of now."""
    return f"{clock.local(clock.now(), site.time_zone):%H:%M}"


def words() -> str:
    """What the scripts of the agenda say, in the reader's language, as JSON."""
    return json.dumps(
        {
            "agenda-free": _("Free at {time}, {column}, {day}. Enter books."),
            "agenda-lifted": _("Moving: arrows choose the place, Enter puts down, Escape leaves it."),
            "agenda-place": _("{time}, {column}, {day}"),
            "agenda-left": _("Left where it was."),
            "agenda-length": _("{minutes} minutes"),
        },
        ensure_ascii=False,
    )


def day_url(appointment: Appointment) -> str:
    """The day page of an appointment, at its place."""
    day = clock.local(appointment.starts_at, appointment.site.time_zone).date()
    return f"{address('agenda:day', day)}#rdv-{appointment.uuid}"


def find(request: HttpRequest, name: uuid.UUID) -> Appointment:
    """The appointment of an address, when the actor may see it; else 404."""
    try:
        found = by_uuid(name)
    except Appointment.DoesNotExist as error:
        raise Http404 from error
    if not sees(actor_of(request), VIEW, found):
        raise Http404
    return found


def sees(actor: Actor, right: Right, appointment: Appointment) -> bool:
    """Whether the right reaches this appointment: its site, its practitioner or its patient."""
    patient = appointment.patient.uuid if appointment.patient else None
    return actor.can_on(right, site=appointment.site_id, practitioner=appointment.practitioner_id, patient=patient)
