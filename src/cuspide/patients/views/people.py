"""Who stands around a patient: those who decide, those to call, and those who no longer do."""

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.pages.conflict import EditForm, bases, conflict_rows, resolved
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.taking_back import take_back
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.patients import permissions, reach, selectors
from cuspide.patients.cards import people_around
from cuspide.patients.forms import PERSON_FORMS, EndPersonForm
from cuspide.patients.forms.people import RELATIONS, person_values
from cuspide.patients.models import Patient, RelatedPerson
from cuspide.patients.models.people import PersonKind
from cuspide.patients.services import people as people_service
from cuspide.patients.traces import trace_opened
from cuspide.patients.views.edit import version_sent


@require_safe
@access(permissions.VIEW)
def people(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Everybody who stands, and everybody who did."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.VIEW, uuid)
    trace_opened(actor, patient, "people")
    context = {
        "patient": patient,
        "around": selectors.shown_people(actor, people_around(patient)),
        "deciding": selectors.who_decides(patient),
        "ended": selectors.ended_people(patient),
        "links": selectors.correspondents_of(patient),
        "ended_links": selectors.ended_links(patient),
        "kinds": [kind for kind in PersonKind if kind is not PersonKind.PARENTAL or patient.is_minor],
        "may_change": reach.may(actor, permissions.CHANGE, patient),
    }
    return render(request, "patients/people.html", context)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def add(request: HttpRequest, uuid: uuids.UUID, role: str) -> HttpResponse:
    """Record somebody as what the address says she is to the patient."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    if role not in PERSON_FORMS:
        raise Http404
    form = PERSON_FORMS[role](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people_service.add_person(actor, patient, role, form.cleaned_data, key=key_in(request.POST))
        except DomainError as refused:
            _refuse(form, refused)
        else:
            messages.success(request, _("Recorded."))
            return redirect("patients:people", uuid=patient.uuid)
    trace_opened(actor, patient, "add_person")
    return _show(request, actor, patient, role, form)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def change(request: HttpRequest, uuid: uuids.UUID, person: uuids.UUID) -> HttpResponse:
    """Correct what is said of somebody. Whoever saves second is told, and chooses."""
    actor = actor_of(request)
    patient, row = _found(actor, uuid, person)
    form_of = PERSON_FORMS[row.kind]
    held = _values(actor, row)
    if request.method != "POST":
        trace_opened(actor, patient, "change_person")
        return _show(request, actor, patient, row.kind, form_of(initial=held), row=row)
    form = form_of(resolved(request.POST), initial=held)
    if form.is_valid():
        try:
            changed = _save(actor, row, form, version_sent(request))
        except EditConflict as conflict:
            return _conflict(request, actor, patient, form, conflict.current)
        except DomainError as refused:
            _refuse(form, refused)
        else:
            messages.success(request, _("Saved.")) if changed else messages.info(request, _("Nothing was changed."))
            return redirect("patients:people", uuid=patient.uuid)
    trace_opened(actor, patient, "change_person")
    return _show(request, actor, patient, row.kind, form, row=row)


def _save(actor: Actor, row: RelatedPerson, form: EditForm, version: int) -> bool:
    """Save; when somebody saved meanwhile what this form leaves as it was, or the same, nobody need be asked."""
    try:
        return people_service.change_person(actor, row, form.cleaned_data, version)[1]
    except EditConflict as conflict:
        if conflict_rows(form, _values(actor, conflict.current)):
            raise
        return people_service.change_person(actor, conflict.current, form.cleaned_data, conflict.current.version)[1]


def _conflict(
    request: HttpRequest, actor: Actor, patient: Patient, form: EditForm, current: RelatedPerson
) -> HttpResponse:
    held = _values(actor, current)
    trace_opened(actor, patient, "change_person")
    context = {
        "patient": patient,
        "version": current.version,
        "form": form,
        "rows": conflict_rows(form, held),
        "bases": bases(form, held),
        "back": address("patients:people", patient.uuid),
    }
    return render(request, "patients/conflict.html", context, status=409)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def end(request: HttpRequest, uuid: uuids.UUID, person: uuids.UUID) -> HttpResponse:
    """End what somebody is to the patient, with the reason."""
    actor = actor_of(request)
    patient, row = _found(actor, uuid, person)
    return take_back(
        request,
        EndPersonForm(request.POST or None),
        lambda reason: people_service.end_person(actor, row, reason),
        said=_("Ended. It stays in the history."),
        destination=address("patients:people", patient.uuid),
        template="patients/end_person.html",
        context={"patient": patient, "row": row},
        opened=lambda: trace_opened(actor, patient, "end_person"),
    )


def _found(actor: Actor, uuid: uuids.UUID, person: uuids.UUID) -> tuple[Patient, RelatedPerson]:
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    standing = RelatedPerson.objects.select_related("patient", "person").filter(ended_at__isnull=True)
    return patient, get_object_or_404(standing, uuid=person, patient=patient)


def _values(actor: Actor, row: RelatedPerson) -> dict[str, Any]:
    linked = row.person is not None and reach.may(actor, permissions.VIEW_IDENTITY, row.person)
    return person_values(row, linked=linked)


def _refuse(form: EditForm, refused: DomainError) -> None:
    if not isinstance(refused, FieldErrors):
        form.add_error(None, refused.sentence)
        return
    for name in form.refuse(refused):
        form.add_error(None, refused.errors[name])


def _show(
    request: HttpRequest,
    actor: Actor,
    patient: Patient,
    role: str,
    form: EditForm,
    *,
    row: RelatedPerson | None = None,
) -> HttpResponse:
    context = {
        "patient": patient,
        "kind": PersonKind(role),
        "form": form,
        "row": row,
        "version": request.POST.get("version") or (row.version if row else ""),
        "housemates": selectors.housemates(actor, patient),
        "relations": RELATIONS[PersonKind(role)],
    }
    return render(request, "patients/edit_person.html", context, status=422 if form.is_bound else 200)
