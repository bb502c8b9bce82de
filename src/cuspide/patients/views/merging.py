"""Records that may be of one person: seen side by side, merged, and separated again."""

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients import permissions, reach, selectors
from cuspide.patients.forms.merging import MergeForm, OtherRecordForm
from cuspide.patients.models import Patient
from cuspide.patients.rules import merging as rules
from cuspide.patients.selectors import merging as shown
from cuspide.patients.selectors.duplicates import pairs_of
from cuspide.patients.services import merging as service
from cuspide.patients.traces import trace_opened, trace_shown


@require_http_methods(["GET", "POST"])
@access(permissions.MERGE)
def duplicates(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Who may be the same person, the record of another found by its number, and the merges that can be undone."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.MERGE, uuid)
    form = OtherRecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        within = reach.within(actor, permissions.MERGE)
        others = Patient.objects.filter(within, merged_into__isnull=True).exclude(pk=patient.pk)
        other = others.filter(number=form.cleaned_data["number"]).first()
        if other is not None:
            return redirect("patients:merge", uuid=patient.uuid, other=other.uuid)
        form.add_error("number", _("No other record has this number."))
    trace_opened(actor, patient, "duplicates")
    found, apart = pairs_of(actor, patient)
    trace_shown(actor, [pair.other_than(patient) for pair in (*found, *apart)])
    merges = shown.merges_of(patient)
    context = {"patient": patient, "form": form, "found": found, "apart": apart, "merges": merges}
    return render(request, "patients/duplicates.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@access(permissions.MERGE)
def merge(request: HttpRequest, uuid: uuids.UUID, other: uuids.UUID) -> HttpResponse:
    """Both side by side. `uuid` is the record that is kept."""
    actor = actor_of(request)
    kept = selectors.patient_by_uuid(actor, permissions.MERGE, uuid)
    lost = selectors.patient_by_uuid(actor, permissions.MERGE, other)
    if kept.pk == lost.pk:
        return redirect("patients:duplicates", uuid=kept.uuid)
    chosen = shown.chosen_in(request.POST)
    looked_at = {"kept_version": kept.version, "lost_version": lost.version}
    form = MergeForm(request.POST or None, initial=looked_at)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            service.merge(
                actor,
                kept,
                lost,
                choices={**rules.proposed(kept, lost), **chosen},
                reason=said["reason"],
                sure=said["sure"],
                versions=(said["kept_version"], said["lost_version"]),
            )
        except FieldErrors as refused:
            for name in form.refuse(refused):
                form.add_error(None, refused.errors[name])
        except DomainError as refused:
            messages.error(request, refused.sentence)
            return redirect("patients:merge", uuid=kept.uuid, other=lost.uuid)
        else:
            messages.success(request, _("The two records are one. This can be undone below."))
            return redirect("patients:duplicates", uuid=kept.uuid)
    trace_opened(actor, kept, "merge")
    trace_opened(actor, lost, "merge")
    context = {
        "patient": kept,
        "lost": lost,
        "form": form,
        "lines": shown.lines(kept, lost, chosen),
        "counts": shown.counts(actor, kept, lost),
        "doubts": rules.doubts(kept, lost),
    }
    return render(request, "patients/merge.html", context, status=422 if form.is_bound else 200)


@require_POST
@access(permissions.MERGE)
def undo(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Separate the records again; the form names the merge."""
    actor = actor_of(request)
    patient = selectors.patient_by_uuid(actor, permissions.MERGE, uuid)
    named = request.POST.get("merge", "")
    done = next((one for one in shown.merges_of(patient) if str(one.uuid) == named), None)
    if done is None:
        messages.error(request, _("This merge is undone already."))
        return redirect("patients:duplicates", uuid=patient.uuid)
    try:
        result = service.undo(actor, done)
    except DomainError as refused:
        messages.error(request, refused.sentence)
    else:
        if result.left:
            said = _("The two records are separate again. Changed since the merge and left as they are: %(rows)s.")
            messages.warning(request, said % {"rows": result.left})
        else:
            messages.success(request, _("The two records are separate again, as they were."))
    return redirect("patients:duplicates", uuid=patient.uuid)
