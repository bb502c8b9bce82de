"""An entry of the directory of correspondents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.pages.conflict import EditForm
from cuspide.patients.models import Correspondent

SPECIALITIES = [
    pgettext_lazy("speciality", "General practitioner"),
    pgettext_lazy("speciality", "Dental surgeon"),
    pgettext_lazy("speciality", "Orthodontist"),
    pgettext_lazy("speciality", "Oral surgeon"),
    pgettext_lazy("speciality", "Maxillofacial surgeon"),
    pgettext_lazy("speciality", "Ear, nose and throat specialist"),
    pgettext_lazy("speciality", "Cardiologist"),
    pgettext_lazy("speciality", "Haematologist"),
    pgettext_lazy("speciality", "Endocrinologist"),
    pgettext_lazy("speciality", "Oncologist"),
    pgettext_lazy("speciality", "Radiologist"),
    pgettext_lazy("speciality", "Paediatrician"),
    pgettext_lazy("speciality", "Pharmacist"),
    pgettext_lazy("speciality", "Physiotherapist"),
]
"""Proposed while it is typed; anything else may be written."""

_MAIL = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}


class CorrespondentForm(EditForm):
    """A professional with whom the practice corresponds."""

    family_name = forms.CharField(label=_("Family name"), max_length=100)
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    speciality = forms.CharField(
        label=_("Speciality or profession"), max_length=80, widget=forms.TextInput(attrs={"list": "specialities"})
    )
    organisation = forms.CharField(label=_("Practice or hospital"), max_length=120, required=False)
    rpps = forms.CharField(
        label=_("RPPS number"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    mss = forms.CharField(
        label=_("MSSanté address"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs=_MAIL),
        help_text=_("Health data are sent to this address alone."),
    )
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=forms.TextInput(attrs=_MAIL))
    line1 = forms.CharField(label=_("Address"), max_length=120, required=False)
    line2 = forms.CharField(label=_("Address, continued"), max_length=120, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=_("Town"), max_length=120, required=False)
    remark = forms.CharField(
        label=_("Remark"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def correspondent_values(row: Correspondent) -> dict[str, Any]:
    """As the fields of the form."""
    values = {name: getattr(row, name) for name in CorrespondentForm.base_fields}
    return values | {"phone": row.phone_shown if row.phone else ""}
