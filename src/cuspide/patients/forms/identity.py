"""Who the patient is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.forms import DayField
from cuspide.core.pages.conflict import EditForm
from cuspide.patients.models import Patient
from cuspide.patients.models.identity import Civility, IdentityDocument, NirKind, Sex

LANGUAGES = [
    ("fr", pgettext_lazy("language spoken", "French")),
    ("en", pgettext_lazy("language spoken", "English")),
    ("ar", pgettext_lazy("language spoken", "Arabic")),
    ("pt", pgettext_lazy("language spoken", "Portuguese")),
    ("es", pgettext_lazy("language spoken", "Spanish")),
    ("it", pgettext_lazy("language spoken", "Italian")),
    ("tr", pgettext_lazy("language spoken", "Turkish")),
    ("uk", pgettext_lazy("language spoken", "Ukrainian")),
    ("ro", pgettext_lazy("language spoken", "Romanian")),
    ("ru", pgettext_lazy("language spoken", "Russian")),
    ("zh", pgettext_lazy("language spoken", "Chinese")),
    ("vi", pgettext_lazy("language spoken", "Vietnamese")),
    ("fsl", pgettext_lazy("language spoken", "French Sign Language")),
    ("other", pgettext_lazy("language spoken", "Another language")),
]


class IdentityForm(EditForm):
    """INS traits and used names, in the order in which they are asked."""

    birth_name = forms.CharField(
        label=_("Birth name"),
        max_length=200,
        help_text=_("As on the identity document."),
    )
    first_birth_given_name = forms.CharField(
        label=_("First given name at birth"),
        max_length=200,
        required=False,
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=forms.RadioSelect)
    birth_date = forms.CharField(
        label=_("Birth date"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Day/month/year; the year alone if no more is known."),
    )
    nir = forms.CharField(
        label=_("NIR (social security number)"),
        max_length=60,
        required=False,
        help_text=_("13 digits; the key is computed if it is left out."),
    )
    used_name = forms.CharField(
        label=_("Name in use"), max_length=200, required=False, help_text=_("If it is not the birth name.")
    )
    used_given_name = forms.CharField(label=_("Given name in use"), max_length=200, required=False)
    civility = forms.ChoiceField(label=_("Civility"), choices=Civility.choices, required=False)
    birth_given_names = forms.CharField(
        label=_("All given names at birth"),
        max_length=500,
        required=False,
        help_text=_("In the order of the register."),
    )
    birth_place = forms.CharField(label=_("Place of birth"), max_length=120, required=False)
    birth_place_code = forms.CharField(label=_("INSEE code of the place"), max_length=5, required=False)
    nir_kind = forms.ChoiceField(label=_("Kind of number"), choices=NirKind.choices, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    interpreter = forms.BooleanField(label=_("An interpreter is needed"), required=False)
    seen_now = forms.ChoiceField(
        label=_("Identity document seen today"),
        choices=IdentityDocument.choices,
        required=False,
        help_text=_("The identity is then validated: compare every trait with the document."),
    )
    homonym = forms.BooleanField(
        label=_("Namesake: somebody else here has nearly the same traits"),
        required=False,
        help_text=_("The banner says so on every page of the record."),
    )
    doubtful = forms.BooleanField(
        label=_("Doubtful identity"),
        required=False,
        help_text=_("It stays provisional as long as the doubt stands."),
    )
    doubtful_reason = forms.CharField(label=_("What makes it doubtful"), max_length=200, required=False)
    emancipated_on = DayField(
        label=_("Emancipated since"), required=False, help_text=_("A minor whom a judge or a marriage emancipated.")
    )
    deceased_on = DayField(label=_("Date of death"), required=False)
    note = forms.CharField(
        label=_("Remark for the desk"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Nothing medical: everybody at the desk reads it."),
    )


def identity_values(patient: Patient) -> dict[str, Any]:
    """A patient as the fields of the form."""
    values = {name: getattr(patient, name) for name in IdentityForm.base_fields if hasattr(patient, name)}
    values["birth_date"] = patient.birth_date_shown
    values["nir"] = patient.nir_shown
    return values


class HouseholdForm(EditForm):
    """Joins a new patient to the household of one whom the practice knows."""

    pays = forms.BooleanField(label=_("This person pays for the new patient"), required=False)
