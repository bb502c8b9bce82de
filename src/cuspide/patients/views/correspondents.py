"""The directory of correspondents, and those of a patient."""

import uuid as uuids
from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.pages.conflict import EditForm, bases, conflict_rows, resolved
from cuspide.core.pages.context import actor_of
from cuspide.core.pages.taking_back import take_back
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.patients import permissions, selectors
from cuspide.patients.forms import CorrespondentForm, EndPersonForm
from cuspide.patients.forms.correspondents import SPECIALITIES, correspondent_values
from cuspide.patients.models import Correspondent, CorrespondentLink, Patient
from cuspide.patients.models.correspondents import LinkRole
from cuspide.patients.services import correspondents as correspondent_service
from cuspide.patients.traces import trace_opened
from cuspide.patients.views.edit import version_sent

_ON_PAGE = 50


@require_http_methods(["GET", "POST"])
@access(permissions.VIEW)
def directory(request: HttpRequest) -> HttpResponse:
    """All correspondents, or those found by what was typed: the text is posted, never in the address."""
    retired = request.GET.get("retired") == "1"
    text = _text(request)
    page = Paginator(selectors.directory(retired=retired), _ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "text": text,
        "retired": retired,
        "page": page,
        "rows": selectors.found_correspondents(text) if text else page.object_list,
        "may_change": actor_of(request).can(permissions.CORRESPONDENTS),
    }
    return render(request, "patients/correspondents.html", context)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\0", "")[:200].strip()


@require_http_methods(["GET", "POST"])
@access(permissions.CORRESPONDENTS)
def add(request: HttpRequest) -> HttpResponse:
    """A new entry; from a patient's record (`patient`) one goes back there to tie it."""
    actor = actor_of(request)
    form = CorrespondentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, _now = correspondent_service.add_correspondent(actor, form.cleaned_data, key=key_in(request.POST))
        except FieldErrors as refused:
            _refuse(form, refused)
        else:
            messages.success(request, _("Correspondent recorded."))
            patient = _asked_for(request)
            if patient is not None:
                found = urlencode({"correspondent": str(made.uuid)})
                return redirect(f"{address('patients:link_correspondent', patient)}?{found}")
            return redirect("patients:correspondents")
    return _show(request, form)


def _asked_for(request: HttpRequest) -> uuids.UUID | None:
    try:
        return uuids.UUID(request.GET.get("patient", ""))
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@access(permissions.CORRESPONDENTS)
def change(request: HttpRequest, correspondent: uuids.UUID) -> HttpResponse:
    """Correct an entry. Whoever saves second is told, and chooses."""
    actor = actor_of(request)
    row = get_object_or_404(Correspondent, uuid=correspondent)
    held = correspondent_values(row)
    if request.method != "POST":
        return _show(request, CorrespondentForm(initial=held), row)
    form = CorrespondentForm(resolved(request.POST), initial=held)
    if form.is_valid():
        try:
            changed = _save(actor, row, form, version_sent(request))
        except EditConflict as conflict:
            now = correspondent_values(conflict.current)
            context = {
                "version": conflict.current.version,
                "form": form,
                "rows": conflict_rows(form, now),
                "bases": bases(form, now),
                "back": address("patients:correspondents"),
            }
            return render(request, "patients/conflict_correspondent.html", context, status=409)
        except FieldErrors as refused:
            _refuse(form, refused)
        else:
            messages.success(request, _("Saved.")) if changed else messages.info(request, _("Nothing was changed."))
            return redirect("patients:correspondents")
    return _show(request, form, row)


def _save(actor: Actor, row: Correspondent, form: EditForm, version: int) -> bool:
    """Save; when somebody saved meanwhile what this form leaves as it was, or the same, nobody need be asked."""
    change_row = correspondent_service.change_correspondent
    try:
        return change_row(actor, row, form.cleaned_data, version)[1]
    except EditConflict as conflict:
        if conflict_rows(form, correspondent_values(conflict.current)):
            raise
        return change_row(actor, conflict.current, form.cleaned_data, conflict.current.version)[1]


@require_POST
@access(permissions.CORRESPONDENTS)
def retire(request: HttpRequest, correspondent: uuids.UUID) -> HttpResponse:
    """Offer an entry for nothing new, or again."""
    row = get_object_or_404(Correspondent, uuid=correspondent)
    retired = request.POST.get("retired") == "1"
    if correspondent_service.retire_correspondent(actor_of(request), row, retired=retired):
        said = _("This correspondent is offered no more.") if retired else _("This correspondent is offered again.")
        messages.success(request, said)
    return redirect("patients:correspondents")


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def link(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Find a correspondent and say what she is to the patient. One form: what is typed is sought, a name is chosen."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    role = request.POST.get("role", "")
    role = role if role in LinkRole.values else LinkRole.TREATING.value
    chosen = _chosen(request.POST.get("correspondent", ""))
    fault = ""
    if request.method == "POST" and chosen:
        try:
            correspondent_service.link_correspondent(actor, patient, chosen[0], role, key=key_in(request.POST))
        except DomainError as refused:
            fault = str(refused)
        else:
            messages.success(request, _("Correspondent recorded."))
            return redirect("patients:people", uuid=patient.uuid)
    text = _text(request)
    trace_opened(actor, patient, "link_correspondent")
    if text:
        offered: Sequence[Correspondent] = selectors.found_correspondents(text)
    else:
        offered = chosen or _chosen(request.GET.get("correspondent", "")) or selectors.frequent_correspondents()
    context = {
        "patient": patient,
        "text": text,
        "role": role,
        "roles": LinkRole.choices,
        "offered": offered,
        "fault": fault,
        "may_add": actor.can(permissions.CORRESPONDENTS),
    }
    return render(request, "patients/link_correspondent.html", context, status=422 if fault else 200)


def _chosen(text: str) -> list[Correspondent]:
    """The entry of a button or of an address, if there is one."""
    try:
        return list(Correspondent.objects.filter(uuid=uuids.UUID(text)))
    except ValueError:
        return []


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def end(request: HttpRequest, uuid: uuids.UUID, link: uuids.UUID) -> HttpResponse:
    """End what a correspondent is to the patient, with the reason."""
    actor = actor_of(request)
    patient: Patient = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    standing = CorrespondentLink.objects.select_related("patient", "correspondent").filter(ended_at__isnull=True)
    row = get_object_or_404(standing, uuid=link, patient=patient)
    return take_back(
        request,
        EndPersonForm(request.POST or None),
        lambda reason: correspondent_service.end_link(actor, row, reason),
        said=_("Ended. It stays in the history."),
        destination=address("patients:people", patient.uuid),
        template="patients/end_link.html",
        context={"patient": patient, "row": row},
        opened=lambda: trace_opened(actor, patient, "end_link"),
    )


def _refuse(form: EditForm, refused: FieldErrors) -> None:
    for name in form.refuse(refused):
        form.add_error(None, refused.errors[name])


def _show(request: HttpRequest, form: EditForm, row: Correspondent | None = None) -> HttpResponse:
    context = {
        "form": form,
        "row": row,
        "version": request.POST.get("version") or (row.version if row else ""),
        "specialities": SPECIALITIES,
    }
    return render(request, "patients/edit_correspondent.html", context, status=422 if form.is_bound else 200)
