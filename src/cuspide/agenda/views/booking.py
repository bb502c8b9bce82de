"""Booking: choose a patient, a type, a place; and blocking time."""

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.agenda import services
from cuspide.agenda.conflicts import Warned, Warning
from cuspide.agenda.forms import BookingForm, uuid_or_none
from cuspide.agenda.hours import of_day, week
from cuspide.agenda.models import Appointment
from cuspide.agenda.permissions import BOOK
from cuspide.agenda.rules import FIRST_YEAR, LAST_YEAR
from cuspide.agenda.selectors.appointments import companion, types
from cuspide.agenda.views.shown import actor_of, answer, is_fragment, patient_page, site_of
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.pages import typography
from cuspide.core.pages.addresses import address
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.formats.dates import read_day, read_hour
from cuspide.formats.errors import FormatError
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.patients.permissions import VIEW_IDENTITY
from cuspide.patients.selectors import find_patients, patient_by_uuid
from cuspide.patients.traces import trace_found, trace_opened
from cuspide.practice.models import Site

FOUND = 8
SOON_DAYS = 15


@access(BOOK)
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """Book an appointment, or block time."""
    actor = actor_of(request)
    site = site_of(actor, request.POST.get("site") or request.GET.get("site"))
    if request.method == "GET":
        initial = _initial(request.GET, site, actor)
        return _form(
            request,
            site,
            BookingForm(initial=initial, site=site, whom=actor.practitioners_of(BOOK)),
            _patient(actor, request.GET.get("patient")),
        )
    form = BookingForm(request.POST, site=site, whom=actor.practitioners_of(BOOK))
    patient = _patient(actor, request.POST.get("patient"))
    if form.is_valid():
        wish = form.cleaned_data
        try:
            made = services.book(
                actor,
                chair=wish["chair"],
                starts_at=wish["starts_at"],
                minutes=wish["minutes"],
                patient=None if wish["block"] else patient,
                practitioner=wish["practitioner"],
                type=wish["type"],
                note=wish["note"],
                confirmed=form.confirmed,
                submission=key_in(request.POST),
            )
        except Warned as warned:
            return _form(request, site, form, patient, warnings=warned.warnings)
        except DomainError as refused:
            form.refuse(refused)
        else:
            return answer(request, made, said_where(made, _("Booked")))
    return _form(request, site, form, patient)


@access(BOOK)
@require_GET
def book_for(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """Book for the patient whose record is open."""
    patient_by_uuid(actor_of(request), BOOK, uuid)
    return redirect(f"{address('agenda:book')}?patient={uuid}")


@access(BOOK)
@require_POST
def find_patient(request: HttpRequest) -> HttpResponse:
    """Patients for a booking, by name or birth date. The text is posted, so that no name stands in an address."""
    actor = actor_of(request)
    text = request.POST.get("patient_text", "")[:200]
    found = find_patients(actor, text, FOUND) if text.strip() else []
    trace_found(actor, [each.patient for each in found])
    if is_fragment(request):
        return render(request, "agenda/answers/patients.html", {"found": found, "text": text})
    site = site_of(actor, request.POST.get("site"))
    form = BookingForm(initial=request.POST.dict(), site=site, whom=actor.practitioners_of(BOOK))
    return _form(request, site, form, None, found=found, text=text)


def _form(
    request: HttpRequest,
    site: Site,
    form: BookingForm,
    patient: Patient | None,
    *,
    warnings: list[Warning] | None = None,
    found: Any = None,
    text: str = "",
) -> HttpResponse:
    if patient is not None:
        trace_opened(actor_of(request), patient, "book")
    template = "agenda/answers/booking.html" if is_fragment(request) else "agenda/booking.html"
    chosen = str(form["type"].value() or "")
    is_block = str(form["block"].value() or "") not in ("", "False")
    return render(
        request,
        template,
        {
            "form": form,
            "site": site,
            "patient": patient,
            "types": [(one, str(one.uuid) == chosen) for one in types()],
            "warnings": warnings or [],
            "found": found,
            "text": text,
            "is_block": is_block,
            "new_patient_url": _with_place(patient_page("create"), form, then="agenda.book"),
            "block_url": _with_place(address("agenda:book"), form, block="1"),
        },
        status=409 if warnings else 422 if form.is_bound and form.errors else 200,
    )


def _with_place(place: str, form: BookingForm, **more: str) -> str:
    """An address that takes along the type, the day, the hour and the place of a booking; "" stays ""."""
    names = [name for name in ("type", "day", "time", "chair", "practitioner") if name not in form.errors]
    kept = {name: str(form[name].value() or "") for name in names}
    return place and f"{place}?{urlencode({**more, **{name: text for name, text in kept.items() if text}})}"


def _patient(actor: Actor, text: str | None) -> Patient | None:
    """The patient named, when the actor may find her; somebody out of reach is as unknown as nobody."""
    name = uuid_or_none(text)
    return Patient.objects.filter(reach.within(actor, VIEW_IDENTITY), uuid=name).first() if name else None


def _initial(given: QueryDict, site: Site, actor: Actor) -> dict[str, Any]:
    """What an address proposes: a chair or practitioner, a day, a time. BadRequest for what is none of these."""
    try:
        day = read_day(str(given["day"])) if given.get("day") else None
        time = read_hour(str(given["time"])) if given.get("time") else None
    except FormatError as error:
        raise BadRequest("day") from error
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadRequest("day")
    for name in ("chair", "practitioner", "patient", "type"):
        if given.get(name) and uuid_or_none(str(given[name])) is None:
            raise BadRequest(name)
    now = clock.local(clock.now(), site.time_zone)
    if time is None:
        day, time = _likely(site, day, now)
    day = day or now.date()
    chair, practitioner = companion(
        site, day, time, uuid_or_none(given.get("chair")), uuid_or_none(given.get("practitioner")), actor
    )
    offered = types()
    # The first of the list is what the form shows chosen: its duration goes with it.
    chosen = next((each for each in offered if str(each.uuid) == given.get("type")), offered[0] if offered else None)
    return {
        "patient": given.get("patient") or None,
        "type": chosen.uuid if chosen else None,
        "minutes": chosen.minutes if chosen else 30,
        "day": day,
        "time": time,
        "chair": chair.uuid if chair else None,
        "practitioner": practitioner.uuid if practitioner else None,
        "block": given.get("block") == "1",
    }


def _likely(site: Site, asked: dt.date | None, now: dt.datetime) -> tuple[dt.date, dt.time]:
    """When a visit may begin: on the day that is asked for, or on the first that is not over, while the site is open;
    today, no earlier than the next quarter of an hour. One query."""
    hours, today = week(site), now.date()
    quarter = min(-(-(now.hour * 60 + now.minute) // 15) * 15, 23 * 60 + 45)
    for day in [asked] if asked else [today + dt.timedelta(days=number) for number in range(SOON_DAYS)]:
        earliest = quarter if day == today else 0
        for opens, closes in of_day(hours, day):
            if earliest < closes:
                return day, _time(max(opens, earliest))
    return asked or today, _time(quarter if asked in {None, today} else 9 * 60)


def _time(minute: int) -> dt.time:
    return dt.time(minute // 60, minute % 60)


def said_where(appointment: Appointment, verb: str) -> str:
    """ "Booked: Tuesday 24 November, 10:30, Chair 1." """
    wall = clock.local(appointment.starts_at, appointment.site.time_zone)
    return _("%(verb)s: %(day)s at %(time)s, %(chair)s.") % {
        "verb": verb,
        "day": typography.day_of_year(wall.date()),
        "time": f"{wall:%H:%M}",
        "chair": appointment.chair.name,
    }
