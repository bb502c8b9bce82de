"""The pages on which the owner reads the trace, takes it out, anchors it on paper and sets for how long it is kept."""

import datetime as dt
import uuid as uuids
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuspide.audit import anchors, closing, export, gathering, naming, retention, selectors, telling, trail
from cuspide.audit.forms import KeepingForm
from cuspide.audit.permissions import EMPTY, EXPORT, VIEW
from cuspide.core import clock, pdf
from cuspide.core.errors import DomainError
from cuspide.core.forms import DayField
from cuspide.core.forms import asked as typed_day
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.downloads import pdf_response
from cuspide.core.rights import access
from cuspide.formats.dates import read_day
from cuspide.formats.errors import FormatError

FOUND = 8
LONGEST_TEXT = 200


@access(VIEW)
@require_safe
def trace(request: HttpRequest) -> HttpResponse:
    """The trace by period, person, patient, workstation, room or action. To have read it is itself traced."""
    actor = actor_of(request)
    gathering.settle(everything=True)
    offered = selectors.offered()
    asked = _filters(request, offered)
    page = selectors.entries(actor, asked)
    trail.reading(actor, "audit.trace", patient_uuid=asked.patient, detail={"shown": len(page.lines), **_traced(asked)})
    return render(
        request, "audit/trace.html", _page(request, asked, offered) | {"page": page, "older": _older(asked, page)}
    )


@access(VIEW)
@require_POST
def patients(request: HttpRequest) -> HttpResponse:
    """Choose the patient of the filter: the text is posted, and what is found leads to her uuid."""
    actor = actor_of(request)
    asked = _filters(request, selectors.offered())
    text = request.POST.get("text", "").replace("\0", "")[:LONGEST_TEXT].strip()
    namer = telling.namer_of_patients()
    may = namer is not None and namer.find is not None and (namer.right is None or actor.can(namer.right))
    found = namer.find(actor, text, FOUND) if may and namer is not None and namer.find is not None and text else []
    rest = {name: value for name, value in asked.query().items() if name != "patient" and request.POST.get(name)}
    hits = [{"choice": one, "url": f"?{urlencode({**rest, 'patient': one.uuid})}"} for one in found]
    context = {"text": text, "hits": hits}
    if request.headers.get("HX-Request") == "true":
        return render(request, "audit/found.html", context)
    return render(request, "audit/choose.html", context | {"query": urlencode(rest)})


@access(VIEW)
@require_safe
def entry(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """One entry with its detail."""
    actor = actor_of(request)
    found = selectors.one_entry(actor, uuid)
    if found is None:
        raise Http404
    line, row, detail, as_kept = found
    trail.reading(actor, "audit.trace", subject=row, patient_uuid=row.patient_uuid)
    context = {"line": line, "entry": row, "detail": detail, "as_kept": as_kept}
    return render(request, "audit/entry.html", context)


@access(EXPORT)
@require_safe
def take_out(request: HttpRequest, form: str) -> HttpResponseBase:
    """The lines asked for as a file, drawn as it leaves. Who took what out is traced before the first line."""
    actor = actor_of(request)
    gathering.settle(everything=True)
    asked = _filters(request, selectors.offered())
    trail.reading(actor, "audit.export", patient_uuid=asked.patient, detail={"format": form, **_traced(asked)})
    content = export.as_csv(actor, asked) if form == export.CSV else export.as_json_lines(asked)
    kind = "text/csv; charset=utf-8" if form == export.CSV else "application/jsonl; charset=utf-8"
    answer = StreamingHttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="journal-{clock.today().isoformat()}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@access(EXPORT)
@require_safe
def close_day(request: HttpRequest) -> HttpResponse:
    """The closing of the day on one page: the head of the chain as text and as a code, for the drawer."""
    actor = actor_of(request)
    gathering.settle(everything=True)
    trail.reading(actor, "audit.closing")
    try:
        content = closing.document(anchors.current())
    except (anchors.AnchorError, pdf.DocumentError) as refused:
        sentence = refused.sentence if isinstance(refused, anchors.AnchorError) else _("The page could not be set.")
        messages.error(request, sentence)
        return _see_other(address("audit:trace"))
    return pdf_response(content, f"cloture-{clock.today().isoformat()}.pdf")


@access(EMPTY)
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest) -> HttpResponse:
    """For how long details are kept, why, and how far retention is."""
    actor = actor_of(request)
    form = KeepingForm(request.POST or None, initial={"months": retention.months()})
    if request.method == "POST" and form.is_valid():
        try:
            retention.set_months(actor, form.cleaned_data["months"])
        except DomainError as refused:
            form.add_error("months", refused.sentence)
        else:
            messages.success(request, _("The time for which details are kept was set."))
            return _see_other(address("audit:keeping"))
    context = {"form": form, "state": retention.state(), "anchored": anchors.last_made()}
    return render(request, "audit/keeping.html", context, status=422 if form.is_bound else 200)


@access(EMPTY)
@require_POST
def steer(request: HttpRequest, deed: str) -> HttpResponse:
    """Begin, stop or resume the emptying of old details."""
    (retention.start if deed == "start" else retention.stop)(actor_of(request))
    return _see_other(address("audit:keeping"))


def _see_other(place: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(place)
    response.status_code = 303
    return response


def _page(request: HttpRequest, asked: selectors.Filters, offered: selectors.Offered) -> dict[str, Any]:
    """What the filters offer and hold."""
    wrong = {name: typed_day(DayField(required=False), request.GET.get(name, ""))[1] for name in ("from", "until")}
    if not any(wrong.values()) and asked.first and asked.last and asked.first > asked.last:
        wrong["until"] = _("The last day lies before the first.")
    one_day = asked.first if asked.first is not None and asked.first == asked.last else None
    # Today is only where one begins: whoever goes on to one patient sees all her days.
    unasked = {"patient"} if request.GET.get("from") or request.GET.get("until") else {"patient", "from", "until"}
    rest = {name: value for name, value in asked.query().items() if name not in unasked}
    namer = telling.namer_of_patients()
    named = telling.names(actor_of(request), namer.key, {asked.patient}) if namer and asked.patient else {}
    return {
        "asked": asked,
        "chosen": asked.query(),
        "rest": rest,
        "first": request.GET["from"] if wrong["from"] else asked.first,
        "last": request.GET["until"] if wrong["until"] else asked.last,
        "wrong_first": wrong["from"],
        "wrong_last": wrong["until"],
        "today": clock.today(),
        "one_day": one_day,
        "offered": offered,
        "rooms": selectors.actions(),
        "patient_name": named.get(asked.patient, ("", ""))[0] if asked.patient else "",
        "without_patient": urlencode(rest),
        "day_before": _day_query(asked, one_day, -1),
        "day_after": _day_query(asked, one_day, 1) if one_day and one_day < clock.today() else "",
        "query": urlencode(asked.query()),
    }


def _day_query(asked: selectors.Filters, day: dt.date | None, step: int) -> str:
    if day is None:
        return ""
    other = str(day + dt.timedelta(days=step))
    return urlencode({**asked.query(), "from": other, "until": other})


def _older(asked: selectors.Filters, page: selectors.TracePage) -> str:
    return "" if page.next_before is None else urlencode({**asked.query(), "before": page.next_before})


def _filters(request: HttpRequest, offered: selectors.Offered) -> selectors.Filters:
    """What the address asks for (or the form, of the hidden filters beside a search); what is malformed there is not
    asked for. Whoever asks for nothing is shown today."""
    given = request.POST if request.method == "POST" else request.GET
    first, last = _day(given.get("from", "")), _day(given.get("until", ""))
    person, patient = _uuid(given.get("person", "")), _uuid(given.get("patient", ""))
    place = given.get("place", "")
    if not (first or last or person or patient or place):
        first = last = clock.today()
    action = given.get("action", "")
    rooms = {code.split(".")[0] for code in naming.actions()}
    return selectors.Filters(
        first=first,
        last=last,
        person=offered.person(person) if person else None,
        patient=patient,
        place=offered.place(place[:16]) if place else None,
        room=action[:-1] if action.endswith(".") and action[:-1] in rooms else "",
        action=action if action in naming.actions() else "",
        before=_uuid(given.get("before", "")),
    )


def _traced(asked: selectors.Filters) -> dict[str, Any]:
    """The filter as the trace keeps it: the patient has a column of her own, a workstation is told by its name."""
    said = {**asked.query(), "place": asked.place.name if asked.place else ""}
    names = {"until": "to"}
    return {names.get(name, name): value for name, value in said.items() if name != "patient" and value}


def _uuid(text: str) -> uuids.UUID | None:
    try:
        return uuids.UUID(text)
    except ValueError:
        return None


def _day(text: str) -> dt.date | None:
    try:
        day = read_day(text)
    except FormatError:
        return None
    return day if dt.date(2000, 1, 1) <= day <= dt.date(2200, 1, 1) else None
