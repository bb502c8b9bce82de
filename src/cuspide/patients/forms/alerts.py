"""Medical alerts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.forms import DayField
from cuspide.core.pages.conflict import EditForm
from cuspide.patients.models.alerts import AlertKind, AlertSeverity, AlertSource
from cuspide.patients.rules.substances import CLASSES, names_offered

OTHERS = [
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


def proposed() -> list[Any]:
    """Proposed while an alert is typed; anything else may be written."""
    return [*names_offered(), *OTHERS]


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
    drug_class = forms.ChoiceField(
        label=_("Class of substances"),
        choices=[("", _("as the words say")), *((code, one.label) for code, one in CLASSES.items())],
        required=False,
        help_text=_("For a substance that the list does not know: an allergy warns of its whole class."),
    )
    source = forms.ChoiceField(label=_("Source"), choices=AlertSource.choices, initial=AlertSource.PATIENT)
    said_by = forms.CharField(
        label=_("Said by, or seen on"),
        max_length=120,
        required=False,
        help_text=_("Dr Martin, cardiologist; letter of 3 May…"),
    )
    since = DayField(label=_("Since"), required=False)
    until = DayField(
        label=_("Expected until"),
        required=False,
        help_text=_("Due date, end of a treatment: past it the alert stands, to be checked."),
    )
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


class MayBeGivenForm(forms.Form):
    """A substance or medicine somebody thinks of giving."""

    given = forms.CharField(label=_("Substance or medicine"), max_length=120)


class EndAlertForm(EditForm):
    reason = forms.CharField(
        label=_("Why it no longer holds"),
        max_length=200,
        help_text=_("The alert leaves the banner and stays in the history."),
    )
