"""Pages to browse the nomenclature, to set the practice's fees and to correct a value."""

import datetime as dt
import uuid as uuids
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.rights import access
from cuspide.nomenclature import permissions, selectors, services
from cuspide.nomenclature.forms import BrowseForm, CorrectionForm, FeeForm, OwnActForm
from cuspide.nomenclature.models import Act
from cuspide.practice.models import LegalEntity

_LINES = 50


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _sole_entity() -> LegalEntity | None:
    """The entity whose fees the list shows: the only one, else none."""
    entities = list(LegalEntity.objects.all()[:2])
    return entities[0] if len(entities) == 1 else None


@access(permissions.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def browse(request: HttpRequest) -> HttpResponse:
    """The list of acts on a day. A search is posted, so that no word of it stands in an address."""
    sent = (request.POST if request.method == "POST" else request.GET).copy()
    if not sent.get("day"):
        sent["day"] = clock.today().isoformat()
    form = BrowseForm(sent)
    form.is_valid()
    text = form.cleaned_data.get("text", "")
    basket = form.cleaned_data.get("basket", "")
    day: dt.date = form.cleaned_data.get("day") or clock.today()
    page = None
    if text:
        acts = selectors.search_acts(text, day, limit=_LINES)
        acts = [act for act in acts if not basket or act.basket == basket]
    else:
        listed = selectors.acts_at(day).order_by("rank", "code")
        page = Paginator(listed.filter(basket=basket) if basket else listed, _LINES).get_page(request.GET.get("page"))
        acts = list(page.object_list)
    kept = {"basket": basket, "day": day.isoformat()}
    return render(
        request,
        "nomenclature/browse.html",
        {
            "form": form,
            "text": text,
            "day": day,
            "page": page,
            "lines": selectors.browse(acts, day, _sole_entity()),
            "edition": selectors.newest_edition(),
            "query": urlencode(kept),
            "may_add": _actor(request).can(permissions.SET_FEES),
        },
    )


def _found(uuid: uuids.UUID) -> Act:
    act = selectors.act_with_history(uuid)
    if act is None:
        raise Http404
    return act


def _act_page(
    request: HttpRequest, act: Act, *, fee: FeeForm | None = None, correction: CorrectionForm | None = None
) -> HttpResponse:
    actor = _actor(request)
    day = clock.today()
    refused = (fee is not None and fee.errors) or (correction is not None and correction.errors)
    return render(
        request,
        "nomenclature/act.html",
        {
            "act": act,
            "day": day,
            "line": selectors.browse([act], day)[0],
            "tariffs": act.tariffs.all(),
            "ceilings": act.ceilings.all(),
            "fees": act.practice_fees.all(),
            "fee_form": (fee or FeeForm()) if actor.can(permissions.SET_FEES) else None,
            "correction_form": (correction or CorrectionForm()) if actor.can(permissions.CORRECT) else None,
        },
        status=422 if refused else 200,
    )


@access(permissions.VIEW)
@require_GET
def act(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """An act: what it is, its tariffs and ceilings by date with their sources, what the practice asks."""
    return _act_page(request, _found(uuid))


@access(permissions.SET_FEES)
@require_POST
def set_fee(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Set what the practice asks for an act."""
    found = _found(uuid)
    form = FeeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.set_fee(
                _actor(request), found, data["entity"], amount=data["amount"], valid_from=data["valid_from"]
            )
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Fee saved."))
            return redirect("nomenclature:act", uuid=uuid)
    return _act_page(request, found, fee=form)


@access(permissions.CORRECT)
@require_POST
def correct(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Write the practice's own value beside a published one."""
    found = _found(uuid)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        what = data.pop("what")
        try:
            if what == "tariff":
                services.correct_tariff(_actor(request), found, **data)
            else:
                services.correct_ceiling(_actor(request), found, kind=what, **data)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Value saved beside the published one."))
            return redirect("nomenclature:act", uuid=uuid)
    return _act_page(request, found, correction=form)


@access(permissions.SET_FEES)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add an act outside the nomenclature."""
    form = OwnActForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.add_own_act(
                _actor(request), code=data["code"], label=data["label"], fee=data["amount"], entity=_sole_entity()
            )
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Act added."))
            return redirect(address("nomenclature:act", uuid=made.uuid))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "nomenclature/add.html", {"form": form}, status=status)


def _show(form: FeeForm | CorrectionForm | OwnActForm, error: DomainError) -> None:
    """Put a refusal beside the field it is about."""
    errors = error.errors if isinstance(error, FieldErrors) else {None: str(error)}
    for name, sentence in errors.items():
        form.add_error(name if name in form.fields else None, str(sentence))
