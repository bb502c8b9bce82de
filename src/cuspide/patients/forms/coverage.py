"""What pays for the patient's care."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.core.forms import DayField
from cuspide.core.pages.conflict import EditForm
from cuspide.patients.models.coverage import Beneficiary, ContractKind, ExemptionKind, LearntFrom
from cuspide.patients.rules.cover import REGIMES

_DIGITS = {"inputmode": "numeric"}


def _regime_choices(current: str = "") -> list[tuple[str, Any]]:
    known = [("", "—"), *((code, f"{code} {label}") for code, label in REGIMES.items())]
    if current and current not in REGIMES:
        known.append((current, current))
    return known


class CoverageForm(EditForm):
    """AMO and AMC as they apply from a day on."""

    applies_from = DayField(label=_("Applies from"), required=False)
    regime = forms.ChoiceField(label=_("Regime"), required=False)
    caisse = forms.CharField(label=_("Fund"), max_length=3, required=False, widget=forms.TextInput(attrs=_DIGITS))
    centre = forms.CharField(label=_("Centre"), max_length=4, required=False, widget=forms.TextInput(attrs=_DIGITS))
    beneficiary = forms.ChoiceField(
        label=_("The patient is"), choices=Beneficiary.choices, required=False, initial=Beneficiary.INSURED
    )
    insured_nir = forms.CharField(
        label=_("NIR of the insured person"),
        max_length=60,
        required=False,
        help_text=_("Left empty, it is the patient’s own."),
    )
    rights_from = DayField(label=_("Rights from"), required=False)
    rights_to = DayField(label=_("Rights until"), required=False)
    learnt_from = forms.ChoiceField(
        label=_("Learnt from"), choices=LearntFrom.choices, required=False, initial=LearntFrom.SAID
    )
    checked_at = DayField(label=_("Checked on"), required=False)
    organisation = forms.CharField(label=_("Complementary insurer"), max_length=120, required=False)
    organisation_number = forms.CharField(label=_("AMC number"), max_length=10, required=False)
    member_number = forms.CharField(label=_("Member number"), max_length=30, required=False)
    contract_kind = forms.ChoiceField(
        label=_("Kind of contract"), choices=ContractKind.choices, required=False, initial=ContractKind.INDIVIDUAL
    )
    guarantee = forms.IntegerField(
        label=_("Guarantee (percent of BR)"),
        required=False,
        initial=100,
        help_text=_("AMO included, such as 100 or 125."),
    )
    prosthesis_guarantee = forms.IntegerField(
        label=_("Prostheses (percent of BR)"), required=False, help_text=_("If it differs.")
    )
    responsible = forms.BooleanField(label=_("Responsible contract"), required=False, initial=True)
    third_party_agreement = forms.BooleanField(label=_("Third-party payment accepted"), required=False, initial=True)
    amc_rights_to = DayField(label=_("AMC rights until"), required=False)
    amc_learnt_from = forms.ChoiceField(
        label=_("AMC learnt from"), choices=LearntFrom.choices, required=False, initial=LearntFrom.SAID
    )
    amc_checked_at = DayField(label=_("AMC checked on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = str(self.initial.get("regime") or "")
        self.fields["regime"].choices = _regime_choices(current)  # type: ignore[attr-defined]


class FirstRightsForm(EditForm):
    """Rights that are asked when a patient is created; their dates are set later if need be."""

    exemptions = forms.MultipleChoiceField(
        label=_("Rights"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (kind.value, kind.label) for kind in (ExemptionKind.ALD, ExemptionKind.C2S, ExemptionKind.ALSACE_MOSELLE)
        ],
    )


class ExemptionForm(EditForm):
    """An exemption or a right with its dates."""

    kind = forms.ChoiceField(label=_("Right"), choices=ExemptionKind.choices)
    applies_from = DayField(label=_("Applies from"))
    applies_to = DayField(label=_("Applies until"), required=False)
    reference = forms.CharField(
        label=_("Number"),
        max_length=60,
        required=False,
        help_text=_("Of the care protocol (ALD) or of the accident (AT/MP)."),
    )
    ald_number = forms.IntegerField(
        label=_("ALD number"),
        required=False,
        help_text=_("1 to 30; 31 outside the list, 32 for several illnesses."),
    )
    event_on = DayField(
        label=_("Accident, or expected birth"), required=False, help_text=_("For AT/MP and for a maternity.")
    )
    learnt_from = forms.ChoiceField(
        label=_("Learnt from"), choices=LearntFrom.choices, required=False, initial=LearntFrom.CARD
    )
    checked_at = DayField(label=_("Checked on"), required=False)


class EndExemptionForm(EditForm):
    last_day = DayField(label=_("Last day"))
