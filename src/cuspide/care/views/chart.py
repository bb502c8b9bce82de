"""The dental chart. Every form works by itself; with scripts only the board is exchanged."""

from __future__ import annotations

import uuid as uuids
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.audit import trail
from cuspide.care import permissions, services
from cuspide.care.board import Asked, Board, kind_buttons
from cuspide.care.models import Act, Finding
from cuspide.care.odontogram.state import STATUSES, Kind, Status, ToothState
from cuspide.care.odontogram.words import STATUS_LABELS, mark_in_words, tooth_label
from cuspide.care.places import treating
from cuspide.care.rules import Line, Selected, parse_line
from cuspide.care.selectors.mouth import mark_of_finding
from cuspide.care.services.lines import LineOutcome, do_line
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
from cuspide.core.errors import DomainError, EditConflict
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.core.submissions import key_in, once
from cuspide.formats.errors import FormatError
from cuspide.patients import reach
from cuspide.patients.models import Patient

# What the quick line does with an act, as this person last chose it at this workstation.
LINE_ACTS = "care_line_acts"


def _board(request: HttpRequest, patient: Patient, asked: Asked) -> Board:
    actor = actor_of(request)
    return Board(actor, patient, asked, treating(actor))


def _asked(request: HttpRequest) -> Asked:
    return Asked.read(request.POST if request.method == "POST" else request.GET)


def show(
    request: HttpRequest,
    patient: Patient,
    asked: Asked,
    *,
    told: list[str] | None = None,
    noted: list[Finding] | None = None,
    planned: Act | None = None,
    typed: str = "",
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    """The board alone for htmx, the whole page otherwise."""
    board = _board(request, patient, asked)
    context: dict[str, Any] = {
        "board": board,
        "patient": patient,
        "told": told or [],
        "noted": noted,
        "planned": planned,
        "typed": typed,
        "focus": focus,
        "line_done": request.session.get(LINE_ACTS) == "done",
    }
    trail.reading(actor_of(request), "care.chart", subject=patient, patient_uuid=patient.uuid)
    if is_partial(request):
        shown = request if status >= CONFLICT else answered(request)
        return render(shown, "care/chart/board.html", context, status=status)
    return record_page(request, patient, "care/chart/page.html", context, status)


def board_address(patient: Patient, asked: Asked) -> str:
    """The chart of a patient with a selection."""
    board_query = Board(actor=None, patient=patient, asked=asked).query()  # type: ignore[arg-type]
    return address("care:chart", patient.uuid) + board_query


@access(permissions.VIEW)
@require_GET
def chart(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The mouth, today or on a past day."""
    return show(request, patient_of(request, permissions.VIEW, uuid), _asked(request))


@access(permissions.VIEW)
@require_GET
def panel(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """What is beside the mouth, for another selection."""
    patient = patient_of(request, permissions.VIEW, uuid)
    board = _board(request, patient, _asked(request))
    return render(request, "care/chart/panel.html", {"board": board, "patient": patient})


@access(permissions.CHART)
@require_POST
def record(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Note one thing on all that is selected."""
    patient, asked = patient_of(request, permissions.CHART, uuid), _asked(request)
    noted: list[Finding] = []

    def create() -> Finding:
        noted.extend(
            services.record_findings(
                actor_of(request),
                patient,
                asked.selection,
                request.POST.get("kind", ""),
                wanted=_status(request.POST.get("status", "")),
                observed_at=typed_day(request.POST.get("observed_at", ""), "observed_at"),
                note=request.POST.get("note", ""),
            )
        )
        return noted[0]

    try:
        once(
            key_in(request.POST),
            "care.finding",
            create,
            Finding,
            actor=actor_of(request),
            said=said_in(request, patient),
        )
    except DomainError as error:
        return show(request, patient, asked, told=sentences(error), status=REFUSED)
    if is_partial(request):
        return show(request, patient, asked, noted=noted)
    return see_other(board_address(patient, asked))


@access(permissions.CHART)
@require_POST
def line(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The quick line: "16 mo c", "36 x", "détartrage", "HBMD049 16 fait"."""
    patient, asked = patient_of(request, permissions.CHART, uuid), _asked(request)
    typed = request.POST.get("line", "")
    actor = actor_of(request)
    if "acts" in request.POST:
        request.session[LINE_ACTS] = "done" if request.POST["acts"] == "done" else "planned"
    try:
        read: Line = parse_line(typed)
    except FormatError as error:
        return show(request, patient, asked, told=[line_error(error)], typed=typed, status=REFUSED)
    # The choice beside the line is about acts: a caries that is noted is seen, not done.
    if (
        read.kind is None
        and read.status is None
        and request.POST.get("acts") == "done"
        and reach.may(actor, permissions.COMPLETE, patient)
    ):
        read = replace(read, done=True)
    selected = Asked(read.selection or asked.selection, asked.dentition, asked.on)
    try:
        outcome: LineOutcome = do_line(actor, patient, read, treating(actor), key_in(request.POST))
    except DomainError as error:
        return show(request, patient, selected, told=sentences(error), typed=typed, status=REFUSED)
    if outcome.ambiguous:
        return show(request, patient, selected, told=outcome.ambiguous, typed=typed, status=REFUSED)
    if is_partial(request):
        return show(request, patient, selected, noted=outcome.findings, planned=outcome.act)
    return see_other(board_address(patient, selected))


def _finding(patient: Patient, public: uuids.UUID) -> Finding:
    """A finding of this patient: the uuid of somebody else's finding is as unknown as any other."""
    found = Finding.objects.filter(patient=patient, uuid=public).select_related("superseded_by").first()
    if found is None:
        raise Http404
    found.patient = patient
    return found


def _finding_page(
    request: HttpRequest, patient: Patient, found: Finding, told: list[str] | None = None, status: int = 200
) -> HttpResponse:
    trail.reading(actor_of(request), "care.finding", subject=found, patient_uuid=patient.uuid)
    context = {
        "finding": found,
        "words": mark_in_words(mark_of_finding(found)),
        "tooth": tooth_label(ToothState(found.tooth)),
        "kinds": kind_buttons(),
        "statuses": [(each.value, STATUS_LABELS[each]) for each in sorted(STATUSES[Kind(found.kind)])],
        "posted": request.POST,
        "told": told or [],
    }
    return record_page(request, patient, "care/chart/finding.html", context, status)


@access(permissions.CHART)
@require_GET
def finding(request: HttpRequest, uuid: uuids.UUID, finding: uuids.UUID) -> HttpResponse:
    """One finding: correct it, or take it back."""
    patient = patient_of(request, permissions.CHART, uuid)
    found = _finding(patient, finding)
    return _finding_page(request, patient, found)


@access(permissions.CHART)
@require_http_methods(["POST"])
def correct(request: HttpRequest, uuid: uuids.UUID, finding: uuids.UUID) -> HttpResponse:
    """Replace a finding by a right one."""
    patient = patient_of(request, permissions.CHART, uuid)
    found, given = _finding(patient, finding), request.POST
    try:
        right = services.correct_finding(
            actor_of(request),
            found,
            tooth=given.get("tooth", found.tooth).strip(),
            surfaces=given.get("surfaces", found.surfaces),
            kind=given.get("kind", found.kind),
            status=given.get("status", found.status),
            observed_at=typed_day(given.get("observed_at", ""), "observed_at"),
            note=given.get("note", found.note),
        )
    except EditConflict as error:
        return _finding_page(request, patient, _finding(patient, finding), sentences(error), CONFLICT)
    except DomainError as error:
        return _finding_page(request, patient, found, sentences(error), REFUSED)
    messages.success(request, _("The finding was corrected; the earlier one stays in the tooth’s history."))
    return see_other(board_address(patient, Asked((Selected(right.tooth),))))


@access(permissions.CHART)
@require_POST
def void(request: HttpRequest, uuid: uuids.UUID, finding: uuids.UUID) -> HttpResponse:
    """Take back a finding that was noted by mistake."""
    patient, asked = patient_of(request, permissions.CHART, uuid), _asked(request)
    found = _finding(patient, finding)
    try:
        services.void_finding(actor_of(request), found, request.POST.get("reason", ""))
    except DomainError as error:
        status = CONFLICT if isinstance(error, EditConflict) else REFUSED
        if is_partial(request):
            return show(request, patient, asked, told=sentences(error), status=status)
        return _finding_page(request, patient, _finding(patient, finding), sentences(error), status)
    if is_partial(request):
        return show(request, patient, asked)
    return see_other(board_address(patient, asked if asked.selection else Asked((Selected(found.tooth),))))


def _status(text: str) -> Status | None:
    try:
        return Status(text)
    except ValueError:
        return None


def line_error(error: FormatError) -> str:
    """What is wrong with teeth or surfaces that were typed."""
    if error.code.startswith("surface"):
        return _("These surfaces are not of this tooth.")
    if error.code.endswith("too_long"):
        return _("That is too much at once.")
    return _("Name a tooth by its two digits, from 11 to 48 or 51 to 85.")
