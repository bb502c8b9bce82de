"""Medical alerts."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.forms import DayField
from cuspide.core.pages.conflict import EditForm
from cuspide.patients.models.alerts import AlertKind, AlertSeverity, AlertSource

FREQUENT = [
    pgettext_lazy("alert", "Penicillin"),
    pgettext_lazy("alert", "Latex"),
    pgettext_lazy("alert", "Local anaesthetics"),
    pgettext_lazy("alert", "Aspirin and NSAIDs"),
    pgettext_lazy("alert", "Vitamin K antagonist (VKA)"),
    pgettext_lazy("alert", "Direct oral anticoagulant"),
    pgettext_lazy("alert", "Platelet inhibitor"),
    pgettext_lazy("alert", "Bisphosphonates"),
    pgettext_lazy("alert", "Denosumab"),
    pgettext_lazy("alert", "High risk of endocarditis"),
    pgettext_lazy("alert", "Pacemaker"),
    pgettext_lazy("alert", "Type 1 diabetes"),
    pgettext_lazy("alert", "Type 2 diabetes"),
    pgettext_lazy("alert", "Pregnancy"),
    pgettext_lazy("alert", "Epilepsy"),
    pgettext_lazy("alert", "Haemophilia"),
    pgettext_lazy("alert", "Radiotherapy of head or neck"),
    pgettext_lazy("alert", "Immunodepression"),
]
"""Proposed while an alert is typed; anything else may be written."""


class AlertForm(EditForm):
    """An alert to record."""

    kind = forms.ChoiceField(label=_("Kind of alert"), choices=AlertKind.choices, widget=forms.RadioSelect)
    label = forms.CharField(
        label=_("What the alert says"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "frequent-alerts"}),
        help_text=_("These words stand in the banner: substance, medicine or condition."),
    )
    severity = forms.ChoiceField(
        label=_("Severity"), choices=AlertSeverity.choices, initial=AlertSeverity.DANGER, widget=forms.RadioSelect
    )
    source = forms.ChoiceField(label=_("Source"), choices=AlertSource.choices, initial=AlertSource.PATIENT)
    since = DayField(label=_("Since"), required=False)
    remark = forms.CharField(
        label=_("Remark"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ToldAlertForm(EditForm):
    """An alert as the patient tells it to somebody who does not treat."""

    kind = forms.ChoiceField(
        label=_("Kind of alert"), choices=AlertKind.choices, initial=AlertKind.ALLERGY, widget=forms.RadioSelect
    )
    label = forms.CharField(
        label=_("What the patient says"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "frequent-alerts", "autofocus": True}),
        help_text=_("In the patient’s words: the substance, medicine or condition. They stand in the banner at once."),
    )


class EndAlertForm(EditForm):
    reason = forms.CharField(
        label=_("Why it no longer holds"),
        max_length=200,
        help_text=_("The alert leaves the banner and stays in the history."),
    )
