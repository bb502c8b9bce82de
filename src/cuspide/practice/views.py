"""The practitioners: who treats here, added, corrected, retired and brought back by whoever keeps the practice."""

import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.core import registry
from cuspide.core.errors import EditConflict, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.pages.conflict import bases, conflict_rows, resolved
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.practice import selectors, services
from cuspide.practice.forms import PractitionerForm, values
from cuspide.practice.models import Practitioner
from cuspide.practice.permissions import CHANGE


@access(CHANGE)
@require_GET
def practitioners(request: HttpRequest) -> HttpResponse:
    """Everybody who treats or treated here, with what other rooms know of each."""
    actor = actor_of(request)
    everybody = selectors.all_practitioners()
    kept = set(selectors.kept_entities(actor).values_list("pk", flat=True))
    told = [(note.label, note.notes(actor, everybody)) for note in registry.practitioner_notes.for_actor(actor)]
    rows = [
        (one, one.entity_id in kept, [(label, notes.get(one.pk, [])) for label, notes in told]) for one in everybody
    ]
    return render(
        request, "practice/practitioners.html", {"rows": rows, "told": [label for label, _n in told], "kept": kept}
    )


@access(CHANGE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a practitioner."""
    actor = actor_of(request)
    form = PractitionerForm(request.POST or None, actor=actor, initial={"tint": selectors.least_used_tint()})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_practitioner(actor, **form.typed(), submission=key_in(request.POST))
        except FieldErrors as refused:
            _refuse(form, refused)
        else:
            said = _("Added: %(name)s. The agenda and the acts offer this name at once.")
            messages.success(request, said % {"name": made.full_name})
            return redirect(address("practice:practitioners"))
    return render(request, "practice/add_practitioner.html", {"form": form}, status=422 if form.is_bound else 200)


@access(CHANGE)
@require_http_methods(["GET", "POST"])
def practitioner(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Correct what the practice says of a practitioner. Two who do so at once are told, and choose."""
    found = _found(request, uuid)
    if request.method != "POST":
        return _page(request, found, PractitionerForm(actor=actor_of(request), initial=values(found)))
    form = PractitionerForm(resolved(request.POST), actor=actor_of(request), initial=values(found))
    if not form.is_valid():
        return _page(request, found, form)
    try:
        changed = _change(request, found, form, _version(request))
    except EditConflict as conflict:
        now = values(conflict.current)
        context = {
            "practitioner": conflict.current,
            "version": conflict.current.version,
            "form": form,
            "rows": conflict_rows(form, now),
            "bases": bases(form, now),
            "back": address("practice:practitioner", found.uuid),
        }
        return render(request, "practice/practitioner_conflict.html", context, status=409)
    except FieldErrors as refused:
        _refuse(form, refused)
        return _page(request, found, form)
    if changed:
        messages.success(request, _("Corrected. Invoices that were issued keep what they said."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(address("practice:practitioners"))


@access(CHANGE)
@require_POST
def retire(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The practitioner leaves: offered for nothing new, kept in all that was."""
    found = _found(request, uuid)
    services.retire_practitioner(actor_of(request), found)
    messages.success(request, _("%(name)s has left. What was done and booked stays as it is.") % {"name": found})
    return redirect(address("practice:practitioners"))


@access(CHANGE)
@require_POST
def bring_back(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The practitioner works here again."""
    found = _found(request, uuid)
    services.bring_back_practitioner(actor_of(request), found)
    messages.success(request, _("%(name)s is offered again in the agenda and for acts.") % {"name": found})
    return redirect(address("practice:practitioners"))


def _change(request: HttpRequest, found: Practitioner, form: PractitionerForm, version: int) -> bool:
    """Correct; where somebody saved meanwhile what this form left alone, or the same, nobody need be asked."""
    try:
        return services.change_practitioner(actor_of(request), found, form.typed(), version)
    except EditConflict as conflict:
        if conflict_rows(form, values(conflict.current)):
            raise
        current: Practitioner = conflict.current
        return services.change_practitioner(actor_of(request), current, form.typed(), current.version)


def _page(request: HttpRequest, found: Practitioner, form: PractitionerForm) -> HttpResponse:
    actor = actor_of(request)
    rooms = registry.practitioner_notes.for_actor(actor)
    told = [(room.label, room.notes(actor, [found]).get(found.pk, [])) for room in rooms]
    version = request.POST.get("version") or found.version
    context = {"practitioner": found, "form": form, "told": told, "version": version}
    return render(request, "practice/practitioner.html", context, status=422 if form.is_bound else 200)


def _found(request: HttpRequest, uuid: uuids.UUID) -> Practitioner:
    found = selectors.kept_practitioner(actor_of(request), uuid)
    if found is None:
        raise Http404
    return found


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)


def _refuse(form: PractitionerForm, refused: FieldErrors) -> None:
    for name in form.refuse(refused):
        form.add_error(None, refused.errors[name])
