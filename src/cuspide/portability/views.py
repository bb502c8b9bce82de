"""The pages on which the owner brings a file in, corrects what its columns mean, rehearses, imports and undoes."""

import uuid as uuids
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.marks import polled
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.patients.traces import trace_shown
from cuspide.portability import export, permissions, places, selectors
from cuspide.portability.forms import PIECE, ColumnsForm, FileForm
from cuspide.portability.models import Import, State
from cuspide.portability.services import arriving, background, filing, working

_LINES = 50
_IMPORTS = 20


@access(permissions.IMPORT)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """What was brought in so far, and the form for the next file."""
    return _list(request, FileForm())


def _list(request: HttpRequest, form: FileForm, status: int = 200) -> HttpResponse:
    page = Paginator(selectors.imports(), _IMPORTS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": [(of, selectors.counted(of)) for of in page],
        "piece": PIECE,
        "may_export": actor_of(request).everywhere(permissions.EXPORT),
    }
    return render(request, "portability/imports.html", context, status=status)


@access(permissions.IMPORT)
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """A file, or a piece of one that the page's script sends in several."""
    actor = actor_of(request)
    if "upload" in request.POST:
        return _piece(request, actor)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        made = filing.take_in(actor, file.name, file.chunks(), source=form.cleaned_data["source"])
    except DomainError as refused:
        form.add_error("file", str(refused))
        return _list(request, form, status=422)
    return redirect("portability:import", uuid=made.uuid)


def _piece(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One piece; the last one says where to go on. A refusal is a sentence for whoever sends."""
    sent = request.FILES.get("file")
    try:
        made = arriving.add_piece(
            actor,
            request.POST.get("upload", ""),
            request.POST.get("position", ""),
            b"".join(sent.chunks()) if sent is not None else b"",
            name=request.POST.get("name", ""),
            source=request.POST.get("source", ""),
            is_last=request.POST.get("last") == "yes",
        )
    except DomainError as refused:
        return JsonResponse({"refused": str(refused)}, status=422)
    return JsonResponse({"next": address("portability:import", made.uuid)})


def _found(uuid: uuids.UUID) -> Import:
    of = selectors.import_by_uuid(uuid)
    if of is None or of.state == State.ARRIVING:
        raise Http404
    return of


@access(permissions.IMPORT)
@require_safe
def one(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """An import, as far as it is: its columns, what a rehearsal says, how far it is, its report."""
    return _page(request, _found(uuid))


def _page(request: HttpRequest, of: Import, form: ColumnsForm | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    context: dict[str, Any] = {"of": of, "counts": selectors.counted(of), "left_out": selectors.columns_left_out(of)}
    context["left_in_file"] = selectors.left_in_file(of)
    context["tables"] = selectors.tables(of)
    if of.state in {State.MAPPING, State.REHEARSED}:
        form = form or ColumnsForm(of)
        context |= {"form": form, "columns": _columns(of, form), "places": _places(form)}
        trail.reading(actor, "portability.look", subject=of)
    if of.state not in {State.MAPPING, State.REHEARSING, State.RUNNING} or of.stop_requested:
        context |= _lines(request, actor, of)
    return render(request, "portability/import.html", context, status=status)


def _columns(of: Import, form: ColumnsForm) -> list[tuple[Any, list[str]]]:
    """Each column's field with its first values."""
    rows = selectors.preview(of)
    return [(form[f"column_{place}"], [row[place] for row in rows]) for place in range(len(of.header))]


def _places(form: ColumnsForm) -> list[tuple[Any, list[Any]]]:
    """The fields of chairs, practitioners and types, each kind with its name."""
    kinds: dict[str, list[Any]] = {}
    for field, (kind, _number) in form.places.items():
        kinds.setdefault(kind, []).append(form[field])
    return [(places.LABELS[kind], fields) for kind, fields in kinds.items()]


def _lines(request: HttpRequest, actor: Actor, of: Import) -> dict[str, Any]:
    which = request.GET.get("which", "")
    if which not in selectors.WHICH:
        which = "refused" if of.counts.get("refused") else "all"
    page = Paginator(selectors.rows(of, which), _LINES).get_page(request.GET.get("page"))
    lines = selectors.lines(list(page.object_list))
    trace_shown(actor, [line.patient for line in lines if line.patient is not None])
    return {"which": which, "page": page, "lines": lines, "tabs": selectors.tabs(of)}


@access(permissions.IMPORT)
@require_POST
def columns(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Say what the columns mean, then rehearse."""
    actor, of = actor_of(request), _found(uuid)
    form = ColumnsForm(of, request.POST)
    if not form.is_valid():
        return _page(request, of, form, status=422)
    data = form.cleaned_data
    try:
        held = filing.set_mapping(
            actor,
            of,
            form.mapping,
            source=data["source"],
            site=data.get("site"),
            given_places=form.given_places if form.places else None,
        )
        background.rehearse(actor, held)
    except DomainError as refused:
        form.add_error(None, str(refused))
        return _page(request, of, form, status=422)
    return redirect("portability:import", uuid=uuid)


@access(permissions.IMPORT)
@require_safe
@polled
def progress(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """How far it is; the whole page once it has ended."""
    of = _found(uuid)
    if not of.under_way:
        done = HttpResponse()
        done["HX-Refresh"] = "true"
        return done
    context = {"of": of, "counts": selectors.counted(of), "tables": selectors.tables(of)}
    return render(request, "portability/parts/progress.html", context)


Deed = Callable[[Actor, Import], Any]


def _done(request: HttpRequest, uuid: uuids.UUID, deed: Deed, said: str = "") -> HttpResponse:
    try:
        deed(actor_of(request), _found(uuid))
    except DomainError as refused:
        messages.error(request, str(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect("portability:import", uuid=uuid)


@access(permissions.IMPORT)
@require_POST
def run(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return _done(request, uuid, background.run)


@access(permissions.IMPORT)
@require_POST
def stop(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return _done(request, uuid, working.stop, _("It stops after the lines it is at; what was done stays."))


@access(permissions.IMPORT)
@require_POST
def go_on(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return _done(request, uuid, background.go_on)


@access(permissions.IMPORT)
@require_POST
def undo(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return _done(request, uuid, background.undo)


@access(permissions.IMPORT)
@require_POST
def discard(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Forget a file that was not imported."""
    try:
        filing.discard(actor_of(request), _found(uuid))
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect("portability:import", uuid=uuid)
    messages.success(request, _("The file was forgotten. No patient was touched."))
    return redirect("portability:imports")


@access(permissions.EXPORT)
@require_safe
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """All patients as a spreadsheet reads them."""
    return _file(export.patients_csv(actor_of(request)), "text/csv", "csv")


@access(permissions.EXPORT)
@require_safe
def export_fhir(request: HttpRequest) -> HttpResponseBase:
    """All patients as other programs read them."""
    return _file(export.patients_fhir(actor_of(request)), "application/fhir+json", "json")


def _file(content: Iterator[str], kind: str, ending: str) -> HttpResponseBase:
    """A file that is drawn as it leaves."""
    answer = StreamingHttpResponse(content, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="patients-{clock.today().isoformat()}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
