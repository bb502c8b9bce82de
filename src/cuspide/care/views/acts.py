"""The acts of a patient: listed with their shares, looked up, added, completed, changed, voided."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.audit import trail
from cuspide.care import locks, permissions, pricing, services
from cuspide.care.board import Asked
from cuspide.care.models import Act, ActState, Finding
from cuspide.care.odontogram.state import SURFACE_KINDS
from cuspide.care.places import site_of, treaters, treating
from cuspide.care.rules import Selected, drawn_by, parse_selection, takes_teeth
from cuspide.care.selectors.acts import acts_sheet, favourites_of
from cuspide.care.selectors.earlier import earlier_acts, earlier_count
from cuspide.care.views import chart as chart_views
from cuspide.care.views.common import (
    CONFLICT,
    REFUSED,
    answered,
    is_partial,
    patient_of,
    record_page,
    said_in,
    see_other,
    sentences,
    typed_day,
)
from cuspide.core import clock
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from cuspide.core.forms import EurosField
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.core.submissions import key_in, once
from cuspide.formats.errors import FormatError
from cuspide.nomenclature import selectors as nomenclature
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.practice.models import Practitioner

_FOUND = 10


def _sheet_context(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    actor = actor_of(request)
    state, page = request.GET.get("state", ""), _count(request.GET.get("page", "1")) or 1
    sheet = acts_sheet(patient, state, page)
    before = state == "earlier"
    return {
        "earlier_count": earlier_count(patient),
        "earlier": earlier_acts(patient, page) if before else (),
        "sheet": sheet,
        "rows": [(act, sheet.held.get(act.pk)) for act in sheet.page.object_list],
        "state": state if before or state in ActState.values else "",
        "may_plan": reach.may(actor, permissions.PLAN, patient),
        "may_complete": reach.may(actor, permissions.COMPLETE, patient),
        "at": "",
    }


def _sheet(
    request: HttpRequest,
    patient: Patient,
    told: list[str] | None = None,
    status: int = 200,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    context = {**_sheet_context(request, patient), "patient": patient, "told": told or [], **(more or {})}
    trail.reading(actor_of(request), "care.acts", subject=patient, patient_uuid=patient.uuid)
    if is_partial(request):
        shown = request if status >= CONFLICT else answered(request)
        return render(shown, "care/acts/sheet.html", context, status=status)
    return record_page(request, patient, "care/acts/page.html", context, status)


@access(permissions.VIEW)
@require_GET
def acts(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """All acts of a patient with the three shares and their totals."""
    return _sheet(request, patient_of(request, permissions.VIEW, uuid))


@access(permissions.PLAN)
@require_POST
def search(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Acts by code or words, each with its price for this patient; without words, the favourites."""
    patient, actor = patient_of(request, permissions.PLAN, uuid), actor_of(request)
    text, asked, today = request.POST.get("text", "")[:120], Asked.read(request.POST), clock.today()
    practitioner = treating(actor)
    favourites = [favourite.code for favourite in favourites_of(actor.user_id)]
    if text.strip():
        found = nomenclature.search_acts(text, today, _FOUND, favourites)
    else:
        known = {act.code: act for act in nomenclature.acts_at(today).filter(code__in=favourites)}
        found = [known[code] for code in favourites if code in known][:_FOUND]
    prices = pricing.prices(patient, practitioner.entity, found, today) if practitioner else []
    origin = "chart" if request.POST.get("from") == "chart" else "acts"
    context = {
        "patient": patient,
        "prices": [(price, price.code in favourites) for price in prices],
        "text": text,
        "at": " ".join(str(each) for each in asked.selection),
        "from": origin,
        "target": "#chart" if origin == "chart" else "#acts",
        "may_complete": reach.may(actor, permissions.COMPLETE, patient),
    }
    if is_partial(request):
        return render(answered(request), "care/acts/found.html", context)
    return _sheet(request, patient, more=context)


@access(permissions.PLAN)
@require_POST
def add(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Plan an act, or record it as done today or on a day given."""
    patient, given = patient_of(request, permissions.PLAN, uuid), request.POST
    from_chart = given.get("from") == "chart"
    asked = Asked.read(given)
    try:
        once(
            key_in(request.POST),
            "care.act",
            lambda: _add(request, patient),
            Act,
            actor=actor_of(request),
            said=said_in(request, patient),
        )
    except DomainError as error:
        if from_chart:
            return chart_views.show(request, patient, asked, told=sentences(error), status=REFUSED)
        return _sheet(request, patient, sentences(error), REFUSED, {"text": given.get("code", "")})
    except FormatError as error:
        told = [chart_views.line_error(error)]
        if from_chart:
            return chart_views.show(request, patient, asked, told=told, status=REFUSED)
        return _sheet(request, patient, told, REFUSED, {"text": given.get("code", "")})
    # The faces have been treated: what is proposed next is for the whole tooth.
    asked = replace(asked, selection=tuple(Selected(each.tooth) for each in asked.selection))
    if from_chart and is_partial(request):
        return chart_views.show(request, patient, asked, focus=_focus(given.get("by", ""), asked))
    if is_partial(request):
        return _sheet(request, patient, more={"focus": "act-search"})
    if from_chart:
        return see_other(chart_views.board_address(patient, asked))
    return see_other(address("care:acts", patient.uuid))


def _focus(by: str, asked: Asked) -> str:
    """Where one goes on: in the search box, or on the tooth."""
    return "act-search" if by == "search" or not asked.selection else f"odo-{asked.selection[0].tooth}"


def _add(request: HttpRequest, patient: Patient) -> Act:
    actor, given = actor_of(request), request.POST
    practitioner = treating(actor, given.get("practitioner", ""))
    if practitioner is None:
        raise DomainError(_("The practice has no practitioner yet: its owner adds one on the page Practitioners."))
    selection = parse_selection(given.get("at", "") or given.get("teeth", ""))
    known = pricing.known_act(given.get("code", ""))
    kind = drawn_by(known.label)
    surfaces = given.get("surfaces", "") or (selection[0].surfaces if len(selection) == 1 else "")
    finding = None
    treated = _uuid(given.get("finding", ""))
    if treated is not None:
        finding = Finding.objects.filter(patient=patient, uuid=treated).first()
    done = given.get("state") == "done"
    return services.add_act(
        actor,
        patient,
        services.NewAct(
            code=known.code,
            practitioner=practitioner,
            site=site_of(actor, practitioner),
            teeth=[each.tooth for each in selection] if takes_teeth(known.label) else [],
            surfaces=surfaces if kind in SURFACE_KINDS and len(selection) == 1 else "",
            done_on=(typed_day(given.get("done_on", ""), "done_on") or clock.today()) if done else None,
            fee=_euros(given.get("fee", "")),
            quantity=_count(given.get("quantity", "")) or 1,
            modifiers=given.get("modifiers", ""),
            related_to_exemption=given.get("related_to_exemption") == "on",
            finding=finding,
        ),
    )


def _act(patient: Patient, public: uuids.UUID) -> Act:
    """An act of this patient; somebody else's is as unknown as any other."""
    rows = Act.objects.filter(patient=patient, uuid=public)
    found = rows.select_related("practitioner__entity", "entity", "site", "finding").first()
    if found is None:
        raise Http404
    found.patient = patient
    return found


def _act_page(
    request: HttpRequest, patient: Patient, found: Act, told: list[str] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    trail.reading(actor, "care.act", subject=found, patient_uuid=patient.uuid)
    held = locks.held([found.pk]).get(found.pk)
    editable = held is None and found.state != ActState.VOID
    context = {
        "act": found,
        "held": held,
        "told": told or [],
        "posted": request.POST,
        # Whose act it is stays chosen, whoever she is.
        "practitioners": list(dict.fromkeys([*treaters(actor), found.practitioner])),
        "may_change": editable and permissions.reaches(actor, permissions.COMPLETE, found),
        "may_void": editable
        and permissions.reaches(
            actor, permissions.COMPLETE if found.state == ActState.DONE else permissions.PLAN, found
        ),
        "today": clock.today(),
    }
    return record_page(request, patient, "care/acts/act.html", context, status)


@access(permissions.VIEW)
@require_http_methods(["GET", "POST"])
def one_act(request: HttpRequest, uuid: uuids.UUID, act: uuids.UUID) -> HttpResponse:
    """One act: read it; with the right, change its fee, day, teeth or practitioner while no document holds it."""
    if request.method == "POST":
        actor_of(request).require(permissions.COMPLETE)
    patient = patient_of(request, permissions.VIEW, uuid)
    found, given = _act(patient, act), request.POST
    if request.method == "GET":
        return _act_page(request, patient, found)
    try:
        selection = parse_selection(given.get("teeth", found.place))
        one = selection[0].surfaces if len(selection) == 1 else ""
        fee = _euros(given.get("fee", ""))
        changes = services.ActChanges(
            # The fee that the form showed is not one that somebody set.
            fee=None if fee == found.fee else fee,
            done_on=typed_day(given.get("done_on", ""), "done_on"),
            practitioner=_other_practitioner(request, found),
            teeth=[each.tooth for each in selection],
            surfaces=one,
            modifiers=given.get("modifiers", found.modifiers),
            quantity=_count(given.get("quantity", "")),
            related_to_exemption=given.get("related_to_exemption") == "on",
        )
        services.change_act(actor_of(request), found, changes, expected_version=_version(request))
    except EditConflict as error:
        return _act_page(request, patient, _act(patient, act), sentences(error), CONFLICT)
    except FormatError as error:
        return _act_page(request, patient, found, [chart_views.line_error(error)], REFUSED)
    except DomainError as error:
        return _act_page(request, patient, _act(patient, act), sentences(error), REFUSED)
    messages.success(request, _("The act was changed."))
    return see_other(address("care:acts", patient.uuid))


def _other_practitioner(request: HttpRequest, found: Act) -> Practitioner | None:
    """Whom the form names instead of the one whose act it is."""
    named = request.POST.get("practitioner", "")
    return None if named in ("", str(found.practitioner.uuid)) else treating(actor_of(request), named)


@access(permissions.COMPLETE)
@require_POST
def complete(request: HttpRequest, uuid: uuids.UUID, act: uuids.UUID) -> HttpResponse:
    """Record a planned act as done, from the list of acts or from the chart."""
    patient = patient_of(request, permissions.COMPLETE, uuid)
    found, asked = _act(patient, act), Asked.read(request.POST)
    on_chart = request.POST.get("from") == "chart"
    try:
        done_on = typed_day(request.POST.get("done_on", ""), "done_on")
        services.complete_act(actor_of(request), found, expected_version=_version(request), done_on=done_on)
    except DomainError as error:
        status = CONFLICT if isinstance(error, EditConflict) else REFUSED
        if on_chart:
            return chart_views.show(request, patient, asked, told=sentences(error), status=status)
        return _sheet(request, patient, sentences(error), status)
    if on_chart and is_partial(request):
        return chart_views.show(request, patient, asked, focus=_focus("", asked))
    if is_partial(request):
        return _sheet(request, patient)
    if on_chart:
        return see_other(chart_views.board_address(patient, asked))
    return see_other(address("care:acts", patient.uuid))


@access(permissions.PLAN)
@require_POST
def void(request: HttpRequest, uuid: uuids.UUID, act: uuids.UUID) -> HttpResponse:
    """Take an act back, with a reason."""
    patient = patient_of(request, permissions.PLAN, uuid)
    found = _act(patient, act)
    try:
        services.void_act(actor_of(request), found, request.POST.get("reason", ""), expected_version=_version(request))
    except EditConflict as error:
        return _act_page(request, patient, _act(patient, act), sentences(error), CONFLICT)
    except DomainError as error:
        return _act_page(request, patient, _act(patient, act), sentences(error), REFUSED)
    messages.success(request, _("The act was taken back; it stays readable in the list of void acts."))
    return see_other(address("care:acts", patient.uuid))


@access(permissions.PLAN)
@require_POST
def favourite(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Keep a code at hand, or no longer."""
    try:
        services.toggle_favourite(actor_of(request), request.POST.get("code", "").strip().upper()[:13])
    except DomainError as error:
        return _sheet(request, patient_of(request, permissions.PLAN, uuid), sentences(error), REFUSED)
    if is_partial(request):
        return search(request, uuid)
    return see_other(address("care:acts", patient_of(request, permissions.PLAN, uuid).uuid))


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _euros(text: str) -> Decimal | None:
    try:
        amount: Decimal | None = EurosField(required=False).clean(text[:40])
    except ValidationError as error:
        raise FieldErrors({"fee": error.messages[0]}) from error
    return amount


def _uuid(text: str) -> uuids.UUID | None:
    try:
        return uuids.UUID(text)
    except ValueError:
        return None
