"""Edit pages of identity, contacts and cover. Each knows the version it was opened with."""

import uuid as uuids
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.pages.conflict import EditForm, bases, conflict_rows, resolved
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.taking_back import take_back
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.patients import permissions, selectors
from cuspide.patients.forms import (
    ContactsForm,
    CoverageForm,
    EndExemptionForm,
    ExemptionForm,
    IdentityForm,
)
from cuspide.patients.forms.identity import identity_values
from cuspide.patients.models import AmoExemption, Patient
from cuspide.patients.services import contacts as contact_service
from cuspide.patients.services import coverage as coverage_service
from cuspide.patients.services import identity as identity_service
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.traces import trace_opened

# form data, version the form was opened with, what was confirmed -> what to say, or "" when nothing changed
Save = Callable[[Actor, Patient, Mapping[str, Any], int, frozenset[str]], str]


@dataclass(frozen=True)
class Editor:
    """An edit page: its form, the values the store holds for it, and the service that saves it."""

    page: str
    form: type[EditForm]
    values: Callable[[Patient], Mapping[str, Any]]
    save: Save
    template: str


def _save_identity(
    actor: Actor, patient: Patient, typed: Mapping[str, Any], version: int, confirmed: frozenset[str]
) -> str:
    saved = identity_service.update_identity(actor, patient, typed, version, confirmed=confirmed)
    if not saved.now:
        return ""
    if saved.nir_key_computed:
        return _("Identity saved. The key of the NIR was computed: %(key)s.") % {"key": saved.nir_key_computed}
    return _("Identity saved.")


def _save_contacts(actor: Actor, patient: Patient, typed: Mapping[str, Any], version: int, _c: frozenset[str]) -> str:
    return _("Contact details saved.") if contact_service.update_contacts(actor, patient, typed, version) else ""


def _save_coverage(
    actor: Actor, patient: Patient, typed: Mapping[str, Any], version: int, confirmed: frozenset[str]
) -> str:
    saved = coverage_service.update_coverage(actor, patient, typed, version, confirmed=confirmed)
    return _("Cover saved.") if saved else ""


IDENTITY = Editor("edit_identity", IdentityForm, identity_values, _save_identity, "patients/edit_identity.html")
CONTACTS = Editor(
    "edit_contacts",
    ContactsForm,
    lambda patient: selectors.contacts_of(patient).values,
    _save_contacts,
    "patients/edit_contacts.html",
)
COVERAGE = Editor(
    "edit_coverage",
    CoverageForm,
    lambda patient: selectors.coverage_now(patient).values,
    _save_coverage,
    "patients/edit_coverage.html",
)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def identity(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return _edit(request, uuid, IDENTITY)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def contacts(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return _edit(request, uuid, CONTACTS)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def coverage(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return _edit(request, uuid, COVERAGE, first={"applies_from": clock.today()})


def _edit(
    request: HttpRequest, uuid: uuids.UUID, editor: Editor, first: Mapping[str, Any] | None = None
) -> HttpResponse:
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    held = {**editor.values(patient), **(first or {})}
    if request.method != "POST":
        return _show(request, editor, patient, editor.form(initial=held))
    form = editor.form(resolved(request.POST), initial=held)
    if not form.is_valid():
        return _show(request, editor, patient, form, status=422)
    confirmed = frozenset(request.POST.getlist("confirmed"))
    try:
        said = _save(editor, actor, patient, form, version_sent(request), confirmed)
    except EditConflict as conflict:
        rows = conflict_rows(form, editor.values(conflict.current))
        trace_opened(actor, patient, editor.page)
        context = {
            "patient": conflict.current,
            "version": conflict.current.version,
            "form": form,
            "rows": rows,
            "bases": bases(form, editor.values(conflict.current)),
            "back": address("patients:record", patient.uuid),
        }
        return render(request, "patients/conflict.html", context, status=409)
    except NeedsConfirmation as asked:
        return _show(request, editor, patient, form, asked=asked, status=409)
    except FieldErrors as refused:
        for name in form.refuse(refused):
            form.add_error(None, refused.errors[name])
        return _show(request, editor, patient, form, status=422)
    if said:
        messages.success(request, said)
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("patients:coverage" if editor is COVERAGE else "patients:record", uuid=patient.uuid)


def _save(
    editor: Editor, actor: Actor, patient: Patient, form: EditForm, version: int, confirmed: frozenset[str]
) -> str:
    """Save; when somebody saved meanwhile what this form does not show, or the same, nobody need be asked."""
    try:
        return editor.save(actor, patient, form.cleaned_data, version, confirmed)
    except EditConflict as conflict:
        if conflict_rows(form, editor.values(conflict.current)):
            raise
        return editor.save(actor, conflict.current, form.cleaned_data, conflict.current.version, confirmed)


def _show(
    request: HttpRequest,
    editor: Editor,
    patient: Patient,
    form: EditForm,
    *,
    asked: NeedsConfirmation | None = None,
    status: int = 200,
) -> HttpResponse:
    trace_opened(actor_of(request), patient, editor.page)
    confirmed = request.POST.getlist("confirmed")
    version = request.POST.get("version") or patient.version
    context = {"patient": patient, "form": form, "asked": asked, "confirmed": confirmed, "version": version}
    return render(request, editor.template, context, status=status)


def version_sent(request: HttpRequest) -> int:
    """The version that the form was opened with. Raises Http404 for what no form of ours sends."""
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def add_exemption(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Record an exemption or a right with its dates."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    form = ExemptionForm(request.POST or None, initial={"applies_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            coverage_service.add_exemption(actor, patient, form.cleaned_data, key=key_in(request.POST))
        except FieldErrors as refused:
            for name in form.refuse(refused):
                form.add_error(None, refused.errors[name])
        else:
            messages.success(request, _("Right recorded."))
            return redirect("patients:coverage", uuid=patient.uuid)
    trace_opened(actor, patient, "add_exemption")
    status = 422 if form.is_bound else 200
    return render(request, "patients/add_exemption.html", {"patient": patient, "form": form}, status=status)


@require_POST
@access(permissions.CHANGE)
def recheck_cover(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Cover was read again today and is unchanged."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    try:
        count = coverage_service.recheck_cover(
            actor, patient, request.POST.getlist("rows"), request.POST.get("learnt_from", "")
        )
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted as read again today.") if count else _("Nothing was to be noted."))
    return redirect("patients:coverage", uuid=patient.uuid)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def end_exemption(request: HttpRequest, uuid: uuids.UUID, right: uuids.UUID) -> HttpResponse:
    """Close an exemption on its last day."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    exemption = get_object_or_404(AmoExemption, uuid=right, patient=patient, voided_at__isnull=True)
    form = EndExemptionForm(request.POST or None, initial={"last_day": exemption.applies_to or clock.today()})
    return take_back(
        request,
        form,
        lambda last_day: coverage_service.end_exemption(actor, exemption, last_day),
        said=_("Right closed."),
        destination=address("patients:coverage", patient.uuid),
        template="patients/end_exemption.html",
        context={"patient": patient, "exemption": exemption},
        opened=lambda: trace_opened(actor, patient, "end_exemption"),
    )
