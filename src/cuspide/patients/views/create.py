"""The new-patient page: identity, NIR, contacts, household and cover in one form, in the order of the work."""

import uuid as uuids
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cuspide.core import clock, registry
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors
from cuspide.core.pages.addresses import address
from cuspide.core.pages.context import actor_of
from cuspide.core.rights import access
from cuspide.core.submissions import key_in
from cuspide.patients import permissions, selectors
from cuspide.patients.forms import (
    ContactsForm,
    CoverageForm,
    EditForm,
    FirstRightsForm,
    HouseholdForm,
    IdentityForm,
)
from cuspide.patients.models import Patient
from cuspide.patients.rules.newcomer import faults
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.services.identity import create_patient
from cuspide.patients.traces import trace_opened, trace_shown

FORMS: dict[str, type[EditForm]] = {
    "identity": IdentityForm,
    "contacts": ContactsForm,
    "coverage": CoverageForm,
    "rights": FirstRightsForm,
    "household": HouseholdForm,
}


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def create(request: HttpRequest) -> HttpResponse:
    """A new patient whom nobody here knows."""
    return _create(request, actor_of(request), None)


@require_http_methods(["GET", "POST"])
@access(permissions.CHANGE)
def create_relative(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """A new patient of the household of one who is known: name, address, telephone and cover are proposed."""
    actor = actor_of(request)
    relative = selectors.patient_by_uuid(actor, permissions.CHANGE, uuid)
    trace_opened(actor, relative, "create_relative")
    return _create(request, actor, relative)


def _create(request: HttpRequest, actor: Actor, relative: Patient | None) -> HttpResponse:
    proposed = _proposed(relative) if relative else {}
    data = request.POST if request.method == "POST" else None
    forms = {name: form(data, initial=proposed) for name, form in FORMS.items()}
    forms["identity"].fields["birth_name"].widget.attrs["autofocus"] = data is None
    asked = None
    status = 200
    # All forms are asked, so that all errors are said at once.
    faulty_forms = [form for form in forms.values() if not form.is_valid()]
    if request.method == "POST" and not faulty_forms:
        typed = {key: value for form in forms.values() for key, value in form.cleaned_data.items()}
        try:
            saved = create_patient(
                actor,
                {**typed, "household_of": relative},
                key=key_in(request.POST),
                confirmed=frozenset(request.POST.getlist("confirmed")),
            )
        except NeedsConfirmation as needs:
            asked, status = needs, 409
            trace_shown(actor, needs.duplicates)
        except FieldErrors as refused:
            _refuse(forms, refused.errors)
            status = 422
        else:
            if saved.now:
                messages.success(request, _said(saved.nir_key_computed))
            onward = _onward(request, actor, saved.patient)
            return redirect(onward) if onward else redirect("patients:record", uuid=saved.patient.uuid)
    elif request.method == "POST":
        status = 422
        valid = {key: value for form in forms.values() for key, value in form.cleaned_data.items()}
        _refuse(forms, faults(valid, clock.today()))
    context = {
        **forms,
        "relative": relative,
        "back": _onward(request, actor, None),
        "asked": asked,
        "confirmed": request.POST.getlist("confirmed"),
        "faulty": [form[name] for form in forms.values() for name in form.errors if name in form.fields],
        "opened": _opened(forms),
    }
    return render(request, "patients/new.html", context, status=status)


def _onward(request: HttpRequest, actor: Actor, patient: Patient | None) -> str:
    """The page that sent here for a new patient, with what its address held; "" when none did.

    The address only names a page by its key in the registry, so that it cannot lead anywhere else.
    """
    wanted = request.GET.get("then", "")
    taker = next((each for each in registry.patient_takers.for_actor(actor) if each.key == wanted), None)
    if taker is None:
        return ""
    kept = request.GET.copy()
    del kept["then"]
    if patient is not None:
        kept["patient"] = str(patient.uuid)
    return f"{address(taker.url_name)}?{kept.urlencode()}"


def _said(computed: str) -> str:
    if computed:
        return _("Patient created. The key of the NIR was computed: %(key)s.") % {"key": computed}
    return _("Patient created.")


def _refuse(forms: Mapping[str, EditForm], refused: Mapping[str, Any]) -> None:
    """Put each refusal at its field; one that is of no field stands above the form."""
    for name, sentence in refused.items():
        form = next((each for each in forms.values() if name in each.fields), None)
        if form is None:
            forms["identity"].add_error(None, sentence)
        elif name not in form.errors:
            form.add_error(name, sentence)


def _opened(forms: Mapping[str, EditForm]) -> bool:
    """Whether the folded part of the form must be open: something was typed there, or is wrong there."""
    identity = forms["identity"]
    folded = ("civility", "birth_given_names", "birth_place", "birth_place_code", "note", "interpreter", "seen_now")
    return any(name in identity.errors or (identity.is_bound and identity.data.get(name)) for name in folded)


def _proposed(relative: Patient) -> dict[str, Any]:
    contacts = selectors.contacts_of(relative).values
    cover = selectors.coverage_now(relative).values
    kept = ("regime", "caisse", "centre", "organisation", "organisation_number", "member_number", "contract_kind",
            "guarantee", "prosthesis_guarantee", "responsible", "third_party_agreement")  # fmt: skip
    proposed = {name: cover[name] for name in kept}
    proposed |= {name: contacts[name] for name in ("home_phone", "line1", "line2", "postcode", "city", "country")}
    proposed |= {
        "birth_name": relative.birth_name if relative.sex == "M" else relative.family_name,
        "insured_nir": cover["insured_nir"] or relative.nir,
        "beneficiary": "06",
        "pays": relative.age >= 18,
        "other_phone": contacts["mobile"],
        "other_whose": relative.display_name if contacts["mobile"] else "",
    }
    return proposed
